"""Who runs a query: what they may see, their day, their locale, and under which address rows are shown."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale

from csops_sync.sandbox.salesforce.access import Access
from csops_sync.sandbox.salesforce.date_literals import Calendar
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType
from csops_sync.sandbox.salesforce.stamps import stamp


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The org's viewer at one moment; make one for each query.

    `base` is `/services/data/v66.0`; `deleted` includes the recycle bin, as queryAll does.
    """

    org: Org
    base: str = ""
    deleted: bool = False

    @cached_property
    def access(self) -> Access:
        """What the user may do."""
        return self.org.access

    @property
    def user(self) -> str:
        """The user's id."""
        return self.access.user

    def find(self, name: str) -> ObjectType | None:
        """This function will find an object that the user may read, whatever the name's case."""
        kind = self.org.schema.find(name)
        return kind if kind is not None and self.access.may(kind, "Read") else None

    def field(self, kind: ObjectType, name: str) -> Field | None:
        """This function will find a field that the user may see, whatever the name's case."""
        found = kind.field(name)
        return None if found is None or self.access.hidden(kind, found.name) else found

    @cached_property
    def zone(self) -> ZoneInfo:
        """The user's time zone."""
        return self.org.zone

    @cached_property
    def locale(self) -> Locale:
        """The user's locale."""
        own = self._profile.get("LocaleSidKey") or self.org.organization.get("DefaultLocaleSidKey")
        return Locale.parse(str(own or "en_US"))

    @cached_property
    def currency(self) -> str:
        """The user's currency, ISO."""
        own = self._profile.get("DefaultCurrencyIsoCode")
        return str(own or self.org.organization.get("DefaultCurrencyIsoCode") or "USD")

    @cached_property
    def calendar(self) -> Calendar:
        """What date literals are relative to."""
        organization = self.org.organization
        start = organization.get("FiscalYearStartMonth")
        return Calendar(
            today=self.org.now().astimezone(self.zone).date(),
            first_weekday=self.locale.first_week_day,
            fiscal_start=int(start) if start else 1,
            named_by_start=bool(organization.get("UsesStartDateAsFiscalYearName")),
        )

    @cached_property
    def _profile(self) -> dict[str, Json]:
        row = self.org.tables["User"].get(self.user)
        return {} if row is None else self.org.schema["User"].record(row)

    def midnight(self, day: date) -> str:
        """This function will give the instant at which a day begins for the user, as rows hold it."""
        return stamp(datetime.combine(day, time(), self.zone))
