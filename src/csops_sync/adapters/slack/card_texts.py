"""Standings, people, instants and amounts as cards write them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from csops_sync.adapters.slack.card_catalogue import CardCatalogue
from csops_sync.adapters.slack.card_english import CARD_ENGLISH
from csops_sync.adapters.slack.card_japanese import CARD_JAPANESE
from csops_sync.adapters.slack.mrkdwn import link, name, safe
from csops_sync.adapters.slack.texts import Texts, texts_for
from csops_sync.domain.confidence.face import CardFace, Who
from csops_sync.domain.confidence.overflow import MOST_PEOPLE, MOST_STANDINGS, PAGE_LENGTH, RANK_LENGTH
from csops_sync.domain.confidence.ranks import Outcome, Standing

_WHOLE_RANK_LENGTH = PAGE_LENGTH // 2
_FIRST_LETTER = re.compile(r"^((?::\w+: )?)(\w)")
_CATALOGUES: Mapping[str, CardCatalogue] = {"ja": CARD_JAPANESE, "en": CARD_ENGLISH}


class CardTexts:
    """The texts of confidence in one language. Results are mrkdwn, org text in them escaped.

    `zone` (`Asia/Tokyo`) is the one whose clock instants are shown by.
    """

    def __init__(self, texts: Texts, *, zone: str) -> None:
        self.plain = texts
        self.words = _CATALOGUES[texts.catalogue.locale]
        self._zone = ZoneInfo(zone)

    def instant(self, at: datetime) -> str:
        """This function will write an instant: `2025年12月1日 9:05`, `1 Dec 2025, 09:05`."""
        return self._written(at, self.words.instant_pattern)

    def when(self, since: datetime, until: datetime | None) -> str:
        """This function will write an instant, or the two between which something happened."""
        if until is None or until <= since:
            return self.instant(since)
        same_day = since.astimezone(self._zone).date() == until.astimezone(self._zone).date()
        pattern = self.words.time_pattern if same_day else self.words.instant_pattern
        return self.words.between.format(start=self.instant(since), end=self._written(until, pattern))

    def standing(self, standing: Standing, *, limit: int = RANK_LENGTH) -> str:
        """This function will write where a renewal stands: its outcome where it is closed, else its rank."""
        if standing.outcome is not Outcome.OPEN:
            return self.words.closed[standing.outcome]
        return self.words.unrated if standing.rank is None else safe(standing.rank, limit=limit) or "—"

    def net(self, path: Sequence[Standing]) -> str:
        """This function will write where a move led: `B → D`."""
        return self.words.arrow.join(self.standing(one) for one in (*path[:1], *path[1:][-1:])) or "—"

    def way(self, path: Sequence[Standing]) -> str:
        """This function will write every step of a move, `B → C → D`; of a very long one the first and the last."""
        steps, half = [self.standing(one) for one in path], MOST_STANDINGS // 2
        if len(steps) > MOST_STANDINGS:
            steps = [*steps[:half], self.words.ellipsis, *steps[-half:]]
        return self.words.arrow.join(steps) or "—"

    def whole_way(self, path: Sequence[Standing]) -> str:
        """This function will write every step of a move, however many they are."""
        return self.words.arrow.join(self.standing(one, limit=_WHOLE_RANK_LENGTH) for one in path)

    def people(self, people: Sequence[Who]) -> str:
        """This function will name people, the first of them where they are many."""
        names = [name(who.name) for who in people]
        return self.names(names) or self.words.somebody

    def names(self, names: Sequence[str]) -> str:
        """This function will join names that are escaped already, and count those left out."""
        shown = list(names[:MOST_PEOPLE])
        if len(names) > MOST_PEOPLE:
            shown.append(self.plain.counted(self.words.more_people, len(names) - MOST_PEOPLE))
        return self.plain.catalogue.joiner.join(shown)

    def changed(self, face: CardFace) -> str:
        """This function will say who made the last move, and when."""
        when = self.when(face.changed_at, face.changed_until)
        return self.words.changed_by.format(people=self.people(face.changed_by), when=when)

    def new_amount(self, face: CardFace) -> str:
        """This function will write the renewal's amount, and what it was where the move changed it."""
        amount = self.plain.money(face.amount, face.currency)
        if face.amount_before is None or face.amount_before == face.amount:
            return amount
        before = self.plain.money(face.amount_before, face.currency)
        return self.words.amount_before.format(amount=amount, before=before)

    def new_card(self, url: str) -> str:
        """This function will lead to the card that took the place of another; without an address it only says so."""
        return self.words.new_card.format(link=link(url, self.words.new_card_label))

    def _written(self, at: datetime, pattern: str) -> str:
        return format_datetime(at, pattern, tzinfo=self._zone, locale=self.plain.catalogue.locale)


def card_texts_for(locale: str, *, zone: str) -> CardTexts:
    """This function will give the texts of a locale such as `ja` or `en-GB`; ValueError where there are none."""
    return CardTexts(texts_for(locale), zone=zone)


def sentence(template: str, address: str, **values: str) -> str:
    """This function will fill in a sentence; where it addresses nobody it begins with a capital letter."""
    if address:
        return template.format(address=address, **values)
    bare = _FIRST_LETTER.sub(
        lambda found: found[1] + found[2].upper(), template.removeprefix("{address}"), count=1
    )
    return bare.format(**values)
