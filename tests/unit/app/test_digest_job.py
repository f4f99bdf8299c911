"""The digest as a job of the daemon, and its delivery where something is in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.daemon import Bench
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.plain_charts import PlainCharts
from tests.fakes.term_books import RATED

from csops_sync.app.cycle_job import Hands
from csops_sync.app.digest_delivery import deliver_digests
from csops_sync.app.digest_job import DigestJob
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.ports.cards import Place
from csops_sync.ports.charts import AnyChart
from csops_sync.ports.chat import Found, PostResult, PostStatus, Told
from csops_sync.ports.digests import DigestItem, OutgoingDigest
from csops_sync.ports.errors import AuthFailedError, TransientError
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target

RULES = replace(ruleset(confidence=RATED), forecast=built(), digest=DigestRules(channel="#leads", at=time(8)))
FIRST = "digest/2026-W15"
SENT, PARKED, PENDING, UNKNOWN = (
    OutboxStatus.SENT,
    OutboxStatus.PARKED,
    OutboxStatus.PENDING,
    OutboxStatus.UNKNOWN,
)


@dataclass
class FakeDigests:
    """A channel in memory. `answers` are given once each, in the place of a post; `loses` posts without a word."""

    standing: list[tuple[str, Place | None]] = field(default_factory=list)
    answers: list[PostResult | Exception] = field(default_factory=list)
    searches: list[Exception] = field(default_factory=list)
    readable: bool = True
    loses: bool = False

    def check(self) -> tuple[str, ...]:
        """Nothing lacks."""
        return ()

    def send(self, outgoing: OutgoingDigest) -> PostResult:
        """Post, unless the next answer says otherwise."""
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        self.standing.append((outgoing.item.key, outgoing.place))
        if self.loses:
            return PostResult(status=PostStatus.UNKNOWN, code="no_answer")
        return PostResult(status=PostStatus.POSTED, channel_id="C1", ts=f"{len(self.standing)}.0")

    def find(self, item: DigestItem, *, place: Place | None, since: datetime) -> Found:
        """Look through what stands there."""
        del place, since
        if self.searches:
            raise self.searches.pop(0)
        at = [number for number, (key, _) in enumerate(self.standing, start=1) if key == item.key]
        found = tuple(Told(ts=f"{number}.0", key=item.key) for number in at)
        return Found(readable=self.readable, messages=found if self.readable else (), channel_id="C1")


class NoPen:
    """Charts that cannot be drawn."""

    def png(self, chart: AnyChart) -> bytes:
        """Refuse."""
        raise ValueError(f"there is no {type(chart).__name__} without points")


class Lounge:
    """One process of an org with a digest on Mondays, up to Monday, ten o'clock."""

    def __init__(self) -> None:
        self.shop = Workshop(rules=RULES)
        self.shop.sell(self.shop.customer(), auto_renews=False)
        self.digests = FakeDigests()
        self.charts: object = PlainCharts()
        self.bench = Bench(crm=self.shop.crm, database=self.shop.database)
        self.bench.installation = replace(self.bench.installation, engine=self.engine_of)
        hands = Hands(
            keeper=self.bench.keeper, current=lambda: self.bench.installation, replace=self.bench.replace
        )
        self.job = DigestJob(hands, self.bench.cycle, self.bench.instruments)
        self.bench.keeper.beat()

    def engine_of(self, grant: object = None) -> Engine:
        """An engine with this channel and these charts."""
        changes = {"digests": self.digests, "charts": self.charts, "grant": grant}
        return replace(self.shop.engine(), **changes)  # type: ignore[arg-type]  # fields of the engine

    def run(self) -> None:
        """Run a cycle, take the day's snapshot, run the job."""
        self.bench.cycle.run()
        take_snapshot(self.engine_of())
        self.job.run()

    def monday(self) -> None:
        """Let the first cycle and the days until Monday pass."""
        self.run()
        self.shop.crm.advance(days=5)
        self.run()

    def deliver(self) -> int:
        """Deliver digests once."""
        return deliver_digests(self.engine_of())

    def rows(self) -> Sequence[OutboxRow]:
        """The digest's rows in the order in which they are sent."""
        with self.shop.store.reading() as tx:
            every = tx.outbox.with_status(*OutboxStatus)
        mine = (row for row in every if row.target is Target.DIGEST)
        return sorted(mine, key=lambda row: (row.created_at, row.key))


@pytest.fixture
def lounge() -> Lounge:
    made = Lounge()
    made.monday()
    return made


