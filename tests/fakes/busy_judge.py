"""Judges a busy day: the product's ledger beside Salesforce's history, and every message beside what must be told."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from tests.fakes.busy_day import START, BusyDay
from tests.fakes.edit_history import Row, Standing, rows_of
from tests.fakes.expected_tellings import Expected, Said
from tests.fakes.kept_ledger import Kept
from tests.fakes.sandbox import Record
from tests.fakes.slack_names import SlackNames

from csops_sync.domain.confidence.ranks import Standing as Stands
from csops_sync.ports.shelves import LedgerRow

_KINDS = ("card", "move", "storm", "late")
_MOST_SHOWN = 8
_CALLS = re.compile(r"<@U\w+>|<!\w[^>]*>")
_LAST_STEP = re.compile(r"^確度: .* → (\S+)$", re.MULTILINE)
_SHOWN_WAY = re.compile(r"\*確度\*\\n([^'*]*?)'")
_CLOSED = {"won": "受注", "lost": "失注"}


@dataclass(frozen=True)
class Judge:
    """Reads what stands there once the day is over. Each list is empty where everything is as it must be."""

    day: BusyDay

    @cached_property
    def rows(self) -> Mapping[str, Sequence[Row]]:
        """Salesforce's own history by opportunity."""
        day = self.day
        return rows_of(day.rig.sandbox, day.sent, deals=day.team, people=day.editors)

    @cached_property
    def expected(self) -> Expected:
        """What must have become of it."""
        day = self.day
        expected = Expected(rows=self.rows, start=START, team=day.team, shown=day.shown)
        for poll in day.polls:
            expected.poll(poll)
        return expected

    @cached_property
    def ledger(self) -> Mapping[str, Sequence[LedgerRow]]:
        """The product's ledger by opportunity, in the order of its changes."""
        found: dict[str, list[LedgerRow]] = {deal: [] for deal in self.day.team}
        with self.day.rig.assembly.store.reading() as tx:
            for row in tx.confidence.ledger.of(list(found)):
                found[row.change.opportunity_id].append(row)
        for rows in found.values():
            rows.sort(key=lambda one: (one.change.at, one.change.place))
        return found

    @cached_property
    def posts(self) -> Mapping[str, Sequence[Record]]:
        """Every post that tells of a move, by key."""
        return {key: lines for key, lines in self.posted.items() if key.partition("/")[0] in _KINDS}

    @cached_property
    def posted(self) -> Mapping[str, Sequence[Record]]:
        """Every post of ours that Slack took, by key, as the sandbox's ledger has it."""
        found: dict[str, list[Record]] = {}
        for line in self.day.rig.sandbox.ledger()["writes"]:
            if line["operation"] == "chat.postMessage" and line["outcome"] == "ok":
                found.setdefault(str(line["values"]["metadata"]["event_payload"]["key"]), []).append(line)
        return found

    def shape(self) -> Mapping[str, int]:
        """How much of everything that is hard the day held."""
        sent, kept = self.day.sent, [one for rows in self.expected.ledger.values() for one in rows]
        last: dict[str, datetime] = {}
        same = 0
        for one in sent:
            same += last.get(one.edit.deal) == one.edit.at
            last[one.edit.deal] = one.edit.at
        return {
            "edits": len(sent),
            "in the second of the one before": same,
            "saved late": sum(bool(one.edit.late) for one in sent),
            "with a late history": len(self.day.shown),
            "faults": self.day.fired,
            "seconds without an order": sum(not one.change.ordered for one in kept),
            "late in a shared second": self._late_and_shared(),
            **Counter(one.verdict for one in kept),
        }

    def _late_and_shared(self) -> int:
        """Count the rows that were hidden at first, of seconds with other rows of their opportunity."""
        rows = [row for rows in self.rows.values() for row in rows]
        crowd = Counter((row.deal, row.at) for row in rows)
        return sum(row.id in self.day.shown and crowd[row.deal, row.at] > 1 for row in rows)

    def ledger_problems(self) -> list[str]:
        """Whatever is no single row, of the right move, in its order, with its verdict."""
        return [
            f"{deal}: the ledger has {ours}, not {theirs}"
            for deal, rows in self.ledger.items()
            for ours, theirs in _unlike(
                [_row(one) for one in rows],
                [_kept(one) for one in sorted(self.expected.ledger.get(deal, ()), key=lambda one: one.place)],
            )
        ]

    def row_problems(self) -> list[str]:
        """Whatever history row moved an open renewal's rank, or closed or opened one, and is not in one change."""
        counted = Counter(row for rows in self.ledger.values() for one in rows for row in one.change.rows)
        return [
            f"{row.id} of {row.deal} stands in {counted[row.id]} ledger rows"
            for rows in self.rows.values()
            for row in rows
            if counted[row.id] != 1 and (_matters(row) or counted[row.id])
        ]

    def message_problems(self) -> list[str]:
        """Whatever was told twice, or not, or otherwise than the rules want it."""
        said, posts = self.expected.said, self.posts
        return [
            *(f"{key} was not told" for key in said.keys() - posts.keys()),
            *(f"{key} was told, and nothing asked for it" for key in posts.keys() - said.keys()),
            *(f"{key} was told {len(lines)} times" for key, lines in posts.items() if len(lines) > 1),
            *(
                f"{key}: {problem}"
                for key in said.keys() & posts.keys()
                for problem in self.otherwise(said[key], posts[key][0])
            ),
        ]

    def card_problems(self) -> list[str]:
        """Whatever card does not show where its renewal stands, or is not celebrated as it must be."""
        messages = {_key(one): one for one in self.day.rig.sandbox.messages() if one["metadata"]}
        stands = {one.edit.deal: one.edit.after.standing for one in self.day.sent}
        good = self._celebrated()
        cards = [(deal, card, messages[card]) for (deal, _), card in self.expected.cards.items()]
        shown = (
            f"{card} does not show {_way([stands[deal]])}: {message['text']}"
            for deal, card, message in cards
            if _LAST_STEP.findall(message["text"]) != [_way([stands[deal]])]
        )
        celebrated = (
            f"{card} has the reactions {message.get('reactions')}"
            for _, card, message in cards
            if ("tada" in (message.get("reactions") or {})) != (card in good)
        )
        return [
            *shown,
            *celebrated,
            *self._turn_problems(),
            *self._face_problems(messages),
            *self._reaction_problems(good),
        ]

    def _turn_problems(self) -> Iterator[str]:
        """Whatever card was not brought once to each end that turned out later, or mentioned somebody with it."""
        found = {key: lines for key, lines in self.posted.items() if key.partition("/")[0] == "turned"}
        yield from (f"{key} was told {len(lines)} times" for key, lines in found.items() if len(lines) > 1)
        for card in self.expected.cards.values():
            head = f"turned/{card.partition('/')[2].rpartition('/')[0]}/"
            texts = [str(lines[0]["values"]["text"]) for key, lines in sorted(found.items()) if head in key]
            ends = self.expected.turned.get(card, ())
            if len(texts) != len(ends) or any(map(_CALLS.findall, texts)):
                yield f"{card} was turned to {ends}, and said {texts}"

    def _face_problems(self, messages: Mapping[str, Record]) -> Iterator[str]:
        """Whatever card's blocks, which people see, do not end where its opportunity stands, by Salesforce's record."""
        stands = {str(one["Id"]): _stands(one) for one in self.day.rig.sandbox.records("Opportunity")}
        for (deal, _), card in self.expected.cards.items():
            ways = _SHOWN_WAY.findall(str(messages[card]["blocks"]))
            if [way.rpartition(" → ")[2] for way in ways] != [_way([stands[deal]])]:
                yield f"{card} shows {ways} in its blocks, and the opportunity stands at {_way([stands[deal]])}"

    def _reaction_problems(self, good: Collection[str]) -> Iterator[str]:
        """Whatever card of good news has not had our one first reaction, once, and whatever other card has had any."""
        lines = [
            one for one in self.day.rig.sandbox.ledger()["writes"] if one["operation"] == "reactions.add"
        ]
        made = Counter((one["target"], _stamp(one)) for one in lines if one["outcome"] == "ok")
        for (_, channel), card in self.expected.cards.items():
            times = made.pop((self._channel(channel), str(self.posts[card][0]["id"])), 0)
            if times != (card in good):
                yield f"{card} was reacted to {times} times"
        yield from (f"{place} was reacted to, and is no card" for place in made)

    def _celebrated(self) -> set[str]:
        return {said.of or key for key, said in self.expected.said.items() if said.is_good}

    def otherwise(self, said: Said, line: Record) -> Iterator[str]:
        """Say what of a post is not as it must be."""
        values = line["values"]
        text = str(values["text"])
        if line["target"] != self._channel(said.channel):
            yield f"told in {line['target']}, not in {said.channel}"
        parent = self.posts[said.of][0]["id"] if said.of and said.of in self.posts else None
        if values.get("thread_ts") != parent:
            yield f"stands under {values.get('thread_ts')}, not under {parent}"
        if said.path and _way(said.path) not in text:
            yield f"does not tell {_way(said.path)}: {text}"
        if said.lines and f"{said.lines}件" not in text:
            yield f"does not tell of {said.lines} renewals: {text}"
        called = [] if said.mention is None else [self._markup(said.mention)]
        if _CALLS.findall(text) != called:
            yield f"calls {_CALLS.findall(text)}, not {called}: {text}"

    def _channel(self, name: str) -> str:
        return self.names.channels[name.removeprefix("#")]

    def _markup(self, who: str) -> str:
        if who.startswith("@"):
            return f"<!subteam^{self.names.groups[who]}>"
        return f"<@{self.slack_id(who)}>"

    def slack_id(self, user: str) -> str | None:
        """Give the id in Slack of a user, None for whom Slack does not know."""
        return self.names.people.get(self.users[user]["Email"])

    @cached_property
    def users(self) -> Mapping[str, Record]:
        """The users of Salesforce by id."""
        return {one["Id"]: one for one in self.day.rig.sandbox.records("User")}

    @cached_property
    def names(self) -> SlackNames:
        """What Slack calls whom."""
        return SlackNames(self.day.rig.sandbox)


