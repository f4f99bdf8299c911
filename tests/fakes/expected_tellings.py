"""What Slack must hold after changes that are known: settling, storms and routes recomputed plainly, poll by poll.

The rules are those of `acceptance/config/confidence_busy.yaml`, in code: bad news to one channel, good news to another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.busy_people import RANKS, State
from tests.fakes.edit_history import Change, Row, Standing
from tests.fakes.expected_reminders import Asked, Calmed
from tests.fakes.kept_ledger import Kept, taken_in
from tests.fakes.read_seconds import Told, seconds_of

SETTLE = timedelta(minutes=20)
STORM, WITHIN = 40, timedelta(minutes=10)
RISK, GOOD = "#renewals-risk", "#renewals"
FALLBACK, LEADS = "@cs-ops", "@cs-leads"
CHANNELS = {"worsened": RISK, "lost": RISK, "improved": GOOD, "won": GOOD}


@dataclass(frozen=True, slots=True)
class Poll:
    """A cycle that was committed: its number among all attempts, and its instant."""

    number: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who looks after an opportunity: user ids of the CSM, of the manager, and of whom the manager works for."""

    csm: str
    manager: str
    above: str | None

    def mentioned(self, people: Iterable[str]) -> str:
        """Who hears of a change: the manager, else the CSM, whoever did not make it; the fallback where both did."""
        made = set(people)
        return next((one for one in (self.manager, self.csm) if one not in made), FALLBACK)

    def reminded(self, people: Sequence[str]) -> tuple[str, ...]:
        """Who hears one after the other of what nobody answered: nobody who made the change or heard of it."""
        passed = {*people, self.mentioned(people)}
        steps = dict.fromkeys((self.above or FALLBACK, LEADS))
        return tuple(one for one in steps if one not in passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message as it must stand in Slack, by its key. `of` is the key of the card in whose thread it stands."""

    channel: str
    path: tuple[Standing, ...] = ()
    mention: str | None = None
    of: str | None = None
    is_good: bool = False
    lines: int = 0


@dataclass
class Expected:
    """Lives through the polls. `shown` are rows that could be seen only from that poll on.

    `ledger` is by opportunity, `said` by message key, `cards` holds their keys by opportunity and channel; `asked` is
    what asks for an answer, and what ends that, by opportunity. `turned` are the ends of what was told that turned out
    to lie elsewhere, by key of the card that shows them.
    """

    rows: Mapping[str, Sequence[Row]]
    start: State
    team: Mapping[str, Team]
    shown: Mapping[str, int]
    ledger: dict[str, list[Kept]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, Said] = field(default_factory=dict)
    cards: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: dict[str, list[Asked | Calmed]] = field(default_factory=lambda: defaultdict(list))
    turned: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    _ends: dict[str, tuple[datetime, Standing]] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _group: set[str] = field(default_factory=set)
    _began: dict[str, Standing] = field(default_factory=dict)
    _now: datetime = field(init=False)
    _seen: dict[str, tuple[int, str | None]] = field(default_factory=dict)

    def poll(self, poll: Poll) -> None:
        """Take in what this poll sees, and tell what has settled by then."""
        self._now = poll.now
        for deal, rows in self.rows.items():
            saved = [one for one in rows if one.poll <= poll.number and one.visible_at <= poll.now]
            visible = [one for one in saved if self.shown.get(one.id, 0) <= poll.number]
            now = next((one.after.rank for one in reversed(saved) if one.is_rank), self.start.rank)
            if (len(visible), now) != self._seen.get(deal, (0, self.start.rank)):
                self._seen[deal] = len(visible), now
                self._look(deal, visible, now)
        self._settle(poll.now)

    def _look(self, deal: str, visible: Sequence[Row], now: str | None) -> None:
        kept = sorted(self.ledger[deal], key=lambda one: one.place)
        stood = kept[-1].change.after if kept else None
        seconds = seconds_of(visible, start=self.start, now=now, told=_told(kept))
        fresh = taken_in(self.ledger[deal], seconds)
        for one in fresh:
            if one.verdict == "correction":
                self._correct(deal, one.change)
        last = max(self.ledger[deal], key=lambda one: one.place, default=None)
        if last and stood and last.verdict != "waiting" and direction(stood, last.change.after) is not None:
            for (of, _), card in self.cards.items():
                if of == deal:
                    self._turn(deal, card, last.change.after)
            self._ends[deal] = self._ends.get(deal, (last.change.at,))[0], last.change.after

    def _bring_back(self, deal: str, move: Change) -> None:
        """Bring cards to where it stands again, if what they showed last turned out to have ended elsewhere."""
        for (of, _), card in self.cards.items():
            if of != deal or self._undecided(deal, move):
                continue
            at, stands = self._ends[deal]
            if at <= move.at and direction(stands, move.after) is not None:
                self._turn(deal, card, move.after)

    def _turn(self, deal: str, card: str, stands: Standing) -> None:
        """Bring a card to another end: what leads there from where its way began may leave nothing to answer for."""
        self.turned[card].append(stands)
        if direction(self._began[deal], stands) in {None, "improved", "won", "rated"}:
            self.asked[deal].append(Calmed(at=self._now))

    def _undecided(self, deal: str, move: Change) -> bool:
        """Say whether something earlier was still to be told when this poll began to tell."""
        names = {one.change.name for one in self.ledger[deal] if one.change.at <= move.at}
        return bool(names & self._waiting - self._group)

    def _correct(self, deal: str, change: Change) -> None:
        for (of, channel), card in self.cards.items():
            if of == deal:
                key = f"late/{deal}/{channel}/{change.name}"
                self.said[key] = Said(channel=channel, path=(change.before, change.after), of=card)

    def _settle(self, now: datetime) -> None:
        groups = [(deal, group) for deal, kept in self.ledger.items() for group in _over(kept, now)]
        groups.sort(key=lambda one: (one[1][-1].change.at, one[1][0].change.name))
        stormy, going_on = self._stormy(), self._going_on(now)
        self._waiting = {
            one.change.name for kept in self.ledger.values() for one in kept if one.verdict == "waiting"
        }
        folded: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for deal, group in groups:
            changes = [one.change for one in group]
            moved = direction(changes[0].before, changes[-1].after)
            people = list(dict.fromkeys(one.by for one in changes if one.by))
            is_folded = bool(people) and all(one.name in stormy for one in changes if one.by)
            if is_folded and people[-1] in going_on:
                continue
            if moved in {"improved", "won", "rated"}:
                self.asked[deal].append(Calmed(at=now))
            if moved is None:
                self._group = {one.name for one in changes}
                self._bring_back(deal, changes[-1])
            else:
                self._began[deal] = changes[0].before
            self._ends[deal] = changes[-1].at, changes[-1].after
            if moved not in CHANNELS:
                _rule(group, "net_zero" if moved is None else "unrouted")
            elif is_folded:
                folded[people[-1], self.team[deal].manager].append((changes[0].name, CHANNELS[moved]))
                _rule(group, "summarised")
            else:
                key = self._tell(deal, changes, moved)
                _rule(group, "told")
                self._ask(deal, people, moved, key=key, now=now)
        for (person, manager), moves in sorted(folded.items()):
            ((channel, _),) = Counter(channel for _, channel in moves).most_common(1)
            mention = manager if manager != person else None
            key = f"storm/{person}/{manager}/{moves[0][0]}"
            self.said[key] = Said(channel=channel, mention=mention, lines=len(moves))

    def _going_on(self, now: datetime) -> set[str]:
        """Find whose changes still come in; a storm of theirs is waited out, for so long as a storm may last."""
        waiting: dict[str, list[datetime]] = defaultdict(list)
        for kept in self.ledger.values():
            for one in kept:
                if one.verdict == "waiting" and one.change.by:
                    waiting[one.change.by].append(one.change.at)
        return {
            person
            for person, moments in waiting.items()
            if max(moments) + SETTLE > now and min(moments) + SETTLE + WITHIN > now
        }

    def _ask(self, deal: str, people: Sequence[str], moved: str, *, key: str, now: datetime) -> None:
        if CHANNELS[moved] == RISK:
            mention, steps = self.team[deal].mentioned(people), self.team[deal].reminded(people)
            self.asked[deal].append(Asked(at=now, key=key, mention=mention, steps=steps))

    def _tell(self, deal: str, changes: Sequence[Change], moved: str) -> str:
        channel, first = CHANNELS[moved], changes[0].name
        card = self.cards.get((deal, channel))
        said = Said(
            channel=channel,
            path=(changes[0].before, *(one.after for one in changes)),
            mention=self.team[deal].mentioned(one.by for one in changes if one.by),
            of=card,
            is_good=moved in {"improved", "won"},
        )
        if card is None:
            card = self.cards[deal, channel] = f"card/{deal}/{channel}/{first}"
            self.said[card] = said
            return card
        key = f"move/{deal}/{channel}/{first}"
        self.said[key] = said
        return key

    def _stormy(self) -> set[str]:
        """Find the changes that lie in a storm: more than so many by one person within so long."""
        by_person: dict[str, list[Change]] = defaultdict(list)
        for kept in self.ledger.values():
            for one in kept:
                if one.change.by:
                    by_person[one.change.by].append(one.change)
        return {one.name for changes in by_person.values() for one in _in_storm(changes)}


def direction(before: Standing, after: Standing) -> str | None:
    """This function will say where a move leads; a close outweighs the rank."""
    (rank, outcome), (new_rank, new_outcome) = before, after
    if outcome != new_outcome:
        reopened = {"lost": "improved", "won": "worsened"}
        return reopened[outcome] if new_outcome == "open" else new_outcome
    if rank == new_rank or outcome != "open":
        return None
    if rank is None:
        return "rated"
    if new_rank is None:
        return "worsened"
    return "improved" if RANKS.index(new_rank) < RANKS.index(rank) else "worsened"


def _over(kept: Iterable[Kept], now: datetime) -> Iterator[list[Kept]]:
    """Give the waiting changes of one opportunity by windows that are over, each fixed from its first change."""
    waiting = sorted((one for one in kept if one.verdict == "waiting"), key=lambda one: one.place)
    while waiting:
        ends = waiting[0].change.at + SETTLE
        group = [one for one in waiting if one.change.at < ends]
        waiting = waiting[len(group) :]
        if ends <= now:
            yield group


def _told(kept: Sequence[Kept]) -> Told:
    rows = [(row, one.change.name) for one in kept for row in one.change.ids]
    return Told(
        places={row: place for place, (row, _) in enumerate(rows)},
        changes=dict(rows),
        ends={one.change.at: one.change.after[0] for one in kept},
        settled={one.change.name for one in kept if one.verdict != "waiting"},
        seats={one.change.ids[0]: one.change.place for one in kept if one.change.ordered},
    )


def _rule(group: Sequence[Kept], verdict: str) -> None:
    for one in group:
        one.verdict = verdict
    if verdict == "told":
        for one in group[:-1]:
            one.verdict = "merged"


def _in_storm(changes: Sequence[Change]) -> Iterator[Change]:
    ordered = sorted(changes, key=lambda one: one.at)
    stormy: set[int] = set()
    start = 0
    for end, one in enumerate(ordered):
        while ordered[start].at < one.at - WITHIN:
            start += 1
        if end - start + 1 > STORM:
            stormy |= set(range(start, end + 1))
    return (ordered[number] for number in stormy)
