"""Whatever people edit from day to day, under whatever rules: a day comes back as it was, and any two are bridged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.builders import CSM, ruleset
from tests.fakes.landings import RANKS, built, one_cell, rules_of, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.bridging import bridge_of
from csops_sync.app.forecast.report_values import ForecastReport, GroupBy, MetricsReport
from csops_sync.app.forecast.reports import forecast_of, metrics_of
from csops_sync.app.forecast.snapshots import take_snapshot, totals_of
from csops_sync.domain.forecast.bridge import Bar, Cause, Mover
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.rules import ForecastRules
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import Json, Role
from csops_sync.ports.forecast_store import SnapshotKind, tallied

BEGUN = replace(ruleset(confidence=RATED), forecast=replace(built(), rates={"USD": Decimal(150)}), hash="r0")
WEIGHED = replace(rules_of(one_cell("0.5", "0.25")), rates={"USD": Decimal(160)})
YEAR = Window(date(2026, 4, 1), date(2027, 3, 31))
EDITS = ("amount", "rank", "win", "lose", "end", "sell", "weights", "rate", "nothing")


@dataclass
class Seen:
    """What was reported on a day, when."""

    known: datetime
    day: date
    forecast: ForecastReport
    metrics: MetricsReport
    last_month: ForecastReport

    @property
    def is_closed(self) -> bool:
        """Whether the close of the month before was kept by then."""
        return self.last_month.closed


@dataclass
class Diary:
    """An org whose people edit something every day; each day's reports and snapshot are taken at its end."""

    shop: Workshop = field(default_factory=lambda: Workshop(rules=BEGUN))
    days: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, currency in enumerate(("JPY", "USD", "JPY")):
            self.sell(1_000_000 if currency == "JPY" else 10_000, currency, number=number)
        self.shop.sync()

    def sell(self, amount: int, currency: str = "JPY", *, number: int) -> None:
        ends = date(2026, 7 + number % 5, 10)
        self.shop.sell(
            self.shop.customer(f"顧客{number}"),
            number=f"{number:08d}",
            start=date(2025, ends.month, 11),
            end=ends,
            auto_renews=bool(number % 2),
            annual_amount=amount,
            currency=currency,
        )

    def edit(self, what: str, which: int, amount: int) -> None:
        """Do one thing, as a person or the ops admin would."""
        deals, contracts = (self.shop.crm.records(role) for role in (Role.OPPORTUNITY, Role.CONTRACT))
        if what == "sell":
            self.sell(amount, number=len(contracts))
        elif what == "weights":
            self.shop.rules = _other(self.shop.rules, WEIGHED if which % 2 else built(), amount)
        elif what == "rate":
            self.shop.rules = _other(self.shop.rules, self.shop.rules.forecast or WEIGHED, amount)
        elif what == "end":
            chosen = contracts[which % len(contracts)]
            self.shop.crm.edit(Role.CONTRACT, chosen.id, {"end": f"2026-{9 + which % 4:02d}-28"}, by=CSM)
        elif deals and what != "nothing":
            changed: Mapping[str, dict[str, Json]] = {
                "amount": {"amount": amount},
                "rank": {"confidence": RANKS[which % len(RANKS)]},
                "win": {"stage": "受注", "closed": True, "won": True},
                "lose": {"stage": "失注", "closed": True, "won": False},
            }
            self.shop.crm.edit(Role.OPPORTUNITY, deals[which % len(deals)].id, changed[what], by=CSM)

    def night(self, days: int) -> None:
        """Let days pass, read what was edited, report, and take the day's snapshot."""
        self.shop.day(days)
        self.shop.crm.advance(seconds=60)
        self.shop.sync()
        assert take_snapshot(self.shop.engine())
        office = self.shop.office()
        reports = forecast_of(office, window=YEAR), metrics_of(office, by=GroupBy.MONTH, past=0)
        last_month = forecast_of(office, window=before(office.today))
        self.days.append(Seen(self.shop.crm.now(), office.today, *reports, last_month))


def before(day: date) -> Window:
    """The month before that of a day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Window(last.replace(day=1), last)


def _other(rules: RuleSet, forecast: ForecastRules, number: int) -> RuleSet:
    weighed = replace(forecast, rates={"USD": Decimal(100 + number % 100)})
    return replace(rules, forecast=weighed, hash=f"{rules.hash}+{number}")


steps = st.tuples(
    st.sampled_from(EDITS),
    st.integers(0, 9),
    st.integers(0, 3_000_000),
    st.integers(min_value=1, max_value=20),
)


@settings(deadline=None, max_examples=40)
@given(story=st.lists(steps, min_size=2, max_size=6))
def test_a_day_comes_back_as_it_was_and_any_two_are_bridged_exactly(
    story: list[tuple[str, int, int, int]],
) -> None:
    diary = Diary()
    for what, which, amount, days in story:
        diary.edit(what, which, amount)
        diary.night(days)
    office = diary.shop.office()

    for one in diary.days:
        again = forecast_of(office, window=YEAR, known=one.known)
        assert (again.total, again.lines) == (one.forecast.total, one.forecast.lines)
        assert metrics_of(office, by=GroupBy.MONTH, past=0, known=one.known).periods == one.metrics.periods
        month = forecast_of(office, window=before(one.day), known=one.known)
        assert (month.lines, month.closed) == (one.last_month.lines, one.is_closed)
        assert _landed(month.restated) == _landed(one.last_month.restated)
        if one.is_closed:
            assert forecast_of(office, window=before(one.day)).lines == one.last_month.lines

    for place, first in enumerate(diary.days):
        for last in diary.days[place:]:
            found = bridge_of(office, since=first.day, until=last.day, window=YEAR)
            assert (found.bridge.start, found.bridge.end) == (
                first.forecast.total.landing,
                last.forecast.total.landing,
            )
            moved = sum((bar.amount for bar in found.bridge.bars), start=yen(0))
            assert found.bridge.start + moved == found.bridge.end
            if first.forecast.basis.rules_hash == last.forecast.basis.rules_hash:
                assert not _movers(found.bridge.bars, Cause.WEIGHTS, Cause.FX)


@settings(deadline=None, max_examples=20)
@given(story=st.lists(steps, min_size=2, max_size=6))
def test_the_totals_of_a_snapshot_are_those_of_its_terms_for_ever(
    story: list[tuple[str, int, int, int]],
) -> None:
    diary = Diary()
    for what, which, amount, days in story:
        diary.edit(what, which, amount)
        diary.night(days)
    with diary.shop.store.reading() as tx:
        for one in tx.forecast.snapshots.list(kind=SnapshotKind.DAY):
            assert totals_of(tallied(tx.forecast.snapshots.read(one.id))) == one.totals


def _landed(report: ForecastReport | None) -> object:
    return report and (report.lines, report.total)


def _movers(bars: Sequence[Bar], *causes: Cause) -> list[Mover]:
    return [mover for bar in bars if bar.cause in causes for mover in bar.movers]
