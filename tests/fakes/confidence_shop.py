"""A workshop whose renewals are watched: a customer with CSM, manager and head, and one opened renewal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from tests.fakes.builders import ruleset
from tests.fakes.cards import FakeCards
from tests.fakes.memory_engine import Workshop

from csops_sync.app.confidence.answering import inbox_item, process_answers
from csops_sync.app.confidence.delivering import deliver_cards, resolve_cards
from csops_sync.app.confidence.outgoing_cards import place_of
from csops_sync.app.confidence.telling_form import decode_telling
from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.engine import Engine
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.ranks import BAD_NEWS, GOOD_NEWS, Direction, RankScale
from csops_sync.domain.confidence.rules import AnswerWithin, ConfidenceRules, Route
from csops_sync.domain.confidence.storms import StormRule
from csops_sync.domain.confidence.telling import Telling
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.cards import Answer, AnswerKind, Place, SlackPerson
from csops_sync.ports.crm import Role
from csops_sync.ports.shelves import LedgerRow
from csops_sync.ports.store import OutboxRow, OutboxStatus

MINUTE = 60
RULES = ConfidenceRules(
    scale=RankScale(field="confidence", ranks=("A", "B", "C", "D", "E")),
    routes=(
        Route(
            changes=BAD_NEWS,
            channel="#risk",
            origin="rules.yaml:60",
            prior_at_least=Decimal(3_000_000),
            mention=("csm.manager",),
            acknowledge=AnswerWithin(
                span=timedelta(hours=4), steps=("csm.manager.manager", "@cs-leads", "csm.manager")
            ),
        ),
        Route(changes=BAD_NEWS, channel="#renewals", origin="rules.yaml:66", mention=("csm.manager",)),
        Route(
            changes=GOOD_NEWS,
            channel="#renewals",
            origin="rules.yaml:70",
            mention=("csm.manager",),
            celebrate=("tada",),
        ),
    ),
    none=frozenset({Direction.RATED}),
    storm=StormRule(changes=3, within=timedelta(minutes=10)),
)


def confident(rules: ConfidenceRules = RULES) -> RuleSet:
    """Rules of renewals with those of confidence."""
    return replace(ruleset(), confidence=rules)


@dataclass
class ConfidenceShop(Workshop):
    """It is 10:00 in Tokyo on a Monday when `opened` comes back."""

    rules: RuleSet = field(default_factory=confident)
    head: str = ""
    boss: str = ""
    csm: str = ""

    def __post_init__(self) -> None:
        """Slack knows the three people by e-mail, each in a time zone, and one group."""
        super().__post_init__()
        people = [
            SlackPerson(id=one, name=name, email=f"{name}@example.com", timezone=zone)
            for one, name, zone in (
                ("U1HEAD", "head", "Asia/Tokyo"),
                ("U2BOSS", "boss", "Asia/Tokyo"),
                ("U3SATO", "sato", "Asia/Tokyo"),
                ("U4LEAD", "lead", "America/New_York"),
            )
        ]
        self.slack = FakeCards(
            clock=self.crm,
            channels=("#risk", "#renewals"),
            people=people,
            groups={"cs-leads": ["U4LEAD"]},
        )

    def engine(self) -> Engine:
        """A fresh engine, with cards."""
        return replace(super().engine(), slack_cards=self.slack)

    def deliver(self) -> int:
        """Send the cards that are due."""
        return resolve_cards(self.engine()) + deliver_cards(self.engine())

    def answer(
        self, kind: AnswerKind, *, by: str, value: str = "", card: Card | None = None, key: str = "Ev1"
    ) -> str:
        """Let a person do something with a card, by button unless they react; what came of it, in words."""
        card = card or self.cards()[0]
        place = place_of(self.row(card.key).result) or Place(channel_id="C0", ts="0")
        is_reaction = kind is AnswerKind.REACTED
        answer = Answer(
            key=key,
            kind=kind,
            place=place,
            slack_user=by,
            at=self.crm.now(),
            value=value,
            card_id="" if is_reaction else card.id,
        )
        self.store.receive(inbox_item(answer))
        process_answers(self.engine())
        with self.store.reading() as tx:
            return tx.confidence.inbox.get([key])[0].outcome

    def staff(self) -> None:
        """Make the CSM, the manager and the head of CS."""
        self.head = self._person("部長", "head@example.com", manager=None)
        self.boss = self._person("課長", "boss@example.com", manager=self.head)
        self.csm = self._person("佐藤", "sato@example.com", manager=self.boss)

    def renewal(self, *, number: str = "00000001", amount: int = 6_000_000) -> str:
        """Give a customer a contract whose renewal a person opened and rated B; its opportunity's id."""
        account = self.crm.create(
            Role.ACCOUNT,
            {"name": f"みなと商事{number}", "country": "JP", "csm": self.csm, "tier": "Enterprise"},
        )
        contract = self.sell(account, number=number, annual_amount=amount)
        return self.deal(account, contract=contract, confidence="B", amount=amount, owner=self.csm)

    def move(self, deal: str, rank: str | None, *, by: str | None = None) -> None:
        """Set a rank as a person."""
        self.crm.edit(Role.OPPORTUNITY, deal, {"confidence": rank}, by=by or self.csm)

    @contextmanager
    def first_edit_late(self, deal: str) -> Iterator[None]:
        """Hide the first edit of a rank, and let it show itself at the end: history that is behind its record."""
        history = self.crm._rows[Role.FIELD_HISTORY]
        hidden = min(key for key, row in history.items() if row.parent_id == deal)
        row = history.pop(hidden)
        yield
        history[hidden] = replace(row, stamp_ms=int(self.crm.now().timestamp() * 1000))

    def cycle(self, *, minutes: float = 0) -> CycleReport:
        """Let minutes pass, then run a cycle without delivery."""
        self.crm.advance(seconds=minutes * MINUTE)
        return run_cycle(self.engine())

    def settle(self) -> CycleReport:
        """See what changed, and let its window pass."""
        self.cycle()
        return self.cycle(minutes=6)

    def ledger(self) -> list[LedgerRow]:
        """Every row of the ledger, oldest first."""
        with self.store.reading() as tx:
            verdicts = ("waiting", "told", "merged", "summarised", "silenced", "net_zero", "unrouted", "held")
            return list(tx.confidence.ledger.with_status(*verdicts, "correction"))

    def verdicts(self) -> list[str]:
        """The verdicts of the ledger, oldest change first."""
        return [one.verdict.value for one in self.ledger()]

    def tellings(self) -> list[Telling]:
        """What confidence put into the outbox, in order."""
        return [decode_telling(row.payload) for row in self.rows()]

    def rows(self) -> list[OutboxRow]:
        """The outbox rows of confidence."""
        with self.store.reading() as tx:
            rows = tx.outbox.with_status(*OutboxStatus)
        return [one for one in rows if one.target.value in ("cards", "tasks")]

    def cards(self) -> list[Card]:
        """All cards."""
        with self.store.reading() as tx:
            return list(tx.confidence.cards.with_status("quiet", "asking", "acknowledged", "snoozed"))

    def _person(self, name: str, email: str, *, manager: str | None) -> str:
        return self.crm.create(Role.USER, {"name": name, "email": email, "active": True, "manager": manager})


def watched(rules: ConfidenceRules = RULES, *, deals: int = 1) -> tuple[ConfidenceShop, list[str]]:
    """A shop after its baseline, at 10:00 in Tokyo on Monday 13 April 2026, with renewals rated B under watch."""
    shop = ConfidenceShop(rules=confident(rules))
    shop.staff()
    made = [shop.renewal(number=f"{number:08d}") for number in range(1, deals + 1)]
    shop.crm.advance(days=11, seconds=16 * 3600)
    shop.cycle()
    shop.crm.advance(seconds=9 * 3600)
    shop.cycle()
    return shop, made
