"""What a plain script does in place of csops-sync, one step a process: `python -m bench.plain STEP CREATES`.

simple-salesforce and SQLAlchemy as their documentation shows them: `query_all_iter`, Core upserts of dictionaries, an
open date of 90 days before the end and nothing else, one call for each opportunity. It knows no deletion, history,
adoption, lease or outbox; it is here for the figures beside ours, and shares no code with the product.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import jwt
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from sqlalchemy import Column, Date, Engine, MetaData, String, Table, Text, create_engine, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bench.measuring import CallCounter, as_line, measured

Record = dict[str, Any]
LEAD = timedelta(days=90)
CHUNK = 2000
FIELDS: Mapping[str, str] = {
    "Account": "Name, OwnerId, CSM__c, Tier__c, BillingCountry, Fiscal_Year_Starts__c",
    "User": "Name, Email, IsActive, ManagerId",
    "Contract": "AccountId, ContractNumber, OwnerId, Status, StartDate, EndDate, ContractTerm, Auto_Renews__c, "
    "Renewal_Term__c, Notice_Days__c, Annual_Amount__c, Renewed_From__c, Terminated_On__c, Cancellation_Notice__c",
    "Opportunity": "AccountId, Name, StageName, IsClosed, IsWon, CloseDate, Amount, OwnerId, RecordType.DeveloperName, "
    "Type, ContractId, Renewal_Key__c, Renewal_Date__c, Confidence__c, Renewal_Type__c, NextStep, CreatedById, "
    "LastModifiedById, LastModifiedDate",
    "OpportunityFieldHistory": "OpportunityId, Field, OldValue, NewValue, CreatedById",
    "OpportunityHistory": "OpportunityId, StageName, Probability, Amount, CloseDate, ForecastCategory, CreatedById",
}
METADATA = MetaData()
TABLES = {
    name: Table(
        name,
        METADATA,
        Column("Id", String(18), primary_key=True),
        Column("stamp", String(32), index=True),
        *(Column(field.strip(), Text) for field in fields.split(",")),
    )
    for name, fields in FIELDS.items()
}
RENEWALS = Table(
    "renewals",
    METADATA,
    Column("contract", String(18), primary_key=True),
    Column("account", String(18)),
    Column("number", Text),
    Column("ends", Date),
    Column("opens", Date, index=True),
    Column("opportunity", String(18)),
)
NEWS = Table("news", MetaData(), Column("id", String(18), primary_key=True), Column("text", Text))
Work = Callable[[], int]


class Loopback(HTTPAdapter):
    """simple-salesforce says https only; the sandbox speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - requests' own arguments
        """This method will send a request to the sandbox."""
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **options)


def load(org: Salesforce, database: Engine, _creates: int) -> int:
    """This function will read every object whole and store it."""
    METADATA.create_all(database)
    return sum(_store(database, name, _query(org, name, "")) for name in FIELDS)


def evaluate(_org: Salesforce, database: Engine, _creates: int) -> int:
    """This function will work out every contract's open date and store it."""
    contracts = TABLES["Contract"]
    with database.connect() as connection:
        rows = connection.execute(select(contracts)).mappings()
        found = [_renewal(row) for row in rows if row["EndDate"]]
    with database.begin() as connection:
        for part in _chunks(found):
            _upsert(connection, RENEWALS, part)
    return len(found)


