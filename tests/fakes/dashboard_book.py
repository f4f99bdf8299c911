"""A hand-filled book of renewals for the dashboard: whoever reads a page can find the number here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from tests.fakes.dashboard_accuracy import accuracy_of_period
from tests.fakes.dashboard_bridge import bridge_page
from tests.fakes.dashboard_calls import teams
from tests.fakes.dashboard_renewal import SCRIPT, explained
from tests.fakes.dashboard_reports import BASIS, CHANGES, METRICS, TYPE_CELLS, forecast
from tests.fakes.dashboard_standing import operations_of, outbox_items
from tests.fakes.landings import built, yen

from csops_sync.app.forecast.accuracy import AccuracyReport
from csops_sync.app.forecast.bridge_page import BridgeAsked, BridgePage
from csops_sync.app.forecast.calling import CallOrder
from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.listing import is_for, renewals_page
from csops_sync.app.forecast.listing_order import at_risk
from csops_sync.app.forecast.listing_values import MOST_PER_PAGE, Paging, RenewalFilter, RenewalsPage
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.overview_values import MatrixCell, MatrixPage, Overview, Span
from csops_sync.app.forecast.period_words import period_named
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.refusals import RefusedError
from csops_sync.app.views import OutboxItem
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.periods import FiscalCalendar
from csops_sync.domain.forecast.rates import Exchange
from csops_sync.domain.forecast.term_state import Grouping, RenewalType, TermStanding, TermState
from csops_sync.domain.money import Money
from csops_sync.domain.sentences import Sentence
from csops_sync.interfaces.web.dashboard_data import NotReadyError, Operations, People, RenewalPage

HASH = "4f1c2e9ab"
SATO, SUZUKI, BOSS = "005000000000001AAA", "005000000000002AAA", "005000000000009AAA"
NAMES = {SATO: "佐藤 美咲", SUZUKI: "鈴木 健", BOSS: "高橋 部長"}
RULES = built()
FRAME = Frame(
    as_of=BASIS.as_of,
    known_at=BASIS.known_at,
    rules=RULES,
    rules_hash=BASIS.rules_hash,
    exchange=Exchange(into="JPY"),
    calendar=FiscalCalendar(),
)
_ACCOUNTS = (
    "青葉テクノロジー株式会社",
    "Northwind Traders",
    "株式会社みなと物流",
    "さくら電機株式会社",
    "Contoso Manufacturing 株式会社",
    "北斗メディカル株式会社",
    "富士見ソリューションズ株式会社",
)


class Names:
    """What the accounts, contracts and people of some lines are called."""

    def __init__(self, lines: Sequence[RenewalLine]) -> None:
        self._accounts = {one.state.account_id: one.account for one in lines}
        self._contracts = {one.state.contract_id: one.contract for one in lines}

    def accounts(self, ids: Iterable[str]) -> Mapping[str, str]:
        return {one: self._accounts[one] for one in ids}

    def contracts(self, ids: Iterable[str]) -> Mapping[str, str]:
        return {one: self._contracts[one] for one in ids}

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        return {one: NAMES[one] for one in ids}


def line(number: int, **changes: object) -> RenewalLine:
    """The renewal of one number: amounts, ranks, people and days go round."""
    csm = (SATO, SUZUKI)[number % 2]
    values: dict[str, object] = {
        "key": f"80000000{number:05d}-1",
        "contract_id": f"800{number:012d}AAA",
        "account_id": f"001{number:012d}AAA",
        "customer_id": f"001{number:012d}AAA",
        "ordinal": 1,
        "start": date(2025, 12, 1) + timedelta(days=9 * number % 330),
        "end": date(2026, 11, 30) + timedelta(days=9 * number % 330),
        "in_force_until": date(2026, 11, 30) + timedelta(days=9 * number % 330),
        "standing": TermStanding.OPEN,
        "prior": yen(1_200_000 + 400_000 * (number % 9)),
        "new": yen(1_200_000 + 400_000 * (number % 9) + 300_000 * (number % 3 - 1)),
        "rank": (None, "A", "B", "C", "D", "E")[number % 6],
        "grouping": Grouping(segment=("Enterprise", "SMB")[number % 2], csm_id=csm, manager_id=BOSS),
    }
    if number % 5 == 0:
        values |= {"standing": TermStanding.UNOPENED, "new": None, "rank": None}
    state = TermState(**{**values, **changes})  # type: ignore[arg-type]  # the caller names real fields
    return RenewalLine(
        state=state,
        landing=land(state=state, rules=RULES),
        account=_ACCOUNTS[number % len(_ACCOUNTS)],
        contract=f"0000{number:04d}",
        csm=NAMES.get(state.grouping.csm_id or ""),
        manager=NAMES[BOSS],
    )


def named(one: RenewalLine, account: str) -> RenewalLine:
    """The same renewal of another account."""
    return RenewalLine(
        state=one.state,
        landing=one.landing,
        account=account,
        contract=one.contract,
        csm=one.csm,
        manager=one.manager,
    )


def _lines() -> list[RenewalLine]:
    lines = [line(number) for number in range(1, 121)]
    lines[2] = named(line(3, prior=yen(48_000_000), new=yen(24_000_000), rank="D"), SCRIPT)
    lines[6] = line(7, standing=TermStanding.ASIDE, prior=None, new=None, rank=None)
    return lines


@dataclass
class FakeBook:
    """Implements `DashboardData` and `DashboardOrders`; remembers what was ordered."""

    lines: list[RenewalLine] = field(default_factory=_lines)
    people: dict[str, frozenset[str]] = field(
        default_factory=lambda: {
            "sato@example.com": frozenset({SATO}),
            "boss@example.com": frozenset({BOSS, SATO, SUZUKI}),
        }
    )
    outbox: list[OutboxItem] = field(default_factory=outbox_items)
    ordered: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    called: list[tuple[str, CallOrder, str]] = field(default_factory=list)
    ready: bool = True
    planned: Money | None = field(default_factory=lambda: yen(520_000_000))

    def overview(self, span: Span, people: People) -> Overview:
        if not self.ready:
            raise NotReadyError("the first load is under way: 12,000 contracts read")
        seen = [one for one in self.lines if is_for(one.state, people) and _risk(one)]
        risks = sorted(seen, key=_risk, reverse=True)
        return Overview(
            span=span,
            by_quarter=forecast(span),
            by_type=TYPE_CELLS,
            metrics=METRICS,
            risks=with_overdue(risks[:6], today=FRAME.as_of),
            target=self.planned,
            teams=teams({one: name for one, name in NAMES.items() if people is None or one in people}),
            open_periods=tuple(
                period_named(one, calendar=FiscalCalendar())
                for one in ("FY2026", "2026-Q3", "2026-Q4", "2026-12", "2027-01")
            ),
            changes=CHANGES,
        )

    def renewals(self, wanted: RenewalFilter, paging: Paging) -> RenewalsPage:
        states = [one.state for one in self.lines]
        page = renewals_page(states, frame=FRAME, wanted=wanted, paging=paging, directory=Names(self.lines))
        return replace(page, lines=with_overdue(page.lines, today=FRAME.as_of))

    def every_renewal(self, wanted: RenewalFilter, paging: Paging) -> tuple[RenewalLine, ...]:
        return self.renewals(wanted, replace(paging, page=1, size=MOST_PER_PAGE)).lines

    def renewal(self, key: str, people: People, *, language: str) -> RenewalPage | None:
        found = [one for one in self.lines if one.state.key == key and is_for(one.state, people)]
        marked = with_overdue(found, today=FRAME.as_of)
        return explained(marked[0], language, names=NAMES) if marked else None

    def bridge(self, asked: BridgeAsked, people: People) -> BridgePage:
        return bridge_page(self.lines, asked, people)

    def accuracy(self, period: str | None, people: People) -> AccuracyReport:
        return accuracy_of_period(period, people, NAMES)

    def matrix(self, people: People) -> MatrixPage:
        types = (RenewalType.UPSELL, RenewalType.FLAT, RenewalType.DOWNSELL)
        cells = [
            MatrixCell(
                type=kind,
                rank=rank,
                weights=Weights(Decimal("0.85"), Decimal("0.4")),
                terms=len(one),
                due=yen(1_000_000 * len(one)),
                landing=yen(850_000 * len(one)),
            )
            for kind in types
            for rank in (*RULES.ranks, None)
            if (one := _in_cell(self.lines, kind, rank, people)) is not None
        ]
        unopened = MatrixCell(
            type=None,
            rank=None,
            weights=Weights(Decimal("0.9")),
            terms=24,
            due=yen(56_800_000),
            landing=yen(51_120_000),
        )
        return MatrixPage(basis=BASIS, ranks=RULES.ranks, cells=(*cells, unopened))

    def operations(self, people: People) -> Operations:
        return operations_of(self.outbox, held_hash=HASH, is_scoped=people is not None)

    def people_of(self, email: str) -> frozenset[str] | None:
        return self.people.get(email.casefold())

    def call_renewal(self, key: str, order: CallOrder, *, by: str) -> None:
        self.called.append((key, order, by))

    def call_team(self, team: str, period: str, order: CallOrder, *, by: str) -> None:
        self.called.append((f"{team} {period}", order, by))

    def approve(self, approval: str, *, by: str) -> int:
        if approval != HASH:
            raise RefusedError(
                Sentence(
                    "outbox.other-held",
                    "{approval} is not what is held now; look at `csops-sync plan`, which names the hash, and approve "
                    "that",
                    approval=approval,
                )
            )
        self.ordered.append(("approve", (approval,), by))
        return 2

    def retry(self, keys: tuple[str, ...], *, by: str) -> int:
        self.ordered.append(("retry", keys, by))
        return len(keys)

    def drop(self, keys: tuple[str, ...], *, by: str) -> int:
        self.ordered.append(("drop", keys, by))
        return len(keys)


def _risk(one: RenewalLine) -> int:
    risk = at_risk(one.state, one.landing)
    return risk.to_minor() if risk else 0


def _in_cell(
    lines: Sequence[RenewalLine], kind: RenewalType, rank: str | None, people: People
) -> list[RenewalLine]:
    return [
        one
        for one in lines
        if is_for(one.state, people)
        and one.state.standing is TermStanding.OPEN
        and one.landing.type is kind
        and one.state.rank == rank
    ]
