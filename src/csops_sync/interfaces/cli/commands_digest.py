"""`digest`: the week in Slack, shown or sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from csops_sync.app.delivery import deliver_to_slack
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest_week import Digest, digest_of, order_digest, rules_for
from csops_sync.app.office import Office, office_of
from csops_sync.app.pausing import paused_hand
from csops_sync.bootstrap import Assembly, LateCharts
from csops_sync.config.expressions import read_channel
from csops_sync.domain.forecast.digest_rules import week_key
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.output import say, working, write
from csops_sync.interfaces.cli.render_digest import digest_text, picture_of, sent_text
from csops_sync.interfaces.cli.render_json import json_text
from csops_sync.interfaces.cli.session import (
    HeldElsewhereError,
    config_paths,
    connected,
    leased,
    offline,
    operator_name,
)
from csops_sync.ports.store import OutboxRow

_MOST_PASSES = 5


def _channel(given: str | None) -> str | None:
    """Take a channel as the rules take it."""
    try:
        return None if given is None else read_channel(given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


To = Annotated[
    str | None,
    typer.Option(
        "--to",
        envvar="CSOPS_SYNC_DIGEST_TO",
        metavar="'#CHANNEL'",
        callback=_channel,
        help="The Slack channel, in quotes. Default: that of `digest` in the rules.",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", envvar="CSOPS_SYNC_DIGEST_DRY_RUN", help="Show the messages; send nothing."),
]
PictureFile = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        envvar="CSOPS_SYNC_DIGEST_PICTURE",
        metavar="FILE",
        help="With --dry-run: draw the picture into this PNG file.",
    ),
]


def digest(
    *,
    to: To = None,
    dry_run: DryRun = False,
    picture: PictureFile = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
) -> None:
    """Tell this week's landing, NRR and GRR in Slack: once a week, however often this is called."""
    paths = config_paths(rules, connections)
    if dry_run:
        with offline(paths) as office:
            written = _written(office, to)
        if picture is not None:
            picture.write_bytes(LateCharts().png(picture_of(written).chart))
        write(json_text(written) if json else digest_text(written))
        return
    with working("working out the week and telling it"), connected(paths, binds=True) as assembly:
        _send(assembly, to, json=json)


def _written(office: Office, to: str | None) -> Digest:
    own = office.rules.digest.channel if office.rules.digest is not None else None
    return digest_of(office, rules_for(office, channel=to), week=week_key(office.today), own_channel=own)


def _send(assembly: Assembly, to: str | None, *, json: bool) -> None:
    engine = assembly.engine()
    office = office_of(engine, by=operator_name())
    channel = None if to is None else assembly.settings.slack.channels.get(to, to)
    written = order_digest(office, rules_for(office, channel=channel), is_shadow=engine.is_shadow)
    sender = "nobody: mode is shadow" if engine.is_shadow else _deliver(assembly)
    with engine.store.reading() as tx:
        rows = tx.outbox.get([item.key for item in written.items])
    _tell(rows, sender=sender, json=json)


def _deliver(assembly: Assembly) -> str | None:
    """Send at once, or say who will: the holder of the lease finds the rows in the outbox."""
    try:
        with leased(assembly) as engine:
            paused = _paused(engine)
            if paused is None:
                _deliver_all(engine)
            return paused
    except HeldElsewhereError as held:
        return held.owner


def _paused(engine: Engine) -> str | None:
    return "nobody: writes are paused, `csops-sync resume` lets them go on" if paused_hand(engine) else None


def _deliver_all(engine: Engine) -> None:
    for _ in range(_MOST_PASSES):
        if not deliver_to_slack(engine):
            return


def _tell(rows: Sequence[OutboxRow], *, sender: str | None, json: bool) -> None:
    if json:
        write(json_text({"sent_by": sender, "rows": {row.key: row.status.value for row in rows}}))
    else:
        say(sent_text(rows, sender=sender))
