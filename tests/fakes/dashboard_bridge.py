"""The bridge of the fake dashboard: some of its renewals were rated, priced or opened within the week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.fakes.dashboard_reports import BASIS
from tests.fakes.landings import built, yen

from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage, MoverLine
from csops_sync.app.forecast.bridging import BridgeEnd, BridgeReport
from csops_sync.app.forecast.listing import is_for
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.domain.forecast.bridge import Side, bridge
from csops_sync.domain.forecast.due_rates import DueRates
from csops_sync.domain.forecast.periods import FiscalCalendar, Window
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.term_state import TermStanding, TermState

FIRST_DAY = date(2026, 10, 1)
WINDOW = Window(date(2026, 10, 1), date(2027, 12, 31))
_PAGE = 10
NOT_TAKEN = date(2026, 10, 25)
"""A day without a snapshot."""


def bridge_page(
    lines: Sequence[RenewalLine], asked: BridgeAsked, people: frozenset[str] | None
) -> BridgePage:
    """The bridge of whose renewals the reader may see; nothing was kept before `FIRST_DAY`."""
    seen = [one for one in lines if is_for(one.state, people)]
    since = asked.since or (asked.until or BASIS.as_of) - timedelta(days=7)
    every = (FIRST_DAY + timedelta(days=number) for number in range((BASIS.as_of - FIRST_DAY).days + 1))
    days = tuple(one for one in every if one != NOT_TAKEN)
    if since < FIRST_DAY:
        return BridgePage(basis=BASIS, days=days, since=since, until=asked.until, span=asked.span)
    report = _report(seen, since, asked.until or BASIS.as_of)
    bars = [one for one in report.bridge.bars if one.movers]
    opened = next((one for one in report.bridge.bars if one.cause is asked.cause), None) or max(
        bars, key=lambda one: abs(one.amount.to_minor()), default=None
    )
    known = {one.state.key: one for one in seen}
    movers = opened.movers if opened else ()
    first = (asked.page - 1) * _PAGE
    return BridgePage(
        basis=BASIS,
        days=days,
        since=since,
        until=asked.until,
        span=asked.span,
        report=report,
        opened=opened,
        lines=tuple(
            MoverLine(
                key=one.key,
                account=known[one.key].account,
                contract=known[one.key].contract,
                amount=one.amount,
                is_known=True,
                end=known[one.key].state.end,
                csm=known[one.key].csm,
            )
            for one in movers[first : first + _PAGE]
        ),
        page=asked.page,
        pages=max(1, -(-len(movers) // _PAGE)),
    )


def _report(lines: Sequence[RenewalLine], since: date, until: date) -> BridgeReport:
    after = [one.state for one in lines]
    rates = DueRates(exchange=Exchange(into="JPY"), calendar=FiscalCalendar())
    found = bridge(
        before=Side(states=[_before(one) for one in after], rules=built(), rates=rates),
        after=Side(states=after, rules=built(), rates=rates),
        window=WINDOW,
        profile=DEFAULT_PROFILE,
    )
    return BridgeReport(
        basis=BASIS,
        before=_end(since),
        after=_end(until),
        bridge=found,
        accounts={one.state.account_id: one.account for one in lines},
    )


def _end(day: date) -> BridgeEnd:
    return BridgeEnd(
        as_of=day - timedelta(days=1) if day == NOT_TAKEN else day,
        known_at=BASIS.known_at,
        rules_hash=BASIS.rules_hash,
        weighed_by=BASIS.rules_hash,
    )


def _before(state: TermState) -> TermState:
    number = int(state.contract_id[3:15])
    if state.standing is TermStanding.OPEN and number % 7 == 3:
        return replace(state, rank="A")
    if state.standing is TermStanding.OPEN and number % 11 == 4:
        return replace(state, rank="E")
    if state.standing is TermStanding.OPEN and number % 13 == 5 and state.new is not None:
        return replace(state, new=state.new + yen(900_000))
    return state
