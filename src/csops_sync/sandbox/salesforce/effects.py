"""What a save does to other rows: an opportunity's amount follows its lines, one contact is primary, prices follow."""

from collections.abc import Callable, Iterable, Mapping

from csops_sync.sandbox.salesforce import automation, prices, saving
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.lines import exact, money
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.saving import Hand, Record
from csops_sync.sandbox.salesforce.schema import Json, ObjectType

_Effect = Callable[[Org, Record | None, Record, Hand], None]
_FIXED_BY_LINES = ("Pricebook2Id", "CurrencyIsoCode")
_OPEN_ENDED = "9999-12-31"


def before_save(before: Record, accepted: Record, kind: ObjectType) -> None:
    """This function will take out what lines forbid: Amount in silence, price book and currency with an error."""
    if kind.name != "Opportunity" or not before["HasOpportunityLineItem"]:
        return
    accepted.pop("Amount", None)
    for name in _FIXED_BY_LINES:
        if name in accepted and accepted[name] != before[name]:
            text = (
                f"field integrity exception: {name} (it cannot change while there are opportunity products)"
            )
            raise ApiError(400, "FIELD_INTEGRITY_EXCEPTION", text, [name])


def after_save(org: Org, kind: ObjectType, before: Record | None, record: Record, hand: Hand) -> None:
    """This function will do what follows from a save, by the same hand."""
    effect = _EFFECTS.get(kind.name)
    if effect is not None:
        effect(org, before, record, hand)
    if kind.shares is not None and before is not None and before["OwnerId"] != record["OwnerId"]:
        _drop_shares(org, kind, str(record["Id"]), hand)


def roll_up(org: Org, opportunity: str, hand: Hand) -> None:
    """This function will make an opportunity's amount the sum of its lines; without lines it keeps what it has."""
    lines = _live(org, "OpportunityLineItem", "OpportunityId", opportunity)
    values: Record = {"HasOpportunityLineItem": bool(lines)}
    if lines:
        values["Amount"] = money(sum((exact(one["TotalPrice"]) for one in lines), exact(0)))
        deal = org.record("Opportunity", opportunity) or {}
        if deal.get("Pricebook2Id") is None:
            entry = org.record("PricebookEntry", str(lines[0]["PricebookEntryId"])) or {}
            values["Pricebook2Id"] = entry.get("Pricebook2Id")
    saving.change(org, org.schema["Opportunity"], opportunity, values, hand)


def roll_up_loaded(org: Org, opportunities: Iterable[str]) -> None:
    """This function will do the same for opportunities of a seed: no history, no stamp."""
    kind = org.schema["Opportunity"]
    for opportunity in opportunities:
        before = org.record(kind.name, opportunity) or {}
        lines = _live(org, "OpportunityLineItem", "OpportunityId", opportunity)
        entry = org.record("PricebookEntry", str(lines[0]["PricebookEntryId"])) or {}
        amount = money(sum((exact(one["TotalPrice"]) for one in lines), exact(0)))
        record: Record = {**before, "HasOpportunityLineItem": True, "Amount": amount}
        record["Pricebook2Id"] = entry.get("Pricebook2Id")
        automation.derive(org, kind, before, record, ())
        org.tables[kind.name].put(tuple(record[one.name] for one in kind.fields))


def end_loaded_rates(org: Org, codes: Iterable[str]) -> None:
    """This function will have the dated rates of a seed end as those do that are saved: no stamp."""
    kind = org.schema["DatedConversionRate"]
    for one, end in (found for iso in codes for found in _ends_of_rates(org, iso)):
        record: Record = {**one, "NextStartDate": end}
        org.tables[kind.name].put(tuple(record[field.name] for field in kind.fields))


def _line(org: Org, _before: Record | None, record: Record, hand: Hand) -> None:
    roll_up(org, str(record["OpportunityId"]), hand)


def _opportunity(org: Org, before: Record | None, record: Record, hand: Hand) -> None:
    if before is not None or record["ContactId"] is None:
        return
    kind = org.schema["OpportunityContactRole"]
    role = saving.blank(org, kind, hand)
    role.update(OpportunityId=record["Id"], ContactId=record["ContactId"], IsPrimary=True)
    saving.store(org, kind, role, hand)


def _contact_role(org: Org, _before: Record | None, record: Record, hand: Hand) -> None:
    """Keep one contact of an opportunity primary: the last that was made so."""
    if not record["IsPrimary"]:
        return
    kind = org.schema["OpportunityContactRole"]
    for other in _live(org, kind.name, "OpportunityId", record["OpportunityId"]):
        if other["Id"] != record["Id"]:
            saving.change(org, kind, str(other["Id"]), {"IsPrimary": False}, hand)


def _price(org: Org, before: Record | None, record: Record, hand: Hand) -> None:
    if before is None or before["UnitPrice"] == record["UnitPrice"]:
        return
    for follower in prices.followers(org, record):
        saving.change(org, org.schema["PricebookEntry"], follower, {"UnitPrice": record["UnitPrice"]}, hand)


def _user(org: Org, before: Record | None, record: Record, hand: Hand) -> None:
    """Have a user hold the permission set of their profile, and of no other profile."""
    if before is not None and before["ProfileId"] == record["ProfileId"]:
        return
    kind = org.schema["PermissionSetAssignment"]
    owned = {one["Id"]: one["ProfileId"] for one in org.records("PermissionSet") if one["IsOwnedByProfile"]}
    for assigned in org.related(kind.name, "AssigneeId", str(record["Id"])):
        if assigned["PermissionSetId"] in owned:
            org.remove(kind, str(assigned["Id"]))
    for granted, profile in owned.items():
        if profile == record["ProfileId"]:
            row = saving.blank(org, kind, hand)
            row.update(PermissionSetId=granted, AssigneeId=record["Id"])
            saving.store(org, kind, row, hand)


def _dated_rate(org: Org, _before: Record | None, record: Record, hand: Hand) -> None:
    """Have each dated rate of a currency end where the next one starts."""
    kind = org.schema["DatedConversionRate"]
    for one, end in _ends_of_rates(org, str(record["IsoCode"])):
        saving.change(org, kind, str(one["Id"]), {"NextStartDate": end}, hand)


def _ends_of_rates(org: Org, iso: str) -> list[tuple[Record, Json]]:
    found = org.related("DatedConversionRate", "IsoCode", iso)
    rates = sorted(found, key=lambda one: str(one["StartDate"]))
    ends = [*(one["StartDate"] for one in rates[1:]), _OPEN_ENDED]
    return list(zip(rates, ends, strict=True))


def _drop_shares(org: Org, kind: ObjectType, record: str, hand: Hand) -> None:
    """A new owner shares anew: what people shared by hand goes."""
    shares = org.schema[str(kind.shares)]
    for share in _live(org, shares.name, f"{kind.name}Id", record):
        if share["RowCause"] == "Manual":
            saving.change(org, shares, str(share["Id"]), {"IsDeleted": True}, hand)


def _live(org: Org, name: str, reference: str, record: Json) -> list[Record]:
    return [one for one in org.related(name, reference, str(record)) if not one["IsDeleted"]]


_EFFECTS: Mapping[str, _Effect] = {
    "OpportunityLineItem": _line,
    "Opportunity": _opportunity,
    "OpportunityContactRole": _contact_role,
    "PricebookEntry": _price,
    "User": _user,
    "DatedConversionRate": _dated_rate,
}
