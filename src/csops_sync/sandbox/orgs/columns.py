"""What a generated org draws once, in columns of numbers: 20 bytes a contract."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import cache

from csops_sync.sandbox.orgs.dates import last_day
from csops_sync.sandbox.orgs.numbers import Kept
from csops_sync.sandbox.orgs.shapes import DRAFT, Paper, Shaper, account_of

HUNDRED = range(100)


class Columns:
    """The papers of all contracts by number, and which of them have an account, a sale and a renewal of their own."""

    def __init__(self, shaper: Shaper) -> None:
        self.shaper = shaper
        self.start, self.end, self.over = array("i"), array("i"), array("i")
        self.months, self.notice, self.automatic = array("H"), array("B"), array("B")
        self.amount = array("q")
        self.renewed = array("I")
        for number in range(shaper.count):
            self._draw(number)
        self.accounts = Kept([n for n in HUNDRED if account_of(n) == n], below=shaper.count)
        self.signed = Kept([n for n in HUNDRED if n != DRAFT], below=shaper.count)

    def paper(self, number: int) -> Paper:
        """This function will give what contract `number` says."""
        return Paper(
            start=self.start[number],
            end=self.end[number],
            months=self.months[number] or None,
            notice_days=self.notice[number],
            automatic=bool(self.automatic[number]),
            amount=self.amount[number],
            over=self.over[number] or None,
        )

    def last_day(self, number: int) -> int | None:
        """This function will give the last day of the first term, None for a contract without end."""
        months = self.months[number]
        return _last_day(self.start[number], months) if months else None

    def account_place(self, number: int) -> int:
        """This function will give the place, among the accounts, of the one that holds contract `number`."""
        return self.accounts.place_of(account_of(number))

    def contracts_of(self, place: int) -> Sequence[int]:
        """This function will give the contracts of the account at a place."""
        first = self.accounts[place]
        return [n for n in (first, first + 1) if n < self.shaper.count and account_of(n) == first]

    def renewal_place(self, number: int) -> int | None:
        """This function will give the place of contract `number` among the renewed ones, None where it is none."""
        place = bisect_left(self.renewed, number)
        return place if place < len(self.renewed) and self.renewed[place] == number else None

    def _draw(self, number: int) -> None:
        paper = self.shaper.paper(number)
        self.start.append(paper.start)
        self.end.append(paper.end)
        self.months.append(paper.months or 0)
        self.notice.append(paper.notice_days)
        self.automatic.append(paper.automatic)
        self.amount.append(paper.amount)
        self.over.append(paper.over or 0)
        if self.shaper.is_signed(number) and self.shaper.renewed_by_person(number, paper):
            self.renewed.append(number)


@cache
def _last_day(start: int, months: int) -> int:
    return last_day(date.fromordinal(start), months).toordinal()
