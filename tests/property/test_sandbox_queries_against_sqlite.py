"""What the sandbox's SOQL finds and adds up is what SQLite finds and adds up over the same rows."""

import sqlite3
from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.sandbox_org import LocalOrg

STAGES = ("更新準備", "提案", "交渉", "受注", "失注")
_FIELDS = ("Id", "AccountId", "Amount", "CloseDate", "Name", "StageName", "NextStep")


def _filled() -> LocalOrg:
    local = LocalOrg()
    accounts: list[str | None] = [local.create("Account", Name=f"account {number}") for number in range(4)]
    accounts.append(None)
    for number in range(80):
        local.opportunity(
            Name=f"deal {number % 17}",
            AccountId=accounts[number % 5],
            StageName=STAGES[number % 3],
            Amount=None if number % 7 == 0 else number % 11 * 100.25,
            CloseDate=(date(2025, 11, 1) + timedelta(days=number * 9)).isoformat(),
            NextStep=None if number % 4 == 0 else f"step {number % 6}",
        )
    return local


def _mirrored(local: LocalOrg) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:", check_same_thread=False)
    texts = "Name COLLATE NOCASE, StageName COLLATE NOCASE, NextStep COLLATE NOCASE"
    base.execute(f"CREATE TABLE Opportunity (Id, AccountId, Amount, CloseDate, {texts})")
    base.execute("CREATE TABLE Account (Id, Name)")
    rows = [tuple(row[name] for name in _FIELDS) for row in local.org.records("Opportunity")]
    base.executemany("INSERT INTO Opportunity VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    accounts = [(row["Id"], row["Name"]) for row in local.org.records("Account")]
    base.executemany("INSERT INTO Account VALUES (?, ?)", accounts)
    return base


LOCAL = _filled()
SQLITE = _mirrored(LOCAL)

_days = st.dates(date(2025, 10, 1), date(2027, 12, 31)).map(date.isoformat)
_signs = st.sampled_from(["<", "<=", ">", ">="])


def _compared(field: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    """Give the same comparison as SOQL and as SQL; in SOQL nothing is unknown, and null is unequal to any value."""
    ordered = st.builds(
        lambda sign, value: (
            f"{field} {sign} {value.strip()}",
            f"coalesce({field} {sign} {_quoted(value)}, 0)",
        ),
        _signs,
        values,
    )
    equal = st.builds(lambda value: (f"{field} = {value.strip()}", f"{field} IS {_quoted(value)}"), values)
    unequal = st.builds(
        lambda value: (f"{field} != {value.strip()}", f"{field} IS NOT {_quoted(value)}"), values
    )
    return st.one_of(ordered, equal, unequal)


def _quoted(value: str) -> str:
    return f"'{value.strip()}'" if value.endswith(" ") else value


_steps = st.integers(0, 6).map(lambda number: f"'STEP {number}'")
_atoms = st.one_of(
    _compared("Amount", st.integers(-1, 1_000).map(str)),
    _compared("CloseDate", _days.map(lambda day: f"{day} ")),
    _compared("NextStep", _steps),
    st.sampled_from(
        [
            ("NextStep = null", "NextStep IS NULL"),
            ("AccountId != null", "AccountId IS NOT NULL"),
            ("Name LIKE 'DEAL 1_'", "Name LIKE 'deal 1_'"),
            ("NextStep NOT IN ('step 1', 'step 2')", "coalesce(NextStep NOT IN ('step 1', 'step 2'), 1)"),
            ("CALENDAR_YEAR(CloseDate) = 2026", "strftime('%Y', CloseDate) = '2026'"),
            (
                "Account.Name LIKE '%1'",
                "coalesce((SELECT Name FROM Account a WHERE a.Id = AccountId) LIKE '%1', 0)",
            ),
        ]
    ),
)
_wheres = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.builds(
            lambda word, parts: tuple(f" {word} ".join(f"({part[at]})" for part in parts) for at in (0, 1)),
            st.sampled_from(["AND", "OR"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        inner.map(lambda pair: (f"(NOT ({pair[0]}))", f"(NOT ({pair[1]}))")),
    ),
    max_leaves=6,
)
_keys = st.lists(
    st.sampled_from(
        [
            ("StageName", "StageName"),
            ("AccountId", "AccountId"),
            ("NextStep", "lower(NextStep)"),
            ("CALENDAR_MONTH(CloseDate)", "CAST(strftime('%m', CloseDate) AS INTEGER)"),
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
_MEASURES = (
    "COUNT(Id), COUNT(Amount), COUNT_DISTINCT(Name), SUM(Amount), AVG(Amount), MIN(CloseDate), MAX(Amount)"
)


def _sql(measures: str) -> str:
    return measures.replace("COUNT_DISTINCT(Name)", "COUNT(DISTINCT Name)")


def _told(rows: Iterable[Iterable[object]]) -> list[tuple[object, ...]]:
    """Give rows in a comparable form: text in lower case, numbers to the cent, in an order of their own."""
    made = [tuple(_cell(cell) for cell in row) for row in rows]
    return sorted(made, key=repr)


def _cell(cell: object) -> object:
    if isinstance(cell, str):
        return cell.lower()
    return round(cell, 6) if isinstance(cell, float) else cell


def _select(what: str, kind: str, *clauses: str) -> str:
    return " ".join(("SELECT", what, "FROM", kind, *clauses))


def _ids(rows: Iterable[dict[str, object]]) -> list[object]:
    return [row["Id"] for row in rows]


def _firsts(query: str) -> list[object]:
    return [row[0] for row in SQLITE.execute(query)]


@settings(max_examples=250, deadline=None)
@given(where=_wheres)
def test_a_where_finds_the_same_rows(where: tuple[str, str]) -> None:
    soql, sql = (_select("Id", "Opportunity", f"WHERE {one} ORDER BY Id") for one in where)
    assert _ids(LOCAL.query(soql)) == _firsts(sql)


@settings(max_examples=150, deadline=None)
@given(where=_wheres, keys=_keys, least=st.integers(0, 5))
def test_groups_add_up_to_the_same(where: tuple[str, str], keys: list[tuple[str, str]], least: int) -> None:
    soql, sql = (
        _select(
            f"{names}, {_MEASURES}",
            "Opportunity",
            f"WHERE {one} GROUP BY {names} HAVING COUNT(Id) > {least}",
        )
        for one, names in zip(where, (", ".join(pair) for pair in zip(*keys, strict=True)), strict=True)
    )
    shown = [[value for name, value in row.items() if name != "attributes"] for row in LOCAL.query(soql)]
    assert _told(shown) == _told(SQLITE.execute(_sql(sql)))


@settings(max_examples=100, deadline=None)
@given(where=_wheres, word=st.sampled_from(["IN", "NOT IN"]))
def test_a_semi_join_finds_the_same_rows(where: tuple[str, str], word: str) -> None:
    soql, sql = (_select("AccountId", "Opportunity", f"WHERE ({one})") for one in where)
    found = LOCAL.query(_select("Id", "Account", f"WHERE Id {word} ({soql}) ORDER BY Id"))
    known = f"{sql} AND AccountId IS NOT NULL"
    assert _ids(found) == _firsts(_select("Id", "Account", f"WHERE Id {word} ({known}) ORDER BY Id"))


@settings(max_examples=100, deadline=None)
@given(where=_wheres, limit=st.integers(0, 90), offset=st.integers(0, 90))
def test_order_limit_and_offset_cut_the_same_rows(where: tuple[str, str], limit: int, offset: int) -> None:
    cut = f"ORDER BY CloseDate DESC, Id LIMIT {limit} OFFSET {offset}"
    soql, sql = (_select("Id", "Opportunity", f"WHERE {one} {cut}") for one in where)
    assert _ids(LOCAL.query(soql)) == _firsts(sql)
