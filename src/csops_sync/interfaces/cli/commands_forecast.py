"""`forecast`, `metrics`, `bridge`: the numbers, from the state alone; Salesforce may be down."""

from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from csops_sync.app.forecast.bridging import bridge_of
from csops_sync.app.forecast.counted_lines import counted_lines
from csops_sync.app.forecast.frames import frame_of
from csops_sync.app.forecast.groups import KINDS
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.measuring import PAST_PERIODS
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.renewal_lists import every_renewal_of
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import forecast_of, metrics_of
from csops_sync.app.office import Office
from csops_sync.domain.forecast.matrix import Scenario
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rates import RatePolicy
from csops_sync.interfaces.cli.forms import Csv, Written, form_of
from csops_sync.interfaces.cli.options import Connections, Json, Rules
from csops_sync.interfaces.cli.render_bridge import bridge_csv, bridge_plain, bridge_text
from csops_sync.interfaces.cli.render_forecast import forecast_text, metrics_text
from csops_sync.interfaces.cli.render_forecast_csv import forecast_csv, metrics_csv
from csops_sync.interfaces.cli.render_forecast_json import forecast_plain, metrics_plain
from csops_sync.interfaces.cli.render_renewals import renewals_csv, renewals_plain, renewals_text
from csops_sync.interfaces.cli.session import config_paths, offline

_MOST_PERIODS = 120
_DAY_FORMAT = "%Y-%m-%d"

By = Annotated[
    GroupBy, typer.Option("--by", envvar="CSOPS_SYNC_FORECAST_BY", help="What the lines are grouped by.")
]
InPeriod = Annotated[
    str | None,
    typer.Option(
        "--period",
        envvar="CSOPS_SYNC_FORECAST_PERIOD",
        metavar="PERIOD",
        help="A period of your fiscal year: FY2026, 2026-Q1, 2026-H1, or a month, 2026-04.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        envvar="CSOPS_SYNC_FORECAST_PROFILE",
        metavar="NAME",
        help="The definition, one of `forecast: profiles:`. Default: the first.",
    ),
]
Profiles = Annotated[
    list[str] | None,
    typer.Option(
        "--profile",
        envvar="CSOPS_SYNC_METRICS_PROFILES",
        metavar="NAME",
        help="A definition of `forecast: profiles:`; again for another one beside it. Default: the first.",
    ),
]
Past = Annotated[
    int,
    typer.Option(
        "--past",
        envvar="CSOPS_SYNC_METRICS_PAST",
        min=0,
        max=_MOST_PERIODS,
        help="How many periods before the current one.",
    ),
]
Weighed = Annotated[
    Scenario, typer.Option("--scenario", envvar="CSOPS_SYNC_FORECAST_SCENARIO", help="Which matrix weighs.")
]
Each = Annotated[
    bool,
    typer.Option(
        "--renewals",
        envvar="CSOPS_SYNC_FORECAST_RENEWALS",
        help="List every renewal behind the sums instead, with what it was weighed by.",
    ),
]
Since = Annotated[
    datetime,
    typer.Option(
        "--from",
        envvar="CSOPS_SYNC_BRIDGE_FROM",
        formats=[_DAY_FORMAT],
        help="The day to begin with: the last snapshot on or before it.",
        show_default=False,
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--to",
        envvar="CSOPS_SYNC_BRIDGE_TO",
        formats=[_DAY_FORMAT],
        help="The day to end with, likewise. Default: now.",
    ),
]


AtRates = Annotated[
    RatePolicy | None,
    typer.Option(
        "--rates",
        envvar="CSOPS_SYNC_FORECAST_RATES",
        help="At which rates other currencies are converted. Default: `forecast: rate_policy:`.",
    ),
]
SeveralRates = Annotated[
    list[RatePolicy] | None,
    typer.Option(
        "--rates",
        envvar="CSOPS_SYNC_METRICS_RATES",
        help="Likewise; again for others beside them. Default: `forecast: rate_policy:`.",
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        envvar="CSOPS_SYNC_FORECAST_KNOWN_AT",
        formats=[_DAY_FORMAT, "%Y-%m-%dT%H:%M:%S%z"],
        help="What was known by the end of a day, or at an instant with its zone: from the last snapshot by then.",
    ),
]


