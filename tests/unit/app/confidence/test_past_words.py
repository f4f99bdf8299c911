"""The words in which `explain` and the page of a renewal tell what became of its confidence."""

from decimal import Decimal

from csops_sync.app.confidence.past_words import amount_moved


def test_an_amount_that_moved_is_told_with_its_thousands_and_without_empty_places() -> None:
    said = amount_moved(Decimal("11000000.0"), Decimal("9000000.5"))

    assert said == "amount 11,000,000 -> 9,000,000.5"
    assert said.values["before"] == "11,000,000"


def test_an_amount_that_was_not_there_is_told_as_nothing() -> None:
    assert amount_moved(None, Decimal(5)) == "amount nothing -> 5"
