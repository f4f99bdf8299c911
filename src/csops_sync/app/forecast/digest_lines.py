"""One renewal as a line of the digest."""

from dataclasses import dataclass

from csops_sync.app.forecast.digest_numbers import Numbers
from csops_sync.app.forecast.digest_values import DueRenewal
from csops_sync.domain.forecast.term_state import TermStanding
from csops_sync.ports.digests import DigestLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Writes renewals down."""

    numbers: Numbers

    def risk(self, one: DueRenewal) -> DigestLine:
        """This function will say how much of a renewal may be lost."""
        words, money = self.numbers.words, self.numbers.money
        text = words.risk.format(
            at_risk=money(one.at_risk),
            prior=money(one.prior),
            landing=money(one.landing),
            state=self._state(one),
            due=self._due(one),
        )
        return _about(one, text)

    def renewal(self, one: DueRenewal) -> DigestLine:
        """This function will say when a renewal is due, how it stands, what it is worth, and what is done next."""
        words, money = self.numbers.words, self.numbers.money
        step = words.next_step.format(step=one.next_step) if one.next_step else words.no_next_step
        text = words.line.format(
            due=self._due(one),
            state=self._state(one),
            prior=money(one.prior),
            landing=money(one.landing),
            step=step,
        )
        return _about(one, f"{text}{self._called(one)}")

    def _called(self, one: DueRenewal) -> str:
        """Say what somebody calls it; nothing where nobody does."""
        if one.call is None or one.line.call is None:
            return ""
        words, amount = self.numbers.words, self.numbers.money(one.call)
        return f" · {words.call_by.format(amount=amount, by=one.line.call.by)}"

    def _due(self, one: DueRenewal) -> str:
        words = self.numbers.words
        pattern = words.overdue if one.line.overdue else words.due
        return pattern.format(day=self.numbers.day(one.due))

    def _state(self, one: DueRenewal) -> str:
        words, state = self.numbers.words, one.line.state
        if state.standing is TermStanding.UNOPENED:
            return words.unopened
        return words.rank.format(rank=state.rank) if state.rank is not None else words.unrated


def _about(one: DueRenewal, text: str) -> DigestLine:
    return DigestLine(subject=one.line.account, text=text, opportunity_id=one.line.state.opportunity_id)
