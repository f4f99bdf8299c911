"""Creates that take lines and contact roles over from won deals: read right before, made in one call with the renewal.

A renewal must be opened in time: where its lines cannot be copied it is opened without, with its amount, and its
journal and its message say why. What a create took over cannot be half of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from csops_sync.app.engine import Engine
from csops_sync.app.facts import as_json
from csops_sync.domain.copying import (
    MOST_COPIED,
    ContactRole,
    Copied,
    LinesLeft,
    NotCopied,
    SoldLine,
    merged_roles,
    renewed_lines,
)
from csops_sync.domain.intents import Copies, CreateOpportunity
from csops_sync.ports.crm import Insert, Json, WriteResult, WriteStatus
from csops_sync.ports.errors import PermanentError

MOST_COPYING = 10
"""Creates that share a call: fewer than the failures after which Salesforce does no more of it."""
_MOST_RECORDS = MOST_COPIED + 1
_WORDS = 300
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a create took over: how many lines and contact roles, and why no lines (or roles) where there are none.

    `only_roles`: no lines were asked for.
    """

    lines: int = 0
    roles: int = 0
    left: LinesLeft | None = None
    only_roles: bool = False

    def as_json(self) -> Mapping[str, Json]:
        """This function will give it as the journal keeps it."""
        left = {"not_copied": self.left.why.value, "about": self.left.about} if self.left else {}
        only = {"only_roles": True} if self.left and self.only_roles else {}
        return {"lines": self.lines, "roles": self.roles, **left, **only}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One create as it will be sent, and what it then has taken over."""

    insert: Insert
    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedAnswers:
    """What became of some creates, and what those that were made took over, by key."""

    results: Sequence[WriteResult]
    taken: Mapping[str, Taken] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sold:
    """What was read of the deals; `hidden` and `roles_hidden` are Salesforce's words where it may not be read."""

    lines: Sequence[SoldLine] = ()
    roles: Mapping[str, Sequence[ContactRole]] = field(default_factory=dict)
    hidden: str | None = None
    roles_hidden: str | None = None


def insert_copying(
    engine: Engine, creates: Sequence[CreateOpportunity], *, may_go: Callable[[], bool]
) -> Iterator[CopiedAnswers]:
    """This function will read what is sold and make these creates with it, call by call; `may_go` is asked before each.

    What Salesforce refuses for good is sent once more, without what was copied. Raises what refused a call as a whole;
    what was yielded before stands.
    """
    sold = _read(engine, [one.copies for one in creates if one.copies])
    plain: list[Prepared] = []
    for call in _calls([_prepared(one, sold) for one in creates]):
        if not may_go():
            return
        answers = _sent(engine, call)
        refused = {one.key: one for one in answers.results if one.status is WriteStatus.REJECTED}
        again = {one.insert.key for one in call if one.insert.copied} & refused.keys()
        plain += [_without(one, refused[one.key]) for one in creates if one.key in again]
        yield replace(answers, results=[one for one in answers.results if one.key not in again])
    if plain and may_go():
        yield _sent(engine, plain)


def values_of(create: CreateOpportunity) -> dict[str, Json]:
    """This function will give the values of a create as they are sent."""
    return {name: as_json(value) for name, value in create.values.items()}


def _read(engine: Engine, asked: Sequence[Copies]) -> _Sold:
    of_lines = [deal for one in asked if one.lines for deal in one.deals]
    of_roles = [deal for one in asked if one.roles for deal in one.deals]
    lines = _tried(lambda: engine.writer.sold_lines(of_lines))
    roles = _tried(lambda: engine.writer.contact_roles(of_roles))
    return _Sold(
        lines=() if isinstance(lines, PermanentError) else lines,
        roles={} if isinstance(roles, PermanentError) else roles,
        hidden=_words(lines),
        roles_hidden=_words(roles),
    )


def _tried(read: Callable[[], _Read]) -> _Read | PermanentError:
    """Read, or give the refusal where it is for good."""
    try:
        return read()
    except PermanentError as error:
        return error


def _words(read: object) -> str | None:
    return str(read)[:_WORDS] if isinstance(read, PermanentError) else None


def _prepared(create: CreateOpportunity, sold: _Sold) -> Prepared:
    copies = create.copies
    if copies is None:
        return _made_of(create, Copied(), None)
    lines, left = _lines(create, copies, sold)
    if copies.roles and sold.roles_hidden and left is None:
        left = LinesLeft(why=NotCopied.ROLES_HIDDEN, about=sold.roles_hidden)
    roles = merged_roles([one for deal in copies.deals for one in sold.roles.get(deal, ())])
    whole = replace(lines, roles=roles if copies.roles else ())
    if len(whole) > MOST_COPIED:
        return _made_of(create, Copied(), LinesLeft(why=NotCopied.TOO_MANY, about=str(len(whole))))
    return _made_of(create, whole, left)


def _lines(create: CreateOpportunity, copies: Copies, sold: _Sold) -> tuple[Copied, LinesLeft | None]:
    if not copies.lines:
        return Copied(), None if copies.deals else LinesLeft(why=NotCopied.NO_DEAL)
    if sold.hidden is not None:
        return Copied(), LinesLeft(why=NotCopied.HIDDEN, about=sold.hidden)
    found = renewed_lines(
        copies,
        sold=[one for one in sold.lines if one.deal_id in copies.deals],
        starts=create.renewal_date,
    )
    if isinstance(found, LinesLeft):
        return Copied(), found
    book, lines = found
    return Copied(price_book_id=book, lines=lines), None


def _made_of(create: CreateOpportunity, copied: Copied, left: LinesLeft | None) -> Prepared:
    """Put a create together; with lines it says no amount, for Salesforce adds them up."""
    values = values_of(create)
    if copied.lines:
        values.pop("amount", None)
    return Prepared(
        insert=Insert(key=create.key, values=values, copied=copied if len(copied) else None),
        taken=Taken(
            lines=len(copied.lines),
            roles=len(copied.roles),
            left=left,
            only_roles=create.copies is not None and not create.copies.lines,
        ),
    )


def _without(create: CreateOpportunity, refusal: WriteResult) -> Prepared:
    words = f"{refusal.code}: {refusal.message}"[:_WORDS]
    return _made_of(create, Copied(), LinesLeft(why=NotCopied.REFUSED, about=words))


def _calls(prepared: Sequence[Prepared]) -> Iterator[Sequence[Prepared]]:
    """Cut creates into calls: first those with nothing copied, then as many of the others as one call takes."""
    plain = [one for one in prepared if not one.insert.copied]
    if plain:
        yield plain
    call: list[Prepared] = []
    for one in prepared:
        if not one.insert.copied:
            continue
        if sum(map(_records, call)) + _records(one) > _MOST_RECORDS:
            yield call
            call = []
        call.append(one)
    if call:
        yield call


def _records(one: Prepared) -> int:
    return 1 + len(one.insert.copied or ())


def _sent(engine: Engine, call: Sequence[Prepared]) -> CopiedAnswers:
    results = engine.writer.insert([one.insert for one in call])
    return CopiedAnswers(results=results, taken={one.insert.key: one.taken for one in call})