def test_the_job_writes_the_week_once_and_says_so(lounge: Lounge) -> None:
    lounge.job.run()

    (line,) = lounge.bench.instruments.log.named("digest.written")  # type: ignore[attr-defined]  # the recording log
    assert line["key"] == FIRST
    assert lounge.rows()[0].key == FIRST


def test_before_the_first_cycle_of_this_process_nothing_is_told() -> None:
    made = Lounge()
    made.job.run()

    assert made.rows() == []


def test_all_of_it_is_sent_in_order_with_threads_under_their_messages(lounge: Lounge) -> None:
    assert lounge.deliver() == len(lounge.rows())

    keys = [key for key, _ in lounge.digests.standing]
    assert keys == [row.key for row in lounge.rows()]
    assert keys[:2] == [FIRST, f"{FIRST}/picture"]
    places = dict(lounge.digests.standing)
    assert places[FIRST] is None
    assert places[f"{FIRST}/picture"] == Place(channel_id="C1", ts="1.0")
    assert {row.status for row in lounge.rows()} == {SENT}


def test_a_lost_answer_is_looked_for_after_a_minute_and_found(lounge: Lounge) -> None:
    lounge.digests.loses = True
    lounge.deliver()
    assert lounge.rows()[0].status is UNKNOWN
    lounge.digests.loses = False
    lounge.deliver()
    assert lounge.rows()[0].status is UNKNOWN, "a minute has not passed"

    lounge.shop.crm.advance(seconds=61)
    lounge.deliver()

    assert {row.status for row in lounge.rows()} == {SENT}
    assert len(lounge.digests.standing) == len(lounge.rows())


def test_where_the_history_is_closed_a_lost_answer_waits_for_a_person(lounge: Lounge) -> None:
    lounge.digests.readable = False
    lounge.digests.loses = True
    lounge.deliver()
    lounge.shop.crm.advance(seconds=61)
    lounge.deliver()

    row = lounge.rows()[0]
    assert row.status is PARKED
    assert "csops-sync outbox drop" in str(row.error)


def test_while_slack_does_not_let_us_in_everything_waits_as_it_was(lounge: Lounge) -> None:
    lounge.digests.answers.append(AuthFailedError("token_revoked", code="token_revoked"))

    with pytest.raises(AuthFailedError):
        lounge.deliver()

    row = lounge.rows()[0]
    assert (row.status, row.attempts) == (PENDING, 0)


def test_a_history_that_cannot_be_asked_now_is_asked_later(lounge: Lounge) -> None:
    lounge.digests.searches.append(TransientError("slow down", code="ratelimited", retry_after=30.0))
    lounge.deliver()

    assert lounge.rows()[0].status is PENDING
    assert lounge.digests.standing == []
    lounge.shop.crm.advance(seconds=31)
    lounge.deliver()
    assert {row.status for row in lounge.rows()} == {SENT}


@pytest.mark.parametrize("what", ["answers", "searches"])
def test_after_two_hours_without_slack_a_digest_is_told_within_a_minute(lounge: Lounge, what: str) -> None:
    for _ in range(2 * 60 * 2):
        if what == "answers":
            lounge.digests.answers = [PostResult(status=PostStatus.RETRY, code="unreachable")]
        else:
            lounge.digests.searches = [TransientError("no connection", code="unreachable")]
        lounge.deliver()
        lounge.shop.crm.advance(seconds=30)
    assert {row.status for row in lounge.rows()} == {PENDING}
    lounge.digests.answers, lounge.digests.searches = [], []

    lounge.shop.crm.advance(seconds=31)
    lounge.deliver()

    assert {row.status for row in lounge.rows()} == {SENT}
    assert len(lounge.digests.standing) == len(lounge.rows())


def test_a_picture_that_cannot_be_drawn_keeps_nothing_else_back(lounge: Lounge) -> None:
    lounge.charts = NoPen()

    lounge.deliver()

    picture = lounge.rows()[1]
    assert picture.status is PARKED
    assert picture.error == "it cannot be drawn: there is no LandingChart without points"
    assert {row.status for row in lounge.rows() if row.key != picture.key} == {SENT}


def test_what_belongs_to_a_message_that_was_given_up_is_not_sent(lounge: Lounge) -> None:
    lounge.shop.set_row(FIRST, OutboxStatus.DROPPED)

    lounge.deliver()

    assert lounge.digests.standing == []
    assert {row.status for row in lounge.rows()[1:]} == {OutboxStatus.CANCELLED}


def test_an_installation_without_digests_leaves_them_alone(lounge: Lounge) -> None:
    assert deliver_digests(replace(lounge.engine_of(), digests=None)) == 0
    assert {row.status for row in lounge.rows()} == {PENDING}
