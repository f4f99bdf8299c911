"""CRM users at work on many renewals: ranks, stages and amounts, at random moments, some within one second."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

RANKS = ("A", "B", "C", "D", "E")
OPEN_STAGES = ("更新準備", "提案", "交渉")
WON, LOST = "受注", "失注"
SAME_SECOND = 0.2
"""How often an edit is followed by another of the same opportunity in its second; of all edits that is a sixth."""
DESK, STAY = 40, 0.85
"""So many opportunities people work on at a time, and how likely they still do so after the next poll."""
LATE, HIDDEN = 0.04, 0.06
"""How likely a last edit is seen late, and how likely the record is seen before the history of an edit."""
HIDDEN_FOR = 3
"""So many polls at most do not see what is hidden."""
LOAD = 60
"""So many opportunities one person changes in a data load."""


@dataclass(frozen=True, slots=True)
class State:
    """An opportunity as far as it matters to its confidence, and its amount, which is in its history too."""

    rank: str | None
    stage: str
    amount: int

    @property
    def standing(self) -> tuple[str | None, str]:
        """Its rank, and whether it is open, won or lost."""
        return self.rank, {WON: "won", LOST: "lost"}.get(self.stage, "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One save. Until `late` seconds after it was sent no reader sees it; `hidden` polls do not see its history."""

    deal: str
    by: str
    at: datetime
    before: State
    after: State
    late: int = 0
    hidden: int = 0

    @property
    def moves_rank_alone(self) -> bool:
        """Whether the rank is all that it changes."""
        return (
            replace(self.before, rank=self.after.rank) == self.after and self.before.rank != self.after.rank
        )

    @property
    def keeps_rank(self) -> bool:
        """Whether its one row of history is a snapshot."""
        return self.before.rank == self.after.rank

    def order(self) -> dict[str, object]:
        """Give the order to the sandbox."""
        names = {"rank": "Confidence__c", "stage": "StageName", "amount": "Amount"}
        values = {
            field: getattr(self.after, name)
            for name, field in names.items()
            if getattr(self.after, name) != getattr(self.before, name)
        }
        order: dict[str, object] = {"op": "update", "object": "Opportunity", "id": self.deal, "as": self.by}
        order |= {"values": values, "at": self.at.isoformat()}
        return order | ({"visible_after": self.late} if self.late else {})


class BusyPeople:
    """Draws edits, each from what the one before it left. An opportunity that is saved late is left alone till then."""

    def __init__(self, chance: Random, *, deals: Mapping[str, State], people: Sequence[str]) -> None:
        self.states = dict(deals)
        self._chance = chance
        self._people = people
        self._busy_until: dict[str, datetime] = {}
        self._ranked: set[str] = set()
        self._began: datetime | None = None
        self._plain: Counter[str] = Counter()
        self._desk: list[str] = []

    def work(self, since: datetime, until: datetime, count: int) -> list[Edit]:
        """Give some edits between two instants, both included, in their order."""
        free = set(self._free(since))
        deals = [one for one in self._on_the_desk() if one in free]
        edits: list[Edit] = []
        for at in self._moments(since, until, count):
            edits += self._at_once(self._chance.choice(deals), self._chance.choice(self._people), at)
        return self._marked(edits, until)

    def load(self, since: datetime, until: datetime) -> list[Edit]:
        """Give the edits of one person who changes many opportunities in one go."""
        free = self._free(since)
        deals = self._chance.sample(free, min(LOAD, len(free)))
        person = self._chance.choice(self._people)
        moments = self._moments(since, until, len(deals))
        return [self._edit(deal, person, at) for deal, at in zip(deals, moments, strict=True)]

    def _on_the_desk(self) -> Sequence[str]:
        """Give what people work on at present: most of what they worked on before, and some others."""
        kept = [one for one in self._desk if self._chance.random() < STAY]
        others = [one for one in self.states if one not in kept]
        self._desk = [*kept, *self._chance.sample(others, min(DESK, len(self.states)) - len(kept))]
        return self._desk

    def _free(self, since: datetime) -> list[str]:
        return [one for one in self.states if one not in self._busy_until or self._busy_until[one] < since]

    def _moments(self, since: datetime, until: datetime, count: int) -> list[datetime]:
        seconds = int((until - since).total_seconds())
        return sorted(since + timedelta(seconds=self._chance.randint(0, seconds)) for _ in range(count))

    def _at_once(self, deal: str, person: str, at: datetime) -> Iterator[Edit]:
        """Give an edit, now and then with others in its second, by the same person or another."""
        found = [self._edit(deal, person, at)]
        while self._chance.random() < SAME_SECOND and not self._plain[deal]:
            other = self._chance.choice((person, self._chance.choice(self._people)))
            found.append(self._edit(deal, other, at))
        return iter(found)

    def _edit(self, deal: str, person: str, at: datetime) -> Edit:
        before = self.states[deal]
        after = before
        while after == before:
            after = self._changed(before)
        self.states[deal] = after
        return Edit(deal=deal, by=person, at=at, before=before, after=after)

    def _changed(self, state: State) -> State:
        what = self._chance.choices(
            ("rank", "unrated", "stage", "close", "both", "amount"), (60, 5, 11, 10, 8, 6)
        )[0]
        rank, stage = self._chance.choice(RANKS), self._next_stage(state)
        match what:
            case "rank":
                return replace(state, rank=rank)
            case "unrated":
                return replace(state, rank=None)
            case "stage":
                return replace(state, stage=self._chance.choice(OPEN_STAGES))
            case "close":
                return replace(state, stage=stage)
            case "both":
                return replace(state, stage=stage, rank=rank)
            case _:
                return replace(state, amount=self._chance.randrange(500_000, 3_000_000, 50_000))

    def _next_stage(self, state: State) -> str:
        is_closed = state.stage not in OPEN_STAGES
        return self._chance.choice(OPEN_STAGES if is_closed else (WON, LOST))

    def _marked(self, edits: list[Edit], until: datetime) -> list[Edit]:
        """Let the last save of some opportunities show itself late, and the history of some saves of any.

        Nobody saves a record over somebody else's save that is not through yet.
        """
        last = {edit.deal: number for number, edit in enumerate(edits)}
        crowded = {
            deal for (deal, _), saves in Counter((one.deal, one.at) for one in edits).items() if saves > 1
        }
        for number, edit in enumerate(edits):
            draw = self._chance.random()
            if draw < LATE and last[edit.deal] == number:
                late = self._chance.randrange(60, 1500)
                edits[number] = replace(edit, late=late)
                self._busy_until[edit.deal] = until + timedelta(seconds=late)
            elif LATE < draw < LATE + HIDDEN and self._may_hide(edit, crowded, until):
                edits[number] = replace(edit, hidden=self._chance.randint(1, HIDDEN_FOR))
        self._began = until
        self._plain -= Counter(set(self._plain))
        self._ranked |= {one.deal for one in edits if one.before.rank != one.after.rank}
        return edits

    def _may_hide(self, edit: Edit, crowded: Collection[str], until: datetime) -> bool:
        """Say whether a save has one row of history that may be hidden; a snapshot only where seconds have one save.

        What other snapshots of one second make of it is for tests of the domain.
        """
        if edit.deal not in self._ranked:
            return False
        if not edit.keeps_rank:
            return edit.moves_rank_alone
        if edit.deal in crowded or edit.at in (self._began, until):
            return False
        self._plain[edit.deal] = HIDDEN_FOR + 2
        return True