_FORECAST = Written(plain=forecast_plain, csv=forecast_csv, text=forecast_text)
_RENEWALS = Written(plain=renewals_plain, csv=renewals_csv, text=renewals_text)
_METRICS = Written(plain=metrics_plain, csv=metrics_csv, text=metrics_text)
_BRIDGE = Written(plain=bridge_plain, csv=bridge_csv, text=bridge_text)


def forecast(  # noqa: PLR0913 - one parameter an option
    *,
    by: By = GroupBy.QUARTER,
    period: InPeriod = None,
    profile: Profile = None,
    scenario: Weighed = Scenario.BASE,
    rates: AtRates = None,
    known: KnownAt = None,
    renewals: Each = False,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say where renewals land: what is due, the landing with its band, won, lost and open."""
    form = form_of(json=json, csv=csv)
    if renewals and scenario is not Scenario.BASE:
        raise typer.BadParameter("are listed as the base matrix weighs them", param_hint="--renewals")
    if renewals and known is not None:
        raise typer.BadParameter("are listed as they stand now", param_hint="--renewals")
    with offline(config_paths(rules, connections)) as office:
        report = forecast_of(
            office,
            by=by,
            window=_window(office, period),
            profile=profile,
            scenario=scenario,
            known=_instant(office, known),
            rates=rates,
        )
        if renewals:
            wanted = RenewalFilter(window=report.window)
            lines = every_renewal_of(office, wanted=wanted, paging=Paging(), profile=profile)
            _RENEWALS.write(counted_lines(office, lines, profile=profile, rates=rates), form)
            return
    _FORECAST.write(report, form)


def metrics(  # noqa: PLR0913 - one parameter an option
    *,
    by: By = GroupBy.QUARTER,
    past: Past = PAST_PERIODS,
    period: InPeriod = None,
    profile: Profiles = None,
    rates: SeveralRates = None,
    known: KnownAt = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Give NRR, GRR, churn, movements and renewal rates: past, current, and predicted for four periods."""
    form = form_of(json=json, csv=csv)
    if period is not None and by in KINDS:
        raise typer.BadParameter(
            f"goes with a group such as --by segment; by {by} it is --past that says how far back",
            param_hint="--period",
        )
    with offline(config_paths(rules, connections)) as office:
        window = _window(office, period)
        names: tuple[str | None, ...] = tuple(dict.fromkeys(profile)) if profile else (None,)
        instant = _instant(office, known)
        policies: tuple[RatePolicy | None, ...] = tuple(dict.fromkeys(rates)) if rates else (None,)
        reports = [
            metrics_of(office, by=by, window=window, past=past, profile=name, known=instant, rates=policy)
            for name in names
            for policy in policies
        ]
    _METRICS.write(reports, form)


def bridge(  # noqa: PLR0913 - one parameter an option
    *,
    since: Since,
    until: Until = None,
    period: InPeriod = None,
    profile: Profile = None,
    rules: Rules = None,
    connections: Connections = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say why the landing is not what it was: cause by cause, each with its renewals, adding up exactly."""
    form = form_of(json=json, csv=csv)
    with offline(config_paths(rules, connections)) as office:
        report = bridge_of(
            office,
            since=since.date(),
            until=until.date() if until is not None else None,
            window=_window(office, period),
            profile=profile,
        )
    _BRIDGE.write(report, form)


def _instant(office: Office, known: datetime | None) -> datetime | None:
    """Read a day without an hour as its end in the org's time zone."""
    if known is None or known.tzinfo is not None:
        return known
    return datetime.combine(known, time.max, tzinfo=ZoneInfo(office.rules.calendar.timezone))


def _window(office: Office, period: str | None) -> Window | None:
    if period is None:
        return None
    frame = frame_of(office.rules, as_of=office.today, known_at=office.now)
    return period_named(period, calendar=frame.calendar).window
