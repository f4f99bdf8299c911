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
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

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


def news(tx: Transaction) -> None:
    """This function will note that stored states have changed, as every cycle with news does."""
    tx.progress.set_setting(REVISION, str(int(tx.progress.setting(REVISION) or 0) + 1))


def _rows(states: Sequence[TermState]) -> Iterator[Row]:
    accounts = {one.account_id for one in states}
    yield from (_row(Role.ACCOUNT, one, name=f"株式会社 {int(one[3:15]):06}") for one in accounts)
    contracts = {one.contract_id: one.account_id for one in states}
    for contract, account in contracts.items():
        yield _row(Role.CONTRACT, contract, parent=account, number=f"{int(contract[3:15]):08}")
    for one in {person for state in states for person in (state.grouping.csm_id, state.grouping.manager_id)}:
        if one is not None:
            yield _row(Role.USER, one, name=f"営業 {one[12:15]}")


def _row(role: Role, record_id: str, *, parent: str | None = None, **values: str) -> Row:
    return Row(role, record_id, parent, int(NOW.timestamp() * 1000), False, values)


def _parts(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
