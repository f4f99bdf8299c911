"""Where the kill sweep kills when it does not kill everywhere."""

from tests.fakes.kill_choice import covered, of_each_kind

_ASKS = [["request GET /query"], ["response GET /query"]]
_POSTS = [["request chat.postMessage: card"], ["response chat.postMessage: card"]]
_COMMITS = [["before commit: outbox sent card"], ["after commit: outbox sent card", "after commit: journal"]]
_READS = [["request POST /v1/composite: GET User"], ["response POST /v1/composite: GET User"]]
_WRITES = [["request POST /v1/composite: GET User"], ["response POST /v1/composite: PATCH Account"]]


def test_one_kill_stands_for_all_crossings_between_two_steps_that_last() -> None:
    day = [*_ASKS, *_POSTS, *_COMMITS]

    assert len(of_each_kind(day, seed=1)) == 3
    assert covered(day, [1]) == {
        "request GET /query",
        "response GET /query",
        "request chat.postMessage: card",
    }
    assert covered(day, [4]) == {"response chat.postMessage: card", "before commit: outbox sent card"}


def test_the_choice_leaves_out_no_kind_but_those_that_are_known() -> None:
    day = [*_ASKS, *_POSTS, *_COMMITS]
    kinds = {kind for crossing in day for kind in crossing}

    assert covered(day, of_each_kind(day, seed=1)) == kinds
    assert covered(day, of_each_kind(day, known=kinds - {"after commit: journal"}, seed=1)) == set(day[-1])
    assert of_each_kind(day, known=kinds, seed=1) == []


def test_what_happens_again_is_killed_at_once_only() -> None:
    assert len(of_each_kind([*_COMMITS, *_COMMITS, *_COMMITS], seed=1)) == 1


def test_a_composite_that_only_reads_leaves_nothing_behind() -> None:
    assert len(of_each_kind(_READS, seed=1)) == 1
    assert len(of_each_kind(_WRITES, seed=1)) == 2
