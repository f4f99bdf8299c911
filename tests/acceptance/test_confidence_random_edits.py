"""Random edits by many people, at any moment, late, in one second, through faults: each is counted and told once."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
from tests.fakes.busy_answers import AnswerJudge
from tests.fakes.busy_day import RULES, TODAY, BusyDay
from tests.fakes.busy_judge import Judge, briefly
from tests.fakes.rig import running

EDITS, DEALS, SEED = 10_000, 150, 4


@contextmanager
def lived(*, edits: int, deals: int, seed: int) -> Iterator[Judge]:
    """Live one day and give its judge."""
    with running(today=TODAY, rules=RULES) as rig:
        day = BusyDay(rig, Random(seed))  # noqa: S311  # a repeatable day
        day.open(deals)
        day.live(edits)
        yield Judge(day)


def check(judge: Judge) -> None:
    """Nothing is lost, doubled, out of order, or told or asked otherwise than settling, storms and routes allow."""
    assert briefly(judge.row_problems()) == []
    assert briefly(judge.ledger_problems()) == []
    assert briefly(judge.message_problems()) == []
    assert briefly(judge.card_problems()) == []
    assert briefly(AnswerJudge(judge).problems()) == []


def test_ten_thousand_random_edits_are_each_counted_once_and_told_as_the_rules_allow() -> None:
    with lived(edits=EDITS, deals=DEALS, seed=SEED) as judge:
        check(judge)

        shape = {**judge.shape(), **AnswerJudge(judge).shape()}
    assert shape["edits"] == EDITS
    assert shape["in the second of the one before"] > EDITS / 7
    assert min(shape.values()) > 0, shape


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(100, 112))
def test_more_days_of_random_edits_are_each_counted_once_and_told_as_the_rules_allow(seed: int) -> None:
    with lived(edits=EDITS, deals=DEALS, seed=seed) as judge:
        check(judge)
