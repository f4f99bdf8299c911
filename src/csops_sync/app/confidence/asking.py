"""A card's question in words: what it shows of who must answer, or did."""

from collections.abc import Mapping

from csops_sync.app.confidence.faces import with_question
from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.face import CardFace, Who
from csops_sync.domain.facts import Person


def questioned(card: Card, people: Mapping[str, Person]) -> CardFace:
    """This function will give a card's face with its question or answer on it."""
    answered_by = None
    if card.answered_by is not None:
        person = people.get(card.answered_by)
        # who is no user of Salesforce is kept by name, and is known to Slack alone
        answered_by = Who(id=person.id, name=person.name) if person else Who(id=None, name=card.answered_by)
    return with_question(card.face, card, answered_by=answered_by)
