"""What readers would wait for is made before they come: after the start and after news, once, for who reads lately."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.builders import ruleset
from tests.fakes.daemon import RecordingLog, Ticks
from tests.fakes.landings import built
from tests.fakes.memory_engine import Workshop
from tests.fakes.term_books import RATED

from csops_sync.app.forecast.bridge_page import BridgeAsked
from csops_sync.app.forecast.kept_reports import LOOK_SECONDS, PATIENCE_SECONDS, KeptReports
from csops_sync.app.forecast.listing_values import Paging, RenewalFilter
from csops_sync.app.forecast.overview import overview_of
from csops_sync.app.forecast.overview_values import Overview, Span
from csops_sync.app.forecast.snapshots import take_snapshot
from csops_sync.app.forecast.standing import grow_revision
from csops_sync.app.health import Health
from csops_sync.app.loading import READ_UP_TO
from csops_sync.interfaces.web.ahead import Ahead
from csops_sync.interfaces.web.dashboard_data import NotReadyError
from csops_sync.interfaces.web.live_data import Installed, LiveData
from csops_sync.interfaces.web.scopes import LATELY_SECONDS, MOST, LatestScopes

RULES = replace(ruleset(confidence=RATED), forecast=built())
SOMEBODY = frozenset({"005000000000001AAA"})


@dataclass
class Served:
    """A dashboard over an org, and what was drawn ahead for it."""

    shop: Workshop = field(default_factory=lambda: Workshop(rules=RULES))
    ticks: Ticks = field(default_factory=Ticks)
    is_ready: bool = True
    drawn: list[Overview] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data = LiveData(
            installed=self.installed, health=Health(self.ticks).view, scopes=LatestScopes(self.ticks)
        )
        self.ahead = Ahead(self.data, draw=self.drawn.extend, log=RecordingLog())

    def installed(self, _by: str) -> Installed:
        if not self.is_ready:
            raise NotReadyError("starting")
        return Installed(office=self.shop.office(), org_id="o", org_name="example", mode="live")

    def fail(self, _shown: Sequence[Overview]) -> None:
        raise LookupError("no pictures today")


@pytest.fixture
def served() -> Served:
    served = Served()
    served.shop.sell(served.shop.customer(), auto_renews=False)
    return served


def test_the_first_reader_is_given_what_was_made_ahead(served: Served) -> None:
    served.shop.sync()

    assert served.ahead.look()

    assert served.ahead.has_made
    assert served.data.overview(Span.YEAR, None) is served.drawn[0]
    assert served.data.renewals(RenewalFilter(), Paging()).found == 1


def test_pages_are_made_once_for_the_same_news_and_again_for_others(served: Served) -> None:
    served.shop.sync()
    looked = [served.ahead.look(), served.ahead.look()]
    assert take_snapshot(served.shop.engine())
    looked += [served.ahead.look(), served.ahead.look()]

    assert looked == [True, False, True, False]


def test_readers_are_shown_what_held_before_until_the_new_pages_are_made(served: Served) -> None:
    served.data = replace(served.data, kept=KeptReports(renewed_by=served.ticks))
    served.ahead = Ahead(served.data, draw=served.drawn.extend, log=RecordingLog())
    served.shop.sync()
    served.ahead.look()
    before = served.data.overview(Span.YEAR, None)
    assert take_snapshot(served.shop.engine())

    assert served.data.overview(Span.YEAR, None) is before
    served.ahead.look()
    assert served.data.overview(Span.YEAR, None) is served.drawn[-1]
    assert served.drawn[-1] is not before


def test_a_bridge_of_before_the_news_is_shown_too_though_it_stands_on_older_data(served: Served) -> None:
    served.data = replace(served.data, kept=KeptReports(renewed_by=served.ticks))
    served.shop.sync()
    assert take_snapshot(served.shop.engine())
    before = served.data.bridge(BridgeAsked(), None)
    served.ticks.seconds += LOOK_SECONDS
    served.shop.crm.advance(seconds=60)
    with served.shop.office().writing() as tx:
        tx.progress.set_setting(READ_UP_TO, served.shop.office().now.isoformat())
        grow_revision(tx)

    assert served.data.bridge(BridgeAsked(), None) is before
    served.ticks.seconds += PATIENCE_SECONDS
    assert served.data.bridge(BridgeAsked(), None).basis.known_at > before.basis.known_at


def test_before_there_are_figures_it_waits_for_them(served: Served) -> None:
    served.is_ready = False
    assert not served.ahead.look()
    served.is_ready = True
    assert not served.ahead.look()
    assert not served.ahead.has_made

    served.shop.sync()

    assert served.ahead.look()


def test_what_fails_is_tried_once_for_the_same_news_and_left_to_who_asks(served: Served) -> None:
    served.shop.sync()
    failing = Ahead(served.data, draw=served.fail, log=RecordingLog())
    with pytest.raises(LookupError, match="no pictures today"):
        failing.look()

    assert not failing.look()
    assert not failing.has_made


def test_a_manager_who_read_lately_has_the_first_page_made_too(served: Served) -> None:
    served.shop.sync()
    served.ahead.look()
    before = served.data.overview(Span.YEAR, SOMEBODY)
    assert take_snapshot(served.shop.engine())
    served.ahead.look()

    asked = ("overview", Span.YEAR, SOMEBODY)
    after = served.data.kept.get(served.shop.office(), asked, lambda: before)  # nobody has asked for it since

    assert after is not before


def test_who_read_long_ago_and_who_sees_everything_are_no_scopes() -> None:
    ticks = Ticks()
    scopes = LatestScopes(ticks)
    scopes.note(None)
    scopes.note(SOMEBODY)
    ticks.seconds += LATELY_SECONDS
    assert scopes.latest() == (SOMEBODY,)
    ticks.seconds += 1

    assert scopes.latest() == ()


def test_only_so_many_scopes_are_remembered_the_latest_first() -> None:
    scopes = LatestScopes(Ticks())
    for number in range(MOST + 1):
        scopes.note(frozenset({str(number)}))
    scopes.note(frozenset({"1"}))

    latest = scopes.latest()
    assert len(latest) == MOST
    assert latest[:2] == (frozenset({"1"}), frozenset({str(MOST)}))


def test_what_is_kept_for_all_spans_and_scopes_is_what_would_be_worked_out(served: Served) -> None:
    served.shop.sync()
    for _ in range(2):
        served.ahead.look()
        office = served.shop.office()
        for people in (None, SOMEBODY):
            for span in Span:
                assert served.data.overview(span, people) == overview_of(office, span=span, people=people)
        take_snapshot(served.shop.engine())
