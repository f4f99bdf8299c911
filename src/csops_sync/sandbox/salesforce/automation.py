"""What the org does by itself when a row is saved: derived fields, validation rules, and the month-end flow."""

from collections.abc import Collection
from datetime import date

from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.schema import Json, ObjectType, Rule
from csops_sync.sandbox.salesforce.stamps import date_of, month_end, plus_months

Record = dict[str, Json]

CATEGORIES = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Most Likely": "MostLikely",
    "Commit": "Forecast",
    "Closed": "Closed",
}
"""ForecastCategoryName to ForecastCategory."""
_STATUS_CODES = {"Draft": "Draft", "In Approval Process": "InApproval", "Activated": "Activated"}


def derive(org: Org, kind: ObjectType, before: Record | None, record: Record, given: Collection[str]) -> None:
    """This function will set the fields that follow from others. `given` are the fields that the write named."""
    match kind.name:
        case "Opportunity":
            _opportunity(org, before, record, given)
        case "Contract":
            _contract(before, record)
        case "Task":
            record["IsClosed"] = record["Status"] == "Completed"
        case "User" if record["Name"] is None:
            names = (record["FirstName"], record["LastName"])
            record["Name"] = " ".join(str(name) for name in names if name) or None
        case "OpportunityStage" if record["ForecastCategory"] is None:
            record["ForecastCategory"] = CATEGORIES.get(str(record["ForecastCategoryName"]))
        case _:
            return


def check(kind: ObjectType, record: Record, today: date) -> None:
    """This function will apply the object's validation rules; ApiError FIELD_CUSTOM_VALIDATION_EXCEPTION."""
    for rule in kind.rules:
        if not _holds(rule, record.get(rule.field), today):
            raise ApiError(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, [rule.field])


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
    message = f"Stage: bad value for restricted picklist field: {name}"
    raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ["StageName"])


def _contract(before: Record | None, record: Record) -> None:
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


def _holds(rule: Rule, value: Json, today: date) -> bool:
    if value is None:
        return True
    if rule.kind == "years_ahead":
        return date_of(str(value)) <= plus_months(today, 12 * int(rule.high or 0))
    number = float(value)
    return (rule.low is None or number >= rule.low) and (rule.high is None or number <= rule.high)