def briefly(problems: Iterable[str]) -> list[str]:
    """This function will give the first of some problems: one defect shows itself a hundred times."""
    return sorted(problems)[:_MOST_SHOWN]


def _matters(row: Row) -> bool:
    """Whether a row by itself must be somewhere in the ledger, whatever else was in its second."""
    (_, before), (_, after) = row.before.standing, row.after.standing
    return before != after if not row.is_rank else before == after == "open"


def _row(row: LedgerRow) -> tuple[object, ...]:
    change = row.change
    return change.id, _standing(change.before), _standing(change.after), row.verdict.value, change.order_known


def _kept(kept: Kept) -> tuple[object, ...]:
    change = kept.change
    return change.name, change.before, change.after, kept.verdict, change.ordered


def _standing(stands: Stands) -> Standing:
    return stands.rank, stands.outcome.value


def _unlike(ours: Sequence[object], theirs: Sequence[object]) -> Iterator[tuple[object, object]]:
    for number in range(max(len(ours), len(theirs))):
        one = ours[number] if number < len(ours) else None
        other = theirs[number] if number < len(theirs) else None
        if one != other:
            yield one, other
            return


def _stands(record: Record) -> Standing:
    """Where a renewal stands by its record: its rank as long as it is open."""
    if record["IsClosed"]:
        return None, "won" if record["IsWon"] else "lost"
    return record["Confidence__c"], "open"


def _stamp(line: Record) -> str:
    return str(line["values"].get("timestamp") or line["id"])


def _key(message: Record) -> str:
    return str(message["metadata"]["event_payload"]["key"])


def _way(path: Sequence[Standing]) -> str:
    """Write a path as a Japanese card does: of a long one the first four standings and the last four."""
    steps = [_CLOSED.get(outcome) or rank or "未評価" for rank, outcome in path]
    return " → ".join(steps if len(steps) <= 8 else [*steps[:4], "…", *steps[-4:]])
