"""The words of one language with its dates, money and counts, as sentences ask for them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision

from csops_sync.adapters.slack.catalogue import Catalogue, Plural
from csops_sync.adapters.slack.english import ENGLISH
from csops_sync.adapters.slack.japanese import JAPANESE
from csops_sync.adapters.slack.mrkdwn import Mention, name
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import NoticeLine

NEAR_DAYS = 14
_CODE_LENGTH = 3
_CATALOGUES = {"ja": JAPANESE, "en": ENGLISH}


class Texts:
    """One catalogue, spoken. All results are mrkdwn, org text in them escaped, unless said otherwise."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def day(self, day: date) -> str:
        """This function will write a business date: `2026年4月1日`, `1 Apr 2026`."""
        return format_date(day, self.catalogue.date_pattern, locale=self.catalogue.locale)

    def date_with_days(self, day: date, *, today: date) -> str:
        """This function will write a date and how far off it is, with a warning sign where it is near."""
        days = (day - today).days
        written = self.catalogue.with_days.format(date=self.day(day), days=self._days(days))
        return f":warning: {written}" if days <= NEAR_DAYS else written

    def money(self, amount: str | None, currency: str) -> str:
        """This function will write an amount in major units: `¥6,000,000`, cents only where there are any."""
        if amount is None:
            return self.catalogue.no_amount
        return self.money_of(Decimal(amount), currency)

    def money_of(self, number: Decimal, currency: str) -> str:
        """This function will write an exact amount of a currency."""
        if not number.is_finite() or len(currency) != _CODE_LENGTH or not currency.isalpha():
            return name(f"{number} {currency}")
        pattern = "¤#,##0" if number == number.to_integral_value() else None
        digits = pattern is None and get_currency_precision(currency) > 0
        written = format_currency(
            number, currency, pattern, locale=self.catalogue.locale, currency_digits=digits
        )
        return written.replace("￥", "¥")

    def counted(self, forms: Plural, n: int, **values: str) -> str:
        """This function will fill in the form of a text for this number."""
        return forms[n != 1].format(n=f"{n:,}", **values)

    def because(self, line: NoticeLine, *, today: date) -> str:
        """This function will say which bound decided and its day; empty where neither is known."""
        if line.bound_day is None:
            return ""
        tense = self.catalogue.because_ahead if line.bound_day >= today else self.catalogue.because_past
        template = tense.get(line.bound, "")
        return template.format(day=self.day(line.bound_day))

    def address(self, mentions: list[Mention]) -> str:
        """This function will begin a sentence with those whom it is for; empty where there is nobody."""
        if not mentions:
            return ""
        catalogue = self.catalogue
        is_group = all(mention.markup.startswith("<!") for mention in mentions)
        template = catalogue.address_group if is_group else catalogue.address
        return template.format(mention=catalogue.joiner.join(mention.markup for mention in mentions))

    def missing(self, mention: Mention) -> str:
        """This function will say that a person was not found, or is not in the channel; empty where all is well."""
        words, has_standin = self.catalogue, mention.markup.startswith("<")
        if mention.absent:
            template = words.absent_standin if has_standin else words.absent
        elif mention.missing:
            template = words.not_found_standin if has_standin else words.not_found
        else:
            return ""
        return template.format(person=name(mention.absent or mention.missing))

    def fact(self, key: str, value: Scalar) -> tuple[str, str]:
        """This function will write one named fact of a message as label and value."""
        label = self.catalogue.fact_labels.get(key) or name(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return label, self.counted(self.catalogue.counted, value)
        return label, self.day(value) if isinstance(value, date) else name(str(value))

    def unreachable(self, person: str, email: str | None, user_id: str) -> str:
        """This function will tell the operator, in plain text, of a person whom Slack does not know."""
        return self.catalogue.unreachable.format(person=person, email=email or "-", id=user_id)

    def not_in_channel(self, person: str, channel: str) -> str:
        """This function will tell the operator, in plain text, of a person who hears nothing in a channel."""
        return self.catalogue.not_in_channel.format(person=person, channel=channel)

    def no_groups(self, handle: str, code: str) -> str:
        """This function will tell the operator, in plain text, that user groups cannot be looked up."""
        return self.catalogue.no_groups.format(handle=handle, code=code)

    def _days(self, days: int) -> str:
        if days == 0:
            return self.catalogue.today
        return self.counted(self.catalogue.in_days if days > 0 else self.catalogue.days_ago, abs(days))


def texts_for(locale: str) -> Texts:
    """This function will give the texts of a locale such as `ja`, `ja_JP` or `en-GB`.

    Raises:
        ValueError: there are no texts in that language; the message lists those there are.
    """
    language = locale.replace("-", "_").partition("_")[0].lower()
    if language not in _CATALOGUES:
        raise ValueError(f"there are no texts for locale {locale!r}; use one of {', '.join(_CATALOGUES)}")
    return Texts(_CATALOGUES[language])
