"""Targets from `rules.yaml` and from the CSV file beside it, with the place of every fault."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, load_text, problems_of, small_connections, with_sections

from csops_sync.config.source import Plain
from csops_sync.config.target_table import MAX_BYTES, MAX_ROWS
from csops_sync.domain.forecast.targets import EVERYTHING, ScopeKind
from csops_sync.domain.money import Money
from csops_sync.ports.crm import Role

HEAD = "period,segment,csm,manager,landing,nrr,currency\n"
TARGET = """  target:
    object: Renewal_Target__c
    fields: {start: Period_Start__c, months: Months__c, amount: Amount__c}
"""


def rules(**forecast: Plain) -> str:
    """The small rules with a forecast."""
    section: Plain = {"matrix": {"every_type": 0.9, "unopened": 0.9}, **forecast}
    return with_sections(GOOD / "small-rules.yaml", {"forecast": section})


def in_table(folder: Path, table: str | bytes, **forecast: Plain) -> str:
    """Rules that name a file of targets, which is there."""
    content = table.encode() if isinstance(table, str) else table
    (folder / "targets.csv").write_bytes(content)
    return rules(targets_file="targets.csv", **forecast)


def faults(folder: Path, table: str | bytes, **forecast: Plain) -> list[str]:
    """What is told of a file of targets, without the folder."""
    found = problems_of(folder, rules=in_table(folder, table, **forecast))
    return [one.headline.removeprefix(f"{folder}/") for one in found]


def test_targets_of_the_rules_have_their_period_scope_and_place(tmp_path: Path) -> None:
    given: Plain = [
        {"period": "FY2026 Q1", "landing": "1,200.50", "currency": "USD", "nrr": "105 %", "grr": "92.5 %"},
        {"period": "2026-04", "segment": "enterprise", "landing": "5000000"},
        {"period": "FY2026", "csm": "sato@example.com", "nrr": "100 %"},
    ]
    first, second, third = load_text(tmp_path, rules=rules(targets=given)).rules.targets

    assert (first.period, first.scope) == ("FY2026 Q1", EVERYTHING)
    assert first.landing == Money(Decimal("1200.50"), "USD")
    assert (first.nrr, first.grr) == (Fraction(105, 100), Fraction(925, 1000))
    assert (second.scope.kind, second.scope.name) == (ScopeKind.SEGMENT, "enterprise")
    assert second.landing == Money(Decimal(5_000_000), "JPY")
    assert (third.scope.kind, third.scope.name, third.landing) == (ScopeKind.CSM, "sato@example.com", None)
    assert all(one.origin.startswith("rules.yaml:1:") for one in (first, second, third))


def test_a_table_as_a_spreadsheet_saves_it_gives_the_same_targets(tmp_path: Path) -> None:
    table = (
        f'\ufeff{HEAD}FY2026 Q1,,,,"1,200,000",105 %,\r\n,,,,,,\r\n2026-Q2,enterprise,,,"1,000.25",,USD\r\n'
    )

    first, second = load_text(tmp_path, rules=in_table(tmp_path, table)).rules.targets

    assert (first.origin, second.origin) == ("targets.csv:2", "targets.csv:4")
    assert (first.landing, first.nrr) == (Money(Decimal(1_200_000), "JPY"), Fraction(105, 100))
    assert second.landing == Money(Decimal("1000.25"), "USD")


def test_targets_change_no_hash_for_nothing_is_decided_by_them(tmp_path: Path) -> None:
    given: Plain = [{"period": "FY2026", "landing": "1"}]

    assert (
        load_text(tmp_path, rules=rules()).rules.hash
        == load_text(tmp_path, rules=rules(targets=given)).rules.hash
    )


def test_a_target_that_stands_in_both_places_is_refused_where_it_stands_the_second_time(
    tmp_path: Path,
) -> None:
    given: Plain = [{"period": "FY2026 Q1", "landing": "1"}]

    (told,) = faults(tmp_path, f"{HEAD}2026-Q1,,,,2,,\n", targets=given)

    assert told.startswith("targets.csv:2:1: FY2026 Q1 has a target of landing already, at rules.yaml:1:")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2026-Q7,,,,1,,", "targets.csv:2:1: period: '2026-Q7' is no period"),
        (",,,,1,,", "targets.csv:2:1: period: is missing"),
        ("2026-Q1,,,,1.5.1,,", "targets.csv:2:12: landing: '1.5.1' is not an amount"),
        ("2026-Q1,,,,-1,,", "targets.csv:2:12: landing: a target is zero or more"),
        ('"2026-Q1",,,,1,105,', "targets.csv:2:16: nrr: '105' is not a share"),
        ("2026-Q1,small,,,1,,", "targets.csv:2:9: segment: segment 'small' is not defined"),
        ("2026-Q1,,a,b,1,,", "targets.csv:2:1: is for csm and manager at once"),
        ("2026-Q1,,,,,,", "targets.csv:2:1: is a target of nothing"),
        ("2026-Q1,,,,1,,yen", "targets.csv:2:15: currency: 'yen' is no ISO 4217 code"),
        ("2026-Q1,,,,1,200,000,,", "targets.csv:2:1: has 9 cells under 7 columns"),
    ],
)
def test_a_fault_in_a_row_is_told_at_its_cell(tmp_path: Path, row: str, told: str) -> None:
    (found,) = faults(tmp_path, f"{HEAD}{row}\n")

    assert found.startswith(told)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "targets.csv:1:1: is empty; its first line names the columns"),
        ("segment,landing\n", "targets.csv:1:1: has no column `period`"),
        (
            "period,landnig\n",
            "targets.csv:1:8: landnig: 'landnig' is no column of targets (did you mean landing?)",
        ),
        ("period,landing,landing\n", "targets.csv:1:8: landing: this column is there twice"),
        (f"{HEAD}2026-Q1".encode() + b"\x83", "targets.csv:2:1: is not UTF-8 text"),
        (HEAD + "\n" * MAX_ROWS, f"targets.csv:1:1: has more than {MAX_ROWS:,} lines"),
        (HEAD + "x" * MAX_BYTES, f"targets.csv:1:1: is larger than {MAX_BYTES:,} bytes"),
    ],
    ids=["empty", "no period", "unknown column", "column twice", "not UTF-8", "too long", "too large"],
)
def test_a_file_that_is_no_table_of_targets_is_refused(tmp_path: Path, table: str | bytes, told: str) -> None:
    (found,) = faults(tmp_path, table)

    assert found.startswith(told)


@pytest.mark.parametrize(
    ("table", "place"),
    [("period," + "x" * 200_000, "1:1"), (f"{HEAD}2026-Q1,,,,1,,\n2026-Q2,,,,{'1' * 200_000},,\n", "3:1")],
    ids=["columns", "row"],
)
def test_a_cell_that_no_spreadsheet_holds_is_told_by_its_line(tmp_path: Path, table: str, place: str) -> None:
    (found,) = problems_of(tmp_path, rules=in_table(tmp_path, table))

    assert f"targets.csv:{place}: cannot be split into cells: field larger than" in found.headline
    assert found.excerpt == ""


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    (told,) = problems_of(tmp_path, rules=rules(targets_file="targets.csv"))

    assert told.headline.endswith(
        "targets.csv:1:1: cannot be read: No such file or directory; put the file beside rules.yaml"
    )


def test_every_fault_of_both_places_is_told_at_once(tmp_path: Path) -> None:
    given: Plain = [{"period": "Spring", "landing": "1"}]

    told = faults(tmp_path, f"{HEAD}2026-Q1,,,,x,,\n2026-Q1,,,,1,,\nFY2026,,,,2,,\n", targets=given)

    assert [one.partition(":")[0] for one in told] == ["rules.yaml", "targets.csv", "targets.csv"]


def test_an_org_that_keeps_targets_is_read_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    mapped = load_text(tmp_path, connections=small_connections("mapping:\n", f"mapping:\n{TARGET}"))

    assert mapped.mapping.get(Role.TARGET).object == "Renewal_Target__c"
    assert mapped.rules.reads_targets
    plain = load_text(tmp_path)
    assert Role.TARGET not in plain.mapping.objects
    assert not plain.rules.reads_targets
    assert mapped.rules.hash == plain.rules.hash
