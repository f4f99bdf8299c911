"""Histories of opportunities, written as a person would tell them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from csops_sync.domain.confidence.changes import ConfidenceChange
from csops_sync.domain.confidence.detection import Detected, detect
from csops_sync.domain.confidence.face import CardFace, Who
from csops_sync.domain.confidence.history import StageEntry
from csops_sync.domain.confidence.ranks import Direction, Outcome, RankScale, Standing
from csops_sync.domain.confidence.seconds import Past
from csops_sync.domain.confidence.watch import Sight, Watch
from csops_sync.domain.facts import FieldEdit, Scalar

BORN = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
DEAL = "006000000000001AAA"
SCALE = RankScale(field="confidence", ranks=("A", "B", "C", "D", "E"))
OUTCOMES = {"提案": Outcome.OPEN, "交渉": Outcome.OPEN, "受注": Outcome.WON, "失注": Outcome.LOST}


def at(minutes: float) -> datetime:
    """An instant some minutes after the opportunity was made."""
    return BORN + timedelta(minutes=minutes)


def rank(number: int, minutes: float, old: Scalar, new: Scalar, by: str = "csm") -> FieldEdit:
    """One tracked edit of the rank."""
    return FieldEdit(
        id=f"017{number:03}",
        opportunity_id=DEAL,
        field="confidence",
        old=old,
        new=new,
        by_id=by,
        at=at(minutes),
    )


def stage(number: int, minutes: float, old: str, new: str, by: str = "csm") -> FieldEdit:
    """One tracked edit of the stage, in an org that tracks it beside its stage history."""
    return replace(rank(number, minutes, old, new, by), field="stage")


def entry(
    number: int, minutes: float, stage: str = "提案", *, amount: int = 100, **others: object
) -> StageEntry:
    """One snapshot of the stage history."""
    plain = StageEntry(
        id=f"008{number:03}",
        at=at(minutes),
        by_id="csm",
        stage=stage,
        probability=Decimal(50),
        forecast_category="Pipeline",
        amount=Decimal(amount),
        close_date=date(2026, 6, 30),
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test that names a wrong field fails at once


def past(*rows: FieldEdit | StageEntry, value: Scalar = None) -> Past:
    """A past of these rows; the first snapshot, of the creation, goes without saying."""
    return Past(
        opportunity_id=DEAL,
        value=value,
        entries=(entry(0, 0), *(one for one in rows if isinstance(one, StageEntry))),
        edits=tuple(one for one in rows if isinstance(one, FieldEdit) and one.field == SCALE.field),
        stage_edits=tuple(one for one in rows if isinstance(one, FieldEdit) and one.field == "stage"),
        outcomes=OUTCOMES,
    )


def watch(standing: Standing | None = None, *, minutes: float = 0) -> Watch:
    """A watch since some minutes after the beginning."""
    return Watch(
        opportunity_id=DEAL,
        renewal_key="800-1",
        account_id="001",
        watched_from=at(minutes),
        standing=standing or Standing(None),
        compared_at=at(minutes),
    )


def sight(standing: Standing, *, minutes: float, tracked: bool = True) -> Sight:
    """What stands there at a reading."""
    return Sight(
        standing=standing,
        amount=Decimal(100),
        by_id="csm",
        modified_at=at(minutes),
        read_at=at(minutes),
        is_tracked=tracked,
    )


def found(
    under: Watch,
    seen: Sight,
    *rows: FieldEdit | StageEntry,
    known: tuple[ConfidenceChange, ...] = (),
    settled: tuple[str, ...] = (),
) -> Detected:
    """Detect with these rows."""
    told = past(*rows, value=seen.standing.rank)
    return detect(under, past=told, sight=seen, known=known, settled=settled, scale=SCALE)


def change(
    number: int, minutes: float, before: str | None, after: str | None, **others: object
) -> ConfidenceChange:
    """A ledger row between two open ranks."""
    one, two = Standing(before), Standing(after)
    plain = ConfidenceChange(
        id=f"017{number:03}",
        opportunity_id=DEAL,
        renewal_key="800-1",
        account_id="001",
        before=one,
        after=two,
        direction=SCALE.direction(one, two) or Direction.RATED,
        at=at(minutes),
        by_id="csm",
        rows=(f"017{number:03}",),
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test that names a wrong field fails at once


def face(**others: object) -> CardFace:
    """What a card shows after a move from B by way of D to C."""
    plain = CardFace(
        opportunity_id=DEAL,
        renewal_key="800-1",
        account_name="みなと商事",
        tier="Enterprise",
        renewal_date=date(2026, 7, 1),
        currency="JPY",
        prior="1200000",
        amount_before="1200000",
        amount="1100000",
        path=(Standing("B"), Standing("D"), Standing("C")),
        direction=Direction.WORSENED,
        changed_by=(Who(id="csm", name="佐藤"),),
        changed_at=at(10),
        notice_deadline=date(2026, 4, 30),
        budget_last_day=date(2026, 1, 31),
        next_step="見積を出す",
    )
    return replace(plain, **others)  # type: ignore[arg-type]  # a test that names a wrong field fails at once
