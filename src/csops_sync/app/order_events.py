"""An order as the journal keeps it: which, about what, and by whom."""

import json

from csops_sync.app.office import Office
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.store import Event, OutboxRow, OutboxStatus, Target, Transaction

ORDERED = "ordered"
_MOST_EVENTS = 5_000


def ordered(office: Office, order: str, *, renewal: Renewal | None = None, **detail: str) -> Event:
    """This function will give the event of an order about a renewal, or (None) about csops-sync itself."""
    return Event(
        at=office.now,
        kind=ORDERED,
        account_id=renewal.account_id if renewal else "",
        contract_id=renewal.contract_id if renewal else None,
        renewal_key=renewal.key if renewal else None,
        opportunity_id=renewal.opportunity_id if renewal else None,
        detail=_detail(office, order, **detail),
    )


def ordered_row(office: Office, order: str, row: OutboxRow, **detail: str) -> Event:
    """This function will give the event of an order about an outbox row."""
    return Event(
        at=office.now,
        kind=ORDERED,
        account_id=row.account_id,
        renewal_key=_renewal_of(row),
        detail=_detail(office, order, row=row.key, **detail),
    )


def status_before_drop(tx: Transaction, row: OutboxRow) -> OutboxStatus | None:
    """This function will give the status that a row had when a person gave it up; None where no order says so."""
    events = tx.journal.about(account_id=row.account_id, renewal_key=_renewal_of(row), limit=_MOST_EVENTS)
    orders = (json.loads(event.detail) for event in reversed(events) if event.kind == ORDERED)
    was = next(
        (one.get("was") for one in orders if (one["order"], one.get("row")) == ("drop", row.key)), None
    )
    return OutboxStatus(was) if was else None


def _renewal_of(row: OutboxRow) -> str | None:
    if row.kind == "create":
        return row.key
    if row.target is Target.CARDS:
        return _of_face(row)
    return row.key.removeprefix("opened/") if row.key.startswith("opened/") else None


def _of_face(row: OutboxRow) -> str | None:
    """Give the renewal whose card a telling is about; a reaction and a storm's summary show none."""
    face = json.loads(row.payload).get("face") or {}
    key = face.get("renewal_key")
    return str(key) if key else None


def _detail(office: Office, order: str, **detail: str) -> str:
    return json.dumps({"order": order, "by": office.by, **detail}, ensure_ascii=False, sort_keys=True)
