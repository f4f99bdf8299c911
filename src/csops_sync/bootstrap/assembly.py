"""Everything put together for one org, checked, and put together anew where the configuration has changed."""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from csops_sync.adapters.salesforce.connect import Salesforce
from csops_sync.adapters.store import binding, schema
from csops_sync.adapters.store.engine import Database, open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.engine import Desk, Engine, Mode
from csops_sync.app.holding import Holding
from csops_sync.app.loading import is_loaded
from csops_sync.app.queries_plan import rehearsed_in
from csops_sync.app.rule_check import API_VERSION, asked_record_types, rule_problems
from csops_sync.bootstrap.outside import Slack, as_us, salesforce_of, slack_of, with_automation
from csops_sync.bootstrap.pictures import LateCharts, font_problems
from csops_sync.bootstrap.state import open_database
from csops_sync.bootstrap.wires import Stopper, Transports
from csops_sync.config.loader import Loaded
from csops_sync.config.settings import Settings
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.charts import Charts
from csops_sync.ports.crm import OrgIdentity
from csops_sync.ports.errors import PermanentError, WrongOrgError
from csops_sync.ports.store import LeaseGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Everything put together for one org. `engine()` gives a fresh immutable engine for each run."""

    settings: Settings
    rules: RuleSet
    loaded: Loaded
    database: Database
    store: SqlStore
    salesforce: Salesforce
    slack: Slack
    identity: OrgIdentity
    holding: Holding
    stopper: Stopper
    charts: Charts = field(default_factory=LateCharts)
    creation_blocked: str | None = None
    problems: tuple[str, ...] = field(default=())

    def engine(self, grant: LeaseGrant | None = None, *, rules: RuleSet | None = None) -> Engine:
        """This function will give the engine of one run, under a grant of the lease or (a rehearsal) none."""
        return Engine(
            store=self.store,
            reader=self.salesforce.reader,
            writer=self.salesforce.writer,
            chat=self.slack.chat,
            clock=self.salesforce.clock,
            rules=as_us(rules or self.rules, self.identity),
            mapping=self.loaded.mapping,
            identity=self.identity,
            slack_cards=self.slack.cards,
            digests=self.slack.digests,
            charts=self.charts,
            desk=Desk(
                mode=Mode(self.settings.mode.value),
                operator_channel=self.settings.slack.operator_channel or None,
                creation_blocked=self.creation_blocked,
                keep_outbox=self.settings.keep_outbox,
                keep_journal=self.settings.keep_journal,
            ),
            grant=grant,
            still_ours=partial(self.holding.holds, grant) if grant else lambda: True,
            stopping=self.stopper.is_set,
        )


def assemble(
    loaded: Loaded,
    *,
    transports: Transports | None = None,
    stopper: Stopper | None = None,
    binds: bool = True,
) -> Assembly:
    """This function will put everything together and make sure that state and org belong to each other.

    What only looks gives `binds=False`: a state without an org stays so, and is one org's from its first `run` on.
    Raises PermanentError where credentials are missing or the schema does not fit, WrongOrgError where the database
    belongs to another org, and what reaching Salesforce raises.
    """
    wires = transports or Transports()
    stop = stopper or Stopper()
    settings = loaded.settings
    if missing := settings.missing():
        raise PermanentError(f"not set: {', '.join(missing)}; docs/rules.md says where each comes from")
    salesforce = salesforce_of(loaded, wires, stop)
    identity = salesforce.reader.identity()
    database = open_database(settings)
    wires.on_database(database)
    schema.prepare(database)
    store = SqlStore(database, identity.org_id)
    if binds or binding.bound_org(database) is not None:
        store.bind(org_id=identity.org_id)
    return Assembly(
        settings=settings,
        rules=with_automation(loaded, salesforce),
        loaded=loaded,
        database=database,
        store=store,
        salesforce=salesforce,
        slack=slack_of(loaded, salesforce, wires),
        identity=identity,
        holding=Holding(store.leases, org_id=identity.org_id, owner=_owner(), monotonic=wires.monotonic),
        stopper=stop,
    )


def reassemble(running: Assembly, loaded: Loaded, *, transports: Transports | None = None) -> Assembly:
    """This function will put a changed configuration to work in a running process, under the same lease.

    Where nothing but rules changed, the connection stays, and with it the count of our API calls. Raises
    PermanentError where the database is another one (that takes a restart), WrongOrgError where the org is.
    """
    settings = loaded.settings
    if settings.store_url != running.settings.store_url:
        raise PermanentError("the database's address changed: restart csops-sync to move to another database")
    wires = transports or Transports()
    salesforce, identity = running.salesforce, running.identity
    if (settings, loaded.mapping) != (running.settings, running.loaded.mapping):
        salesforce = salesforce_of(loaded, wires, running.stopper)
        identity = salesforce.reader.identity()
    if identity.org_id != running.identity.org_id:
        raise WrongOrgError(f"the state belongs to org {running.identity.org_id}, not to {identity.org_id}")
    return replace(
        running,
        settings=settings,
        rules=with_automation(loaded, salesforce),
        loaded=loaded,
        salesforce=salesforce,
        slack=slack_of(loaded, salesforce, wires),
        identity=identity,
    )


def checked(assembly: Assembly) -> Assembly:
    """This function will compare mapping and rules with the org and Slack with the channels, and note what is wrong.

    Each problem names its line in YAML. Where one of them forbids it, the assembly creates nothing.
    """
    reader, rules = assembly.salesforce.reader, assembly.rules
    problems = list(reader.check())
    if not any(
        one.path == API_VERSION for one in problems
    ):  # under another version nothing more can be asked
        asked = asked_record_types(rules, assembly.loaded.mapping)
        problems += rule_problems(
            rules, org=assembly.identity, asked=asked, usable=reader.record_types(asked)
        )
    positions = assembly.loaded.positions
    lines = [f"{positions.get(one.path, one.path)}: {one.message}" for one in problems]
    blocking = [line for line, one in zip(lines, problems, strict=True) if one.blocks_creation]
    slack = list(assembly.slack.chat.check(channels_of(assembly)))
    if rules.confidence is not None:
        slack += assembly.slack.cards.check()
    if rules.digest is not None:
        slack += [*assembly.slack.digests.check(), *font_problems(rules.digest.locale)]
    return replace(
        assembly,
        creation_blocked="; ".join(blocking) or None,
        problems=(*lines, *(f"Slack: {text}" for text in slack)),
    )


@contextmanager
def planning(assembly: Assembly) -> Iterator[Engine]:
    """This function will give the engine that `plan` rehearses with: on the state, or before it is whole on a scratch.

    Raises what reading Salesforce raises, for a first load into the scratch.
    """
    engine = assembly.engine()
    if is_loaded(engine):
        yield engine
    else:
        with scratch(assembly) as store:
            yield rehearsed_in(engine, store)


@contextmanager
def scratch(assembly: Assembly) -> Iterator[SqlStore]:
    """This function will open an empty store for the same org that is gone at the end, with its file."""
    with TemporaryDirectory(prefix="csops-sync-plan-") as folder:
        database = open_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            schema.upgrade(database)
            yield SqlStore(database, assembly.identity.org_id)
        finally:
            database.dispose()


def channels_of(assembly: Assembly) -> tuple[str, ...]:
    """This function will list every channel that the rules and the operator use, each once."""
    rules = assembly.rules
    used = [rule.announce.channel for rule in rules.renewals if rule.announce]
    routed = [route.channel for route in rules.confidence.routes] if rules.confidence else []
    digest = [rules.digest.channel] if rules.digest else []
    return tuple(dict.fromkeys([assembly.settings.slack.operator_channel, *used, *routed, *digest]))


def _owner() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
