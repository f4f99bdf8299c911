"""The digest as messages: one for everybody with a picture in its thread, and one for each manager with a thread.

Pure. Every message stays well below Slack's limits: few lines each, and what does not fit is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from csops_sync.app.forecast.digest_lines import Lines
from csops_sync.app.forecast.digest_numbers import Numbers
from csops_sync.app.forecast.digest_teams import TeamWriter
from csops_sync.app.forecast.digest_values import DigestFacts, LandingFigure, RatioFigure
from csops_sync.app.forecast.digest_words import WEEKLY, digest_words
from csops_sync.domain.forecast.bridge import Bridge
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.ports.charts import LandingChart, LandingPoint
from csops_sync.ports.digests import (
    DigestFigure,
    DigestItem,
    DigestLine,
    DigestPicture,
    DigestPost,
    DigestSection,
)

MOST_MOVERS = 5
MOST_TEAMS = 40


def compose(facts: DigestFacts, *, key: str, rules: DigestRules) -> tuple[DigestItem, ...]:
    """This function will write the digest down; `key` is that of its first message, the others' begin with it."""
    writer = _Writer(facts, key, rules)
    teams = TeamWriter(facts=facts, key=key, rules=rules, numbers=writer.numbers)
    posts = [post for team in facts.teams[:MOST_TEAMS] for post in teams.posts(team)]
    return (writer.main(), writer.picture(), *posts)


@dataclass(frozen=True, slots=True)
class _Writer:
    facts: DigestFacts
    key: str
    rules: DigestRules

    @property
    def numbers(self) -> Numbers:
        """How the digest writes numbers."""
        return Numbers(words=digest_words(self.rules.locale))

    def main(self) -> DigestPost:
        """Write the message that everybody reads."""
        numbers, facts = self.numbers, self.facts
        words = numbers.words
        return DigestPost(
            key=self.key,
            channel=self.rules.channel,
            headline=words.headline.format(day=numbers.day(facts.basis.as_of)),
            locale=words.locale,
            reason=WEEKLY(),
            figures=(
                self._landing(facts.quarter),
                self._landing(facts.year),
                self._ratio("NRR", facts.nrr),
                self._ratio("GRR", facts.grr),
            ),
            sections=tuple(self._sections()),
            footnotes=tuple(self._footnotes()),
            mentions=self.rules.mention,
        )

    def picture(self) -> DigestPicture:
        """Write down what is drawn, and what a screen reader says of it."""
        numbers, report = self.numbers, self.facts.forecast
        words, money = numbers.words, numbers.money
        spoken = "".join(
            words.spoken_line.format(period=one.name, due=money(one.due), landing=money(one.landing))
            for one in report.lines
        )
        points = tuple(
            LandingPoint(
                name=one.name,
                due=one.due,
                landing=one.landing,
                low=one.low,
                high=one.high,
                target=one.target,
            )
            for one in report.lines
        )
        first, last = numbers.day(report.window.first), numbers.day(report.window.last)
        return DigestPicture(
            key=f"{self.key}/picture",
            channel=self.rules.channel,
            of=self.key,
            chart=LandingChart(locale=words.locale, points=points),
            title=words.picture.format(day=numbers.day(self.facts.basis.as_of)),
            spoken=words.spoken.format(first=first, last=last, lines=spoken).strip(),
            file_name=f"csops-sync-{self.key.replace('/', '-').replace('#', '')}.png",
            reason=WEEKLY(),
        )

    def _landing(self, figure: LandingFigure) -> DigestFigure:
        numbers = self.numbers
        change = numbers.change(now=figure.landing, before=figure.before, day=self.facts.before_on)
        beside = numbers.words.landing_beside.format(
            change=change,
            due=numbers.money(figure.due),
            low=numbers.money(figure.low),
            high=numbers.money(figure.high),
        )
        label = numbers.words.landing.format(period=figure.name)
        said = " · ".join((beside, *self._planned(figure)))
        return DigestFigure(label=label, value=numbers.money(figure.landing), beside=said)

    def _planned(self, figure: LandingFigure) -> Iterator[str]:
        """Hold a landing against what was planned, and what people call."""
        numbers, words = self.numbers, self.numbers.words
        if figure.target is not None:
            gap = numbers.signed(figure.landing - figure.target)
            yield words.target.format(target=numbers.money(figure.target), gap=gap)
        if figure.call is not None:
            yield words.call.format(amount=numbers.money(figure.call))

    def _ratio(self, name: str, figure: RatioFigure) -> DigestFigure:
        numbers = self.numbers
        return DigestFigure(
            label=numbers.words.ratio.format(name=name, period=self.facts.year.name),
            value=numbers.predicted(figure.now, figure.band),
            beside=numbers.points(now=figure.now, before=figure.before, day=self.facts.before_on),
        )

    def _sections(self) -> Iterator[DigestSection]:
        words = self.numbers.words
        if self.facts.moved is not None:
            yield self._moved(self.facts.moved)
            movers = self._movers(self.facts.moved)
            if movers:
                yield DigestSection(heading=words.movers, lines=movers)
        lines = Lines(numbers=self.numbers)
        risks = tuple(lines.risk(one) for one in self.facts.risks)
        if risks:
            yield DigestSection(heading=words.risks, lines=risks)

    def _moved(self, moved: Bridge) -> DigestSection:
        numbers, words = self.numbers, self.numbers.words
        lines = tuple(
            DigestLine(subject=words.causes[bar.cause], text=numbers.signed(bar.amount))
            for bar in moved.bars
            if bar.amount.amount
        )
        heading = (words.moved if lines else words.not_moved).format(
            first=numbers.day(moved.window.first),
            last=numbers.day(moved.window.last),
            start=numbers.money(moved.start),
            end=numbers.money(moved.end),
        )
        return DigestSection(heading=heading, lines=lines)

    def _movers(self, moved: Bridge) -> tuple[DigestLine, ...]:
        """Name the single movements that were largest, whatever their cause."""
        numbers = self.numbers
        movers = [(abs(one.amount.to_minor()), one, bar.cause) for bar in moved.bars for one in bar.movers]
        largest = sorted(movers, key=lambda one: (-one[0], one[1].key, one[2]))[:MOST_MOVERS]
        return tuple(
            DigestLine(
                subject=self.facts.accounts.get(mover.account_id, mover.account_id),
                text=numbers.words.mover.format(
                    amount=numbers.signed(mover.amount), cause=numbers.words.causes[cause]
                ),
            )
            for _, mover, cause in largest
        )

    def _footnotes(self) -> Iterator[str]:
        numbers, facts = self.numbers, self.facts
        words = numbers.words
        if facts.forecast.unjudged:
            yield words.unjudged.format(n=len(facts.forecast.unjudged))
        if len(facts.teams) > MOST_TEAMS:
            yield words.teams_left.format(n=len(facts.teams) - MOST_TEAMS)
        if facts.weights_changed:
            yield words.weights_changed
        yield words.basis.format(
            as_of=numbers.day(facts.basis.as_of), currency=facts.basis.currency, profile=facts.basis.profile
        )
