"""A store of a given size for the benchmarks of forecast and pages: terms, names, and that they are filled."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bench.terms_rules import NOW, ORG_ID
from csops_sync.adapters.store import schema
from csops_sync.adapters.store.engine import open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.forecast.standing import REVISION, STATES
from csops_sync.app.loading import BASELINE, READ_UP_TO
from csops_sync.app.payload import encode
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.domain.intents import FieldChange, UpdateOpportunity
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import OutboxRow, OutboxStatus, Target, Transaction

_T = TypeVar("_T")
_AT_ONCE = 50_000


def opened(file: Path) -> SqlStore:
    """This function will open the store of a file; its schema is made if it is new."""
    database = open_engine(f"sqlite:///{file}")
    schema.upgrade(database)
    store = SqlStore(database, ORG_ID)
    store.bind(org_id=ORG_ID)
    return store


def fill(store: SqlStore, states: Iterable[TermState], *, named: bool) -> int:
    """This function will store terms, with `named` their accounts, contracts and people too, and count them."""
    filled = 0
    with store.bulk_loading():
        for part in _parts(states, _AT_ONCE):
            with store.transaction() as tx:
                tx.forecast.states.replace_of_accounts([], part)
                if named:
                    tx.mirror.put(list(_rows(part)))
            filled += len(part)
    with store.transaction() as tx:
        for name, value in ((STATES, "bench"), (BASELINE, NOW.isoformat()), (READ_UP_TO, NOW.isoformat())):
            tx.progress.set_setting(name, value)
        news(tx)
    return filled


def have_outbox(store: SqlStore, states: Sequence[TermState], *, parked: int, sent: int) -> None:
    """This function will store what Operations shows: sources that were read, rows that wait for people, sent ones."""
    deals = [one for one in states if one.opportunity_id is not None]
    rows = [_update(one, OutboxStatus.PARKED) for one in deals[:parked]]
    rows += [_update(one, OutboxStatus.SENT) for one in deals[parked : parked + sent]]
    with store.transaction() as tx:
        tx.outbox.put(rows)
        tx.progress.set_watermarks(
            {role: int(NOW.timestamp() * 1000) for role in (Role.ACCOUNT, Role.CONTRACT, Role.USER)}
        )


def _update(state: TermState, status: OutboxStatus) -> OutboxRow:
    opportunity_id = state.opportunity_id or ""
    change = FieldChange(field="close_date", before=None, after=state.end.isoformat())
    update = UpdateOpportunity(
        key=f"update/{opportunity_id}/bench",
        account_id=state.account_id,
        opportunity_id=opportunity_id,
        changes=(change,),
        reason="the end of the contract moved",
        rule="",
    )
    return OutboxRow(
        key=update.key,
        target=Target.SALESFORCE,
        kind=update.kind.value,
        account_id=state.account_id,
        payload=encode(update),
        reason=update.reason,
        rules_hash="bench",
        status=status,
        created_at=NOW,
        body_hash="bench",
    )


def news(tx: Transaction) -> None:
    """This function will note that stored states have changed, as every cycle with news does."""
    tx.progress.set_setting(REVISION, str(int(tx.progress.setting(REVISION) or 0) + 1))


def _rows(states: Sequence[TermState]) -> Iterator[Row]:
    accounts = {one.account_id for one in states}
    yield from (_row(Role.ACCOUNT, one, name=f"株式会社 {int(one[3:15]):06}") for one in accounts)
    contracts = {one.contract_id: one.account_id for one in states}
    for contract, account in contracts.items():
        yield _row(Role.CONTRACT, contract, parent=account, number=f"{int(contract[3:15]):08}")
    managers = {state.grouping.csm_id: state.grouping.manager_id for state in states}
    for one in {*managers.keys(), *managers.values()}:
        if one is not None:
            yield _user(one, managers.get(one))


def _user(user_id: str, manager: str | None) -> Row:
    name, email = f"営業 {user_id[12:15]}", email_of(user_id)
    return _row(Role.USER, user_id, name=name, email=email, active=True, manager=manager)


def email_of(user_id: str) -> str:
    """This function will give the address under which a user of the benchmark signs in."""
    return f"{user_id.lower()}@bench.example"


def _row(role: Role, record_id: str, *, parent: str | None = None, **values: str | bool | None) -> Row:
    return Row(role, record_id, parent, int(NOW.timestamp() * 1000), False, values)


def _parts(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
