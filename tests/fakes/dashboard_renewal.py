"""One renewal of the fake dashboard: its arithmetic, its story, its cards, and where it was said to land."""

from datetime import UTC, date, datetime, timedelta

from tests.fakes.dashboard_calls import calls_of
from tests.fakes.landings import yen

from csops_sync.app.confidence import past_words, reasons
from csops_sync.app.confidence_views import CardRow
from csops_sync.app.forecast.landing_history import ToldLanding
from csops_sync.app.forecast.report_values import RenewalLine
from csops_sync.app.views import ContractHeader, EventRow, ExplainView, RenewalView, StepRow
from csops_sync.domain.forecast.landing import LandingKind
from csops_sync.domain.forecast.term_state import RenewalType, TermStanding
from csops_sync.domain.sentences import Sentence, joined
from csops_sync.interfaces.web.dashboard_data import RenewalPage

SCRIPT = "<script>alert('x')</script> & \"Söhne\" 株式会社"
"""What an account may be called."""
_TOLD = joined(
    (
        past_words.made("佐藤 美咲", rated=False, compared_at=None),
        reasons.TOLD_IN(channels=("#renewals-risk",), rules=("rules.yaml:60",)),
    )
)


def explained(one: RenewalLine, language: str, *, names: dict[str, str]) -> RenewalPage:
    """The page of a renewal."""
    state, is_japanese = one.state, language == "ja"
    at = datetime(2026, 8, 3, 0, 0, tzinfo=UTC)
    steps = (
        StepRow(
            name="budget season",
            day=date(2026, 8, 3),
            text="予算編成の開始日 2027/01/01 の 5 か月前"
            if is_japanese
            else "2027-01-01 less 5 months, Monday",
            mark="earliest",
        ),
        StepRow(
            name="notice",
            day=date(2026, 9, 1),
            text="解約通知期限 2026/10/01 の 30 日前"
            if is_japanese
            else "2026-11-30 less 60 days, less 30 days",
        ),
    )
    events = (
        EventRow(
            at=at,
            name="created",
            text=f"{'商談' if is_japanese else 'Opportunity'} 006000000000001AAA, {state.key}",
            language=language,
        ),
        EventRow(at=at + timedelta(minutes=1), name="told", text="#renewals, mentioned 佐藤 美咲"),
        EventRow(at=at + timedelta(days=21), name="B -> D", text=_TOLD),
        EventRow(at=at + timedelta(days=21, hours=2), name="acknowledged", text="by 高橋 部長"),
    )
    card = CardRow(
        channel="#renewals-risk",
        state="acknowledged",
        text=past_words.acknowledged("高橋 部長", None, at + timedelta(days=21, hours=2)),
        message="C1/1",
        answered_at=at + timedelta(days=21, hours=2),
        note=SCRIPT,
    )
    renewal = RenewalView(
        key=state.key,
        renewal_date=state.renewal_date,
        open_date=date(2026, 8, 3),
        rule="standard",
        origin="rules.yaml:24",
        state=Sentence("state.opened", "opened"),
        opportunity_id="006000000000001AAA",
        steps=steps,
        events=events,
        cards=(card,),
        remarks=(
            Sentence("contract.deleted", "the contract is deleted, so nothing is opened for it"),
            "no sentence, but what an org says: <i>",
        ),
    )
    header = ContractHeader(
        id=state.contract_id,
        number=one.contract,
        account_id=state.account_id,
        account_name=one.account,
        amount=state.prior,
        start=state.start,
        end=state.end,
        terms=("renews by itself", "60 days' notice"),
    )
    view = ExplainView(contract=header, timezone="Asia/Tokyo", renewals=(renewal,))
    calls = calls_of(state.key, names=names)
    return RenewalPage(contract=view, renewal=renewal, line=one, told=_told(at), calls=calls)


def _told(at: datetime) -> tuple[ToldLanding, ...]:
    """Unopened it lands at 43,200,000; rated B, then D."""
    seen = ((0, "unopened", None, 43_200_000), (9, "rated", "B", 45_600_000), (21, "rated", "D", 12_000_000))
    before = (None, *(yen(amount) for *_, amount in seen))
    return tuple(
        ToldLanding(
            as_of=(at + timedelta(days=days)).date(),
            at=at + timedelta(days=days, hours=3),
            landing=yen(amount),
            before=before[place],
            kind=LandingKind(kind),
            type=RenewalType.DOWNSELL if rank else None,
            rank=rank,
            standing=TermStanding.OPEN if rank else TermStanding.UNOPENED,
        )
        for place, (days, kind, rank, amount) in enumerate(seen)
    )
