"""Whom a card mentions next where nobody answers: people above who made the change, then those whom the rules name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.routing import Resolve
from csops_sync.domain.confidence.rules import AnswerWithin
from csops_sync.domain.confidence.step_reasons import (
    ABOVE,
    ABOVE_LEAVER,
    CHANGER,
    CSM,
    FALLBACK,
    LEAVER,
    NAMED,
    NO_BASE,
    NOBODY_NAMED,
    NONE_ABOVE,
)
from csops_sync.domain.facts import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of escalation: a user id or a `@handle`, and in words why it is this one."""

    person: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """What the steps of one renewal are found by.

    `automation` are users behind whom nobody stands who could answer; `fallback` is the `@handle` that is asked where
    nobody is left, None where there is none.
    """

    people: Mapping[str, Person]
    resolve: Resolve
    csm: Person | None
    automation: Collection[str] = frozenset()
    fallback: str | None = None

    def steps(
        self, within: AnswerWithin, *, mentioned: Sequence[str], changed_by: Sequence[str]
    ) -> tuple[Step, ...]:
        """This function will give the steps of a question, each person once.

        Never who was mentioned with the change or made it (`changed_by`, the last of them last), and nobody inactive.
        """
        passed = {*mentioned, *changed_by}
        wanted = (*self._climbed(within.above, passed, changed_by), *self._named(within.steps))
        found: dict[str, Step] = {}
        for step in wanted:
            if step.person not in passed:
                found.setdefault(step.person, step)
        return tuple(found.values())

    def _climbed(self, most: int, passed: Collection[str], changed_by: Sequence[str]) -> Iterator[Step]:
        """Climb at most so many people; where the chain ends before that, the fallback is asked."""
        if most == 0:
            return
        base, role = self._base(changed_by)
        above = superiors(base, self.people) if base else ()
        left = [one for one in above if one.is_active and one.id not in passed][:most]
        for one in left:
            yield Step(person=one.id, why=ABOVE(name=one.name, base=base.name if base else "", role=role))
        if len(left) < most and self.fallback:
            why = NONE_ABOVE(base=base.name, role=role) if base else FALLBACK(why=role)
            yield Step(person=self.fallback, why=why)

    def _base(self, changed_by: Sequence[str]) -> tuple[Person | None, str]:
        """Say above whom to climb: the last who made the change, else, above whom nobody stands, the CSM."""
        changer = self.people.get(changed_by[-1]) if changed_by else None
        if changer is not None and changer.id not in self.automation and _has_superior(changer, self.people):
            return changer, CHANGER()
        if self.csm is not None:
            return self.csm, CSM()
        return None, NO_BASE()

    def _named(self, paths: Sequence[str]) -> Iterator[Step]:
        for path in paths:
            person = self.resolve(path)
            if person is not None:
                yield Step(person=person, why=NAMED(path=path))
            elif self.fallback:
                yield Step(person=self.fallback, why=NOBODY_NAMED(path=path))


def superiors(person: Person, people: Mapping[str, Person]) -> Iterator[Person]:
    """This function will walk up from a person, the nearest first, the inactive too; it never goes in a circle."""
    passed = {person.id}
    above = people.get(person.manager_id or "")
    while above is not None and above.id not in passed:
        passed.add(above.id)
        yield above
        above = people.get(above.manager_id or "")


def laid_on(card: Card, steps: Sequence[Step]) -> Card:
    """This function will put on a card that asks why each of its steps is taken."""
    return replace(card, whys=tuple(one.why for one in steps))


def brought_up_to_date(card: Card, *, people: Mapping[str, Person], fallback: str | None) -> Card:
    """This function will replace those of a card's steps to come who have become inactive since it asked.

    In their place the next active person above them is asked, unless that one's turn comes anyway; where nobody stands
    there who was not asked before, the fallback is.
    """
    found = [Step(person=one, why=why) for one, why in zip_longest(card.steps, card.whys, fillvalue="")]
    taken, coming = found[: card.level], found[card.level :]
    if not any(_has_left(one, people) for one in coming):
        return card
    kept = {one.person: one for one in taken}
    turns = {one.person for one in coming}
    for one in coming:
        step = _instead(one, people, card.asked, fallback) if _has_left(one, people) else one
        if step is not None and (step is one or step.person not in turns):
            kept.setdefault(step.person, step)
    steps = tuple(kept.values())
    return replace(laid_on(card, steps), steps=tuple(one.person for one in steps))


def _has_superior(person: Person, people: Mapping[str, Person]) -> bool:
    return next(superiors(person, people), None) is not None


def _has_left(step: Step, people: Mapping[str, Person]) -> bool:
    person = people.get(step.person)
    return not step.person.startswith("@") and (person is None or not person.is_active)


def _instead(
    step: Step, people: Mapping[str, Person], asked: Collection[str], fallback: str | None
) -> Step | None:
    gone = people.get(step.person)
    name = gone.name if gone else step.person
    for one in superiors(gone, people) if gone else ():
        if one.is_active and one.id not in asked:
            return Step(person=one.id, why=ABOVE_LEAVER(name=one.name, leaver=name))
    if fallback is None or fallback in asked:
        return None
    return Step(person=fallback, why=LEAVER(leaver=name))
