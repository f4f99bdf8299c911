"""Creating, updating, deleting and undeleting rows, with everything that a real org checks on the way."""

from collections.abc import Mapping

from csops_sync.sandbox.salesforce import (
    accepting,
    automation,
    deleting,
    duplicates,
    effects,
    errors,
    picklists,
    refusals,
    saving,
)
from csops_sync.sandbox.salesforce.accepting import default_record_type
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand, Record, blank
from csops_sync.sandbox.salesforce.schema import ObjectType, Row

__all__ = [
    "Hand",
    "Record",
    "blank",
    "create",
    "default_record_type",
    "delete",
    "existing",
    "undelete",
    "update",
]


def create(org: Org, kind: ObjectType, given: Mapping[str, object], hand: Hand) -> str:
    """This function will create a record and give its id; ApiError where the org refuses it."""
    refusals.check_right(org, kind, hand, "Create")
    accepted = accepting.accept(org, kind, given, hand, creating=True)
    record = blank(org, kind, hand)
    record.update({name: value for name, value in accepted.items() if value is not None})
    default_record_type(org, kind, record)
    accepting.complete(kind, record)
    _check_parent(org, kind, record, hand)
    automation.derive(org, kind, None, record, accepted)
    if hand.api and kind.name == "Contract" and record["StatusCode"] == "Activated":
        message = "Choose a valid contract status and save your changes. Ask your admin for details."
        raise ApiError(400, "FAILED_ACTIVATION", message, ["Status"])
    _save(org, kind, None, (record, accepted), hand)
    return str(record["Id"])


def update(org: Org, kind: ObjectType, record_id: str, given: Mapping[str, object], hand: Hand) -> None:
    """This function will change the named fields of a record; ApiError where the org refuses it."""
    refusals.check_right(org, kind, hand, "Edit")
    row = existing(org, kind, record_id, hand)
    refusals.check_row(org, kind, row, hand)
    before = kind.record(row)
    accepted = accepting.accept(org, kind, given, hand, creating=False)
    _activation(kind, before, accepted, hand)
    if accepted.get("OwnerId", before.get("OwnerId")) != before.get("OwnerId"):
        refusals.check_transfer(org, kind, row, hand)
    effects.before_save(before, accepted, kind)
    record = {**before, **accepted, **saving.touched(kind, hand)}
    automation.derive(org, kind, before, record, accepted)
    accepting.complete(kind, record)
    _save(org, kind, before, (record, accepted), hand)


def delete(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> None:
    """This function will put a record, and what hangs on it, into the recycle bin."""
    refusals.check_right(org, kind, hand, "Delete")
    row = existing(org, kind, record_id, hand)
    refusals.check_row(org, kind, row, hand, deleting=True)
    with org.transaction():
        deleting.delete_directly(org, kind, row, hand)


def undelete(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> None:
    """This function will take a record, and what hangs on it, out of the recycle bin."""
    row = deleting.check_undelete(org, kind, org.tables[kind.name].get(record_id))
    duplicates.check_unique(org, kind, kind.record(row))
    with org.transaction():
        deleting.take_out(org, kind, row, hand)


def existing(org: Org, kind: ObjectType, record_id: str, hand: Hand) -> Row:
    """This function will give the row to be written, locked; ApiError where it is gone, hidden or held."""
    row = org.tables[kind.name].get(record_id)
    if row is None or (hand.api and not org.access_of(hand.user).sees(kind, row)):
        raise errors.invalid_reference(404)
    if kind.has("IsDeleted") and row[kind.places["IsDeleted"]]:
        raise errors.deleted(404)
    org.lock(kind, record_id)
    return row


def _activation(kind: ObjectType, before: Record, accepted: Record, hand: Hand) -> None:
    """An activated contract keeps its status over the API, and activating may change nothing beside it."""
    if not hand.api or kind.name != "Contract" or "Status" not in accepted:
        return
    if before["StatusCode"] == "Activated" and accepted["Status"] != before["Status"]:
        message = "You cannot change the status of an activated contract."
        raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", message, ["Status"])
    if accepted["Status"] == "Activated" and before["StatusCode"] != "Activated" and len(accepted) > 1:
        message = "When activating a contract, change nothing but its status."
        raise ApiError(400, "FAILED_ACTIVATION", message, ["Status"])


def _check_parent(org: Org, kind: ObjectType, record: Record, hand: Hand) -> None:
    """Refuse a child whose parent the user may not change: a line of somebody else's opportunity."""
    how, _, name = kind.sharing.partition(":")
    target = record.get(name)
    if not hand.api or how != "parent" or kind.governed_by is None or target is None:
        return
    parent = org.schema.by_prefix[str(target)[:3]]
    row = org.tables[parent.name].get(str(target))
    if row is not None:
        refusals.check_row(org, parent, row, hand)


def _save(
    org: Org, kind: ObjectType, before: Record | None, written: tuple[Record, Record], hand: Hand
) -> None:
    """Judge a record and store it, with what follows, or nothing of it."""
    record, accepted = written
    picklists.check(org, kind, record, accepted)
    if "OwnerId" in accepted:
        accepting.check_owner(org, kind, record["OwnerId"])
    automation.check(kind, record, hand.at.date())
    duplicates.check_unique(org, kind, record)
    duplicates.check_rules(org, kind, before, record, hand)
    with org.transaction():
        saved = saving.save(org, kind, before, record, hand)
        effects.after_save(org, kind, before, saved, hand)
