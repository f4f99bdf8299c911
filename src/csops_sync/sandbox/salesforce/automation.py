"""What the org does by itself when a row is saved: derived fields, and the month-end flow."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeAlias

from csops_sync.sandbox.salesforce import fiscal, lines, prices
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.rules import check
from csops_sync.sandbox.salesforce.schema import Json, ObjectType
from csops_sync.sandbox.salesforce.stamps import date_of, month_end, plus_months

__all__ = ["CATEGORIES", "Record", "check", "derive", "month_end_flow"]

Record = dict[str, Json]
_Derivation: TypeAlias = Callable[[Org, Record | None, Record, Collection[str]], None]

CATEGORIES = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Most Likely": "MostLikely",
    "Commit": "Forecast",
    "Closed": "Closed",
}
"""ForecastCategoryName to ForecastCategory."""
STANDARD_PROFILE = "Standard User"
"""The profile of a user who is made without one."""
_STATUS_CODES = {"Draft": "Draft", "In Approval Process": "InApproval", "Activated": "Activated"}


def derive(org: Org, kind: ObjectType, before: Record | None, record: Record, given: Collection[str]) -> None:
    """This function will set the fields that follow from others. `given` are the fields that the write named."""
    derivation = _DERIVATIONS.get(kind.name)
    if derivation is not None:
        derivation(org, before, record, given)


def month_end_flow(org: Org, kind: ObjectType, record: Record) -> Record | None:
    """This function will give the record as the flow leaves it, or None where the flow has nothing to do."""
    if not org.toggles.flow_month_end or kind.name != "Opportunity":
        return None
    last = month_end(date_of(str(record["CloseDate"]))).isoformat()
    if record["CloseDate"] == last:
        return None
    return {**record, "CloseDate": last, "LastModifiedById": org.people.automation}


def _opportunity(org: Org, before: Record | None, record: Record, given: Collection[str]) -> None:
    if before is None or before["StageName"] != record["StageName"]:
        _enter_stage(org, record, given)
        if before is not None:
            record["LastStageChangeDate"] = record["SystemModstamp"]
    record["ForecastCategory"] = CATEGORIES.get(str(record["ForecastCategoryName"]))
    amount, probability = record["Amount"], record["Probability"]
    if amount is None or probability is None:
        record["ExpectedRevenue"] = None
    else:
        record["ExpectedRevenue"] = round(float(amount) * float(probability) / 100, 2)
    if before is None or before["CloseDate"] != record["CloseDate"]:
        values = fiscal.fiscal_fields(fiscal.fiscal_years(org), str(record["CloseDate"])[:7])
        record["Fiscal"], record["FiscalYear"], record["FiscalQuarter"] = values


def _enter_stage(org: Org, record: Record, given: Collection[str]) -> None:
    stage = _stage(org, record["StageName"])
    if "Probability" not in given or record["Probability"] is None:
        record["Probability"] = stage["DefaultProbability"]
    if "ForecastCategoryName" not in given or record["ForecastCategoryName"] is None:
        record["ForecastCategoryName"] = stage["ForecastCategoryName"]
    record["IsClosed"], record["IsWon"] = stage["IsClosed"], stage["IsWon"]


def _stage(org: Org, name: Json) -> Record:
    kind = org.schema["OpportunityStage"]
    for row in org.tables[kind.name].find("ApiName", name):
        return kind.record(row)
    raise LookupError(f"no stage is called {name!r}, although the picklist was checked")


def _contract(_org: Org, before: Record | None, record: Record, _given: Collection[str]) -> None:
    start, term = record["StartDate"], record["ContractTerm"]
    if start is None or term is None:
        record["EndDate"] = None
    else:
        after = plus_months(date_of(str(start)), int(term))
        record["EndDate"] = date.fromordinal(after.toordinal() - 1).isoformat()
    record["StatusCode"] = _STATUS_CODES.get(str(record["Status"]))
    was_active = before is not None and before["StatusCode"] == "Activated"
    if record["StatusCode"] == "Activated" and not was_active:
        record["ActivatedDate"], record["ActivatedById"] = (
            record["SystemModstamp"],
            record["LastModifiedById"],
        )


def _task(org: Org, before: Record | None, record: Record, _given: Collection[str]) -> None:
    closed = record["Status"] == "Completed"
    if closed != (before is not None and before["IsClosed"]):
        record["CompletedDateTime"] = record["SystemModstamp"] if closed else None
    record["IsClosed"], record["IsHighPriority"] = closed, record["Priority"] == "High"
    if before is None or any(before[name] != record[name] for name in ("WhatId", "WhoId")):
        record["AccountId"] = _account_of(org, record["WhatId"]) or _account_of(org, record["WhoId"])


def _account_of(org: Org, target: Json) -> Json:
    """Give the account that a record is, or belongs to."""
    kind = None if target is None else org.schema.by_prefix.get(str(target)[:3])
    if kind is None or kind.name == "Account":
        return target
    row = org.tables[kind.name].get(str(target))
    return None if row is None or not kind.has("AccountId") else row[kind.places["AccountId"]]


def _person(_org: Org, before: Record | None, record: Record, given: Collection[str]) -> None:
    """Make a full name of first and last name, unless a seed brings one as its language writes it."""
    if "Name" in given or (before is not None and not {"FirstName", "LastName"} & set(given)):
        return
    names = (record["FirstName"], record["LastName"])
    record["Name"] = " ".join(str(name) for name in names if name) or None


def _user(org: Org, before: Record | None, record: Record, given: Collection[str]) -> None:
    _person(org, before, record, given)
    if before is None and record["ProfileId"] is None:
        profiles = org.records("Profile")
        record["ProfileId"] = next((one["Id"] for one in profiles if one["Name"] == STANDARD_PROFILE), None)


def _stage_row(_org: Org, _before: Record | None, record: Record, _given: Collection[str]) -> None:
    if record["ForecastCategory"] is None:
        record["ForecastCategory"] = CATEGORIES.get(str(record["ForecastCategoryName"]))


_DERIVATIONS: Mapping[str, _Derivation] = {
    "Opportunity": _opportunity,
    "Contract": _contract,
    "Task": _task,
    "User": _user,
    "Contact": _person,
    "OpportunityStage": _stage_row,
    "OpportunityLineItem": lines.derive,
    "PricebookEntry": prices.derive,
}