def idle(org: Salesforce, database: Engine, _creates: int) -> int:
    """This function will ask every object for what changed in the last ten minutes."""
    since = (_now(org) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return sum(
        _store(database, name, _query(org, name, f" WHERE {_stamp(name)} >= {since}")) for name in FIELDS
    )


def open_due(org: Salesforce, database: Engine, creates: int) -> int:
    """This function will create what is due, a call for each, and note each as it is done."""
    table = RENEWALS.c
    statement = select(RENEWALS).where(table.opens <= _now(org).date(), table.opportunity.is_(None))
    with database.connect() as connection:
        due = connection.execute(statement.limit(creates)).all()
    opportunities: Any = org.Opportunity  # an attribute made on the way, of a type that the stubs do not tell
    for renewal in due:
        answer = opportunities.create(
            {
                "Name": f"{renewal.number} 更新",
                "AccountId": renewal.account,
                "ContractId": renewal.contract,
                "StageName": "更新準備",
                "CloseDate": renewal.ends.isoformat(),
            }
        )
        with database.begin() as connection:
            done = update(RENEWALS).where(table.contract == renewal.contract)
            connection.execute(done.values(opportunity=answer["id"]))
    return len(due)


def read_changes(org: Salesforce, _database: Engine, _creates: int) -> Work:
    """This function will give the work of asking for what changed in the last two hours."""
    return lambda: len(_changed(org))


def decide_changes(org: Salesforce, database: Engine, _creates: int) -> Work:
    """This function will read what changed; the work compares it with what is stored and notes a line of text each.

    It knows no history, path, person or message to people: two moves between two polls are one here.
    """
    rows = _changed(org)
    return lambda: _noted(database, rows)


PREPARED: Mapping[str, Callable[[Salesforce, Engine, int], Work]] = {
    "read changes": read_changes,
    "decide changes": decide_changes,
}
STEPS: Mapping[str, Callable[[Salesforce, Engine, int], int]] = {
    "load": load,
    "evaluate": evaluate,
    "idle": idle,
    "re-evaluate": evaluate,
    "open": open_due,
}


def main() -> None:
    """This function will do one step and print its measurement as one line."""
    step, creates = sys.argv[1:]
    counter = CallCounter(Loopback())
    org = _login(counter)
    database = create_engine(os.environ["CSOPS_SYNC_DATABASE_URL"])
    if step in PREPARED:
        work = PREPARED[step](org, database, int(creates))
    else:
        work = partial(STEPS[step], org, database, int(creates))
    result = measured(work, lambda: counter.calls)
    print(as_line(result))


def _changed(org: Salesforce) -> list[Record]:
    since = (_now(org) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return list(_query(org, "Opportunity", f" WHERE SystemModstamp >= {since}"))


def _noted(database: Engine, rows: list[Record]) -> int:
    table = TABLES["Opportunity"].c
    found: list[Record] = []
    for part in _chunks(rows):
        with database.connect() as connection:
            wanted = select(table.Id, table.Confidence__c).where(table.Id.in_([row["Id"] for row in part]))
            stored = {row.Id: row.Confidence__c for row in connection.execute(wanted)}
        for row in part:
            before, after = stored.get(row["Id"]), row["Confidence__c"]
            if before != after:
                found.append({"id": row["Id"], "text": f"{row['Name']}: {before} > {after}"})
    NEWS.create(database, checkfirst=True)
    with database.begin() as connection:
        for part in _chunks(found):
            _upsert(connection, NEWS, part)
    _store(database, "Opportunity", rows)
    return len(found)


def _login(counter: CallCounter) -> Salesforce:
    url = os.environ["CSOPS_SYNC_SALESFORCE_URL"]
    claims = {
        "iss": os.environ["CSOPS_SYNC_SALESFORCE_CLIENT_ID"],
        "sub": os.environ["CSOPS_SYNC_SALESFORCE_USERNAME"],
        "aud": url,
        "exp": int(time.time()) + 120,  # noqa: TID251 - a token's life is counted on the system's clock
    }
    key = Path(os.environ["CSOPS_SYNC_SALESFORCE_PRIVATE_KEY_FILE"]).read_text("utf-8")
    session = requests.Session()
    session.mount("https://", counter)
    answer = requests.post(
        f"{url}/services/oauth2/token",
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(claims, key, algorithm="RS256"),
        },
        timeout=30,
    )
    answer.raise_for_status()
    instance = url.removeprefix("http://")
    return Salesforce(
        session_id=answer.json()["access_token"], instance=instance, version="66.0", session=session
    )


def _query(org: Salesforce, name: str, condition: str) -> Iterator[Record]:
    text = f"SELECT Id, {_stamp(name)}, {FIELDS[name]} FROM {name}{condition}"  # noqa: S608 - names of our own
    for record in org.query_all_iter(text):
        row = {field.strip(): _value(record, field.strip()) for field in FIELDS[name].split(",")}
        yield {"Id": record["Id"], "stamp": record[_stamp(name)], **row}


def _value(record: Record, path: str) -> str | None:
    value: Any = record
    for step in path.split("."):
        value = None if value is None else value[step]
    return None if value is None else str(value)


def _stamp(name: str) -> str:
    return "CreatedDate" if name.endswith("History") else "SystemModstamp"


def _renewal(row: Mapping[Any, Any]) -> Record:
    ends = date.fromisoformat(row["EndDate"])
    return {
        "contract": row["Id"],
        "account": row["AccountId"],
        "number": row["ContractNumber"],
        "ends": ends,
        "opens": ends - LEAD,
    }


def _store(database: Engine, name: str, rows: Iterable[Record]) -> int:
    count = 0
    for part in _chunks(rows):
        with database.begin() as connection:
            _upsert(connection, TABLES[name], part)
        count += len(part)
    return count


def _upsert(connection: Any, table: Table, rows: list[Record]) -> None:  # noqa: ANN401 - SQLAlchemy's connection
    insert: Any = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in table.primary_key.columns}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)
    connection.execute(statement, rows)


def _chunks(rows: Iterable[Record]) -> Iterator[list[Record]]:
    iterator = iter(rows)
    while part := list(islice(iterator, CHUNK)):
        yield part


def _now(org: Salesforce) -> datetime:
    answer = org.session.get(
        f"https://{org.sf_instance}/services/data", timeout=30
    )  # free, and it has a Date
    return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)


if __name__ == "__main__":
    main()
