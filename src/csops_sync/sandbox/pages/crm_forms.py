"""The form by which a person edits a record: its controls, what was typed, and Salesforce's own refusal of it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.pages.org_reader import OrgReader, Record
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.schema import NUMBERS, Field, Json, ObjectType

EDITABLE: Mapping[str, Sequence[str]] = {
    "Opportunity": (
        *("StageName", "Confidence__c", "Amount", "CloseDate", "Renewal_Date__c"),
        *("NextStep", "Renewal_Type__c", "OwnerId"),
    ),
    "Contract": (
        *("Annual_Amount__c", "StartDate", "ContractTerm", "Auto_Renews__c", "Notice_Days__c"),
        *("Cancellation_Notice__c", "Terminated_On__c", "OwnerId"),
    ),
    "Account": ("Name", "CSM__c", "OwnerId", "Tier__c", "Fiscal_Year_Starts__c"),
}
"""Fields that people edit by the page, in the order of the form."""
USER, STAMP = "as", "stamp"
_PREFIX = "field-"
_KINDS = {"date": "date", "picklist": "select", "reference": "select", "boolean": "checkbox"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One field of the form. `kind` is text, number, date, select or checkbox; `wrong` where the refusal names it."""

    name: str
    label: str
    kind: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    wrong: bool = False

    @property
    def key(self) -> str:
        """The name under which the form sends it."""
        return _PREFIX + self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The whole form. `user` is who edits; `stamp` is the record's SystemModstamp when the form was shown."""

    id: str
    kind: str
    name: str
    controls: Sequence[Control]
    users: Sequence[tuple[str, str]]
    user: str
    stamp: str
    code: str = ""
    message: str = ""

    @property
    def focus(self) -> str:
        """The field at which to begin: the first that was refused, else the first."""
        names = [one.name for one in self.controls if one.wrong] or [one.name for one in self.controls]
        return names[0] if names else ""


def form_of(
    reader: OrgReader,
    record_id: str,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: ApiError | None = None,
) -> Form | None:
    """This function will give a record's form, None for one that people do not edit here.

    `typed` are values to show in place of the record's, with the `refusal` that they met.
    """
    kind, record = reader.kind_of(record_id), reader.record(record_id)
    if kind is None or record is None or kind.name not in EDITABLE or record.get("IsDeleted"):
        return None
    wrong = frozenset(refusal.fields or ()) if refusal else frozenset()
    users = reader.active_users()
    owner = str(record.get("OwnerId") or "")
    return Form(
        id=record_id,
        kind=kind.label,
        name=reader.name_of(record_id),
        controls=[_control(reader, one, record, typed, wrong=one.name in wrong) for one in fields_of(kind)],
        users=users,
        user=(typed or {}).get(USER) or (owner if owner in dict(users) else ""),
        stamp=str(record["SystemModstamp"]),
        code=refusal.code if refusal else "",
        message=refusal.message if refusal else "",
    )


def fields_of(kind: ObjectType) -> list[Field]:
    """This function will give the fields of an object that people edit, as far as the org has them."""
    found = [kind.field(name) for name in EDITABLE.get(kind.name, ())]
    return [one for one in found if one is not None and not one.read_only]


def changes(kind: ObjectType, record: Record, typed: Mapping[str, str]) -> dict[str, object]:
    """This function will give the fields whose typed value is another than the record's."""
    sent = [one for one in fields_of(kind) if one.type == "boolean" or _PREFIX + one.name in typed]
    given = {one.name: _value(one, typed.get(_PREFIX + one.name)) for one in sent}
    return {name: value for name, value in given.items() if value != record[name]}


def _control(
    reader: OrgReader, one: Field, record: Record, typed: Mapping[str, str] | None, *, wrong: bool
) -> Control:
    shown = _shown(record[one.name]) if typed is None else typed.get(_PREFIX + one.name, "")
    choices = _choices(reader, one, record)
    kind = "number" if one.type in NUMBERS else _KINDS.get(one.type, "text")
    if choices and shown and shown not in dict(choices):
        choices = [(shown, reader.name_of(shown)), *choices]
    return Control(
        name=one.name,
        label=one.label.removesuffix(" ID"),
        kind=kind,
        value=shown,
        choices=choices,
        required=not one.nillable and one.type != "boolean",
        wrong=wrong,
    )


def _choices(reader: OrgReader, one: Field, record: Record) -> Sequence[tuple[str, str]]:
    if one.type == "reference":
        return reader.active_users()
    if one.type == "picklist":
        return [(value, value) for value in reader.picklist(one, record)]
    return ()


def _shown(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else ""
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _value(one: Field, typed: str | None) -> Json:
    """Read what was typed; what is no number goes on as it is, for the org to refuse it."""
    if one.type == "boolean":
        return typed == "true"
    text = (typed or "").strip()
    if not text:
        return None
    if one.type in NUMBERS:
        plain = unicodedata.normalize("NFKC", text).translate({ord(sign): None for sign in ",¥$ "})
        try:
            return float(plain)
        except ValueError:
            return text
    return text
