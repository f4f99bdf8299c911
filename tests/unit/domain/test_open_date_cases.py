"""The table of worked open dates: every case by hand, with its arithmetic in words."""

import pytest
from tests.unit.domain.open_date_case import Case
from tests.unit.domain.open_date_runner import outcome
from tests.unit.domain.open_date_table import TABLE


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_the_open_date_is_what_the_arithmetic_in_words_says(case: Case) -> None:
    """Term, deadline, deciding bound, open date and what moved it."""
    assert outcome(case.given) == case.expected, case.why


def test_the_table_is_long_enough_and_every_case_says_why() -> None:
    """No case is there twice, and none without its arithmetic."""
    assert len(TABLE) >= 40
    assert len({case.name for case in TABLE}) == len(TABLE)
    assert all(len(case.why.split()) >= 8 for case in TABLE)
