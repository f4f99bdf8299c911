"""A manager's part of the digest: a message with the sums, and the renewals in its thread, page by page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from csops_sync.app.forecast.digest_lines import Lines
from csops_sync.app.forecast.digest_numbers import Numbers
from csops_sync.app.forecast.digest_values import DigestFacts, DueRenewal, Team
from csops_sync.app.forecast.digest_words import WEEKLY
from csops_sync.domain.dates import later
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.domain.money import Money
from csops_sync.ports.digests import DigestFigure, DigestPost, DigestSection

LINES_A_PAGE = 10
MOST_PAGES = 10
_NOBODY = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWriter:
    """Writes the messages of managers; `key` is that of the digest's first message."""

    facts: DigestFacts
    key: str
    rules: DigestRules
    numbers: Numbers

    def posts(self, team: Team) -> Iterator[DigestPost]:
        """This function will give the manager's message, then the pages of its thread."""
        head = self._head(team)
        yield head
        starts = range(0, len(team.renewals), LINES_A_PAGE)
        pages = [team.renewals[start : start + LINES_A_PAGE] for start in starts][:MOST_PAGES]
        left = len(team.renewals) - sum(map(len, pages))
        for number, page in enumerate(pages, start=1):
            more = left if number == len(pages) else 0
            yield self._page(head.key, page, place=(number, len(pages)), more=more)

    def _head(self, team: Team) -> DigestPost:
        words, money = self.numbers.words, self.numbers.money
        named = words.team.format(manager=team.name or team.manager_id)
        called = total(one.landing if one.call is None else one.call for one in team.renewals)
        is_called = any(one.call is not None for one in team.renewals)
        sums = (
            (words.team_due, total(one.prior for one in team.renewals)),
            (words.team_landing, total(one.landing for one in team.renewals)),
            (words.team_risk, total(one.at_risk for one in team.renewals)),
            *(((words.team_call, called),) if is_called else ()),
        )
        return DigestPost(
            key=f"{self.key}/team/{team.manager_id or _NOBODY}",
            channel=self.rules.channel,
            headline=named if team.manager_id else words.nobody,
            locale=words.locale,
            reason=WEEKLY(),
            figures=(
                DigestFigure(label=words.team_count, value=f"{len(team.renewals):,}"),
                *(DigestFigure(label=label, value=money(amount)) for label, amount in sums),
            ),
        )

    def _page(self, of: str, page: Sequence[DueRenewal], *, place: tuple[int, int], more: int) -> DigestPost:
        words, as_of = self.numbers.words, self.facts.basis.as_of
        until = self.numbers.day(later(as_of, self.rules.due_within))
        lines = Lines(numbers=self.numbers)
        return DigestPost(
            key=f"{of}/{place[0]}",
            channel=self.rules.channel,
            headline=words.team_page.format(until=until, number=place[0], pages=place[1]),
            locale=words.locale,
            reason=WEEKLY(),
            sections=(
                DigestSection(
                    heading="",
                    lines=tuple(lines.renewal(one) for one in page),
                    more=words.more.format(n=f"{more:,}") if more else "",
                ),
            ),
            of=of,
        )


def total(amounts: Iterable[Money | None]) -> Money | None:
    """This function will sum the amounts that are known; None where none is."""
    known = [one for one in amounts if one is not None]
    return sum(known[1:], start=known[0]) if known else None
