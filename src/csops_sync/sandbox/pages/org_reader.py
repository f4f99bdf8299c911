"""What the CRM page asks the org: rows with names in the place of ids, and instants as the org's wall clock reads."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from csops_sync.sandbox.pages.rendering import Locale
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.picklists import allowed
from csops_sync.sandbox.salesforce.schema import Field, Json, ObjectType
from csops_sync.sandbox.salesforce.stamps import instant_of

Record = dict[str, Json]
ID_LENGTH = 18


class OrgReader:
    """Reads; never writes. Deleted rows are left out of lists and shown as such on their own page."""

    def __init__(self, org: Org) -> None:
        self._org = org
        row = next(iter(org.records("Organization")), {})
        self.organization = str(row.get("Name") or "")
        self.locale = Locale(
            language=str(row.get("LanguageLocaleKey") or "en")[:2],
            timezone=str(row.get("TimeZoneSidKey") or "UTC"),
            currency=str(row.get("DefaultCurrencyIsoCode") or "JPY"),
        )

    def now(self) -> datetime:
        """This method will give the org's instant."""
        return self._org.now()

    def today(self) -> str:
        """This method will give the org's business date, ISO."""
        return self.locale.time(self.now())[:10]

    def count(self, name: str) -> int:
        """This method will count an object's rows."""
        return len(self._org.tables[name])

    def records(self, name: str) -> Iterator[Record]:
        """This method will give an object's rows that are not deleted."""
        return (record for record in self._org.records(name) if not record.get("IsDeleted"))

    def newest(self, name: str) -> Iterator[Record]:
        """This method will give an object's rows that are not deleted, the newest first."""
        self._org.settle()
        kind = self._org.schema[name]
        records = (kind.record(row) for row in self._org.tables[name].newest("CreatedDate"))
        return (record for record in records if not record.get("IsDeleted"))

    def related(self, name: str, reference: str, record_id: str) -> list[Record]:
        """This method will give the rows of an object that point at a record, deleted ones left out."""
        rows = self._org.related(name, reference, record_id)
        return [row for row in rows if not row.get("IsDeleted")]

    def kind_of(self, record_id: str) -> ObjectType | None:
        """This method will give the object that an id belongs to, None where it is no id of this org."""
        return self._org.schema.by_prefix.get(record_id[:3]) if len(record_id) == ID_LENGTH else None

    def record(self, record_id: str) -> Record | None:
        """This method will give one record by id, deleted or not."""
        kind = self.kind_of(record_id)
        return self._org.record(kind.name, record_id) if kind else None

    def name_of(self, record_id: Json) -> str:
        """This method will give what people call a record: its name or number, else its id."""
        if not isinstance(record_id, str):
            return ""
        record = self.record(record_id) or {}
        for field in ("ContractNumber", "Name", "Subject", "MasterLabel"):
            if record.get(field):
                return str(record[field])
        return record_id

    def active_users(self) -> list[tuple[str, str]]:
        """This method will give the users who still work here: id and name."""
        rows = self.records("User")
        return [(str(row["Id"]), str(row["Name"])) for row in rows if row["IsActive"]]

    def picklist(self, one: Field, record: Record) -> Sequence[str]:
        """This method will give the values that a record's picklist may have."""
        kind = self._org.schema.by_prefix[str(record["Id"])[:3]]
        return allowed(self._org, kind, one, record.get("RecordTypeId"))

    def local(self, stamp: Json) -> str:
        """This method will write one of Salesforce's datetimes as the org's wall clock reads."""
        return self.locale.time(instant_of(stamp)) if isinstance(stamp, str) else ""
