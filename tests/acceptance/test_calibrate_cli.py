"""`calibrate` and `backtest` on the terminal, against the truth that the sandbox's past was drawn from."""

import csv
import io
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.command_line import CommandLine
from tests.fakes.sandbox import Record, SandboxProcess

from csops_sync.app.forecast.reports import frame_in
from csops_sync.app.forecast.stories import stories_of
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.app.office import Office
from csops_sync.bootstrap import Asks, ConfigPaths, load_configuration, opened_state
from csops_sync.domain.forecast.hindsight import as_known

TODAY = date(2026, 11, 20)
DAYS_BEFORE = 60
_SETTLED = TODAY - timedelta(days=60)
_RENEWED = ("won", "auto-renewed", "superseded")
Cell = tuple[str | None, str | None]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """After the first cycle of an org with eight quarters and more of history; the rules are the admin's own copy."""
    with SandboxProcess.start(org="history", contracts=250, today=TODAY) as sandbox:
        folder = tmp_path_factory.mktemp("calibrate")
        cli = CommandLine(sandbox, folder)
        cli("sync")
        shutil.copy(cli.environment()["CSOPS_SYNC_RULES"], folder / "mine.yaml")
        yield cli


def _day(text: Any) -> date:  # noqa: ANN401 - a value of the truth's JSON
    return date.fromisoformat(str(text))


def by_hand(sandbox: SandboxProcess) -> Iterator[tuple[Cell, Record]]:
    """The terms of the truth that were open 60 days before their end and are decided, with their type and rank then."""
    for term in sandbox.truth()["terms"]:
        look = _day(term["end"]) - timedelta(days=DAYS_BEFORE)
        if term["fate"] == "running" or _day(term["end"]) > _SETTLED or _day(term["until"]) < look:
            continue
        deal = term["deal"]
        if deal is None or _day(deal["closed_on"]) > look:
            yield _cell(deal, look), term


def _cell(deal: Record | None, look: date) -> Cell:
    if deal is None or _day(deal["opened_on"]) > look:
        return "unopened", None
    rated = [one["rank"] for one in deal["ratings"] if _day(one["on"]) <= look]
    return (deal["type"], rated[-1]) if rated and rated[-1] else ("unrated", None)


def test_each_cell_counts_what_the_truth_says_as_it_stood_sixty_days_before(terminal: CommandLine) -> None:
    """Rebuilt from mirrored histories alone, renewal for renewal."""
    seen: Counter[Cell] = Counter()
    renewed: Counter[Cell] = Counter()
    for cell, term in by_hand(terminal.sandbox):
        seen[cell] += 1
        renewed[cell] += term["fate"] in _RENEWED

    told = realised(terminal)

    assert {cell: one["renewals"] for cell, one in told.items()} == seen
    assert {cell: one["renewed"] for cell, one in told.items()} == dict.fromkeys(seen, 0) | renewed
    assert len(told) >= 12


def test_each_cells_amounts_are_those_that_were_asked_for_and_signed(terminal: CommandLine) -> None:
    """Of the rated renewals: what was offered on the prior amount, and what was signed of it."""
    sums: dict[Cell, Counter[str]] = {}
    for cell, term in by_hand(terminal.sandbox):
        if cell[1] is None:
            continue
        prior, offered, signed = term["prior"], term["deal"]["offered"], term["deal"]["signed"] or 0
        kept, added = min(prior, offered), max(offered - prior, 0)
        kept_real, added_real = min(signed, kept), min(max(signed - prior, 0), added)
        sums.setdefault(cell, Counter()).update(
            kept=kept, kept_real=kept_real, added=added, added_real=added_real
        )

    told = realised(terminal)

    assert sums == {
        cell: {name: int(one[name]["amount"]) for name in ("kept", "kept_real", "added", "added_real")}
        for cell, one in told.items()
        if cell[1] is not None
    }


def realised(terminal: CommandLine) -> dict[Cell, Record]:
    """What `calibrate` says of each cell."""
    cells = terminal("calibrate", "--json").json["cells"]
    return {(one["type"] or one["kind"], one["rank"]): one["realised"] for one in cells if one["realised"]}


@contextmanager
def terminal_office(terminal: CommandLine) -> Iterator[Office]:
    """The state and rules that the terminal's commands read, in this process."""
    environment = terminal.environment()
    paths = ConfigPaths(
        rules=Path(environment["CSOPS_SYNC_RULES"]), connections=Path(environment["CSOPS_SYNC_CONNECTIONS"])
    )
    with opened_state(load_configuration(paths, environment), by="test", asks=Asks.TIME) as (office, _):
        yield office


def test_rebuilt_for_today_every_term_lands_where_it_is_stored(terminal: CommandLine) -> None:
    """Histories lead to what stands there now: rank, amount and landing, term by term."""
    compared = 0
    with terminal_office(terminal) as office, office.store.reading() as tx:
        weigher = Weigher(frame_in(tx, office))
        for state, story in stories_of(tx, tx.forecast.states.all(), rules=office.rules):
            known = as_known(state, story=story, day=office.today)
            if known is None:
                assert state.start > office.today
                continue
            compared += 1
            assert (known.rank, known.new) == (state.rank, state.new)
            assert weigher.landed(known) == weigher.landed(state)
    assert compared > 400


def test_a_calibration_says_what_it_stands_on_and_its_parts_add_up(terminal: CommandLine) -> None:
    found = terminal("calibrate", "--json").json

    for one in (each["realised"] for each in found["cells"] if each["realised"]):
        for rate in (one["count"], one["base"]):
            assert 0 <= rate["low"] <= rate["value"] <= rate["high"] <= 1
        assert Decimal(one["kept_real"]["amount"]) <= Decimal(one["kept"]["amount"])
    assert set(found["methods"]) == {"intervals", "suggested", "tried"}
    assert found["trial"]["verdict"] in ("better", "worse", "no-difference")
    assert found["trial"]["renewals"] < found["renewals"]
    text = terminal("calibrate").out
    assert "Brier" in text
    assert "independent customers" in text
    assert "Known today and taken as known then" in text


def test_the_diff_changes_the_admins_own_file_and_the_file_still_holds(terminal: CommandLine) -> None:
    mine, patch = terminal.folder / "mine.yaml", terminal.folder / "weights.diff"
    before = mine.read_text(encoding="utf-8")

    terminal("calibrate", "--rules", mine.name, "--diff", patch.name)
    alone = terminal("calibrate", "--rules", mine.name, "--diff", "-").out

    assert mine.read_text(encoding="utf-8") == before
    assert patch.read_text(encoding="utf-8") == alone
    mine.write_text(_patched(before, alone), encoding="utf-8")
    again = terminal("calibrate", "--rules", mine.name, "--json").json
    suggested = {(one["type"], one["rank"]): one["suggested"] for one in again["cells"]}
    assert {(one["type"], one["rank"]): one["weights"] for one in again["cells"]} == suggested
    assert again["diff"] == ""
    for kind in ("upsell", "flat", "downsell"):
        row = [suggested[kind, rank]["base"] for rank in "ABCDE"]
        assert row == sorted(row, reverse=True)
    mine.write_text(before, encoding="utf-8")


def _patched(before: str, diff: str) -> str:
    """Apply a diff whose changed lines stand once in the file."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("---", "+++")]
    old = ""
    for sign, group in groupby(lines, key=lambda line: line[0]):
        changed = "".join(f"{line[1:]}\n" for line in group)
        if sign == "-":
            old = changed
        else:
            assert before.count(old) == 1
            before = before.replace(old, changed)
    return before


def test_each_week_is_told_with_what_landed_beside_two_baselines(terminal: CommandLine) -> None:
    found = terminal("backtest", "--from", "2025-04-01", "--to", "2026-06-30", "--json").json

    assert [one["way"] for one in found["accuracies"]] == ["matrix", "last-years-rate", "all-renews"]
    for one in found["accuracies"]:
        assert one["error"]["low"] <= one["error"]["value"] <= one["error"]["high"]
        assert one["verdict"] in ("wins", "loses", "no-difference", None)
    assert all(date.fromisoformat(one["on"]).weekday() == 0 for one in found["weeks"])
    landed = {(one["period"], one["landed"]["amount"]) for one in found["weeks"]}
    assert len(landed) == len({one["period"] for one in found["weeks"]}), "one truth for each quarter"
    assert found["unsettled"] == ["FY2026 Q2"]


def test_what_landed_is_the_renewed_amount_of_the_forecast_itself(terminal: CommandLine) -> None:
    """A quarter that is over: `forecast` says what was won, and nothing of it is open any more."""
    total = terminal("forecast", "--period", "2025-Q3", "--json").json["total"]
    weeks = terminal("backtest", "--from", "2025-10-01", "--to", "2025-12-31", "--json").json["weeks"]

    assert {one["landed"]["amount"] for one in weeks if one["period"] == "FY2025 Q3"} == {
        total["landing"]["amount"]
    }
    assert {one["due"]["amount"] for one in weeks if one["period"] == "FY2025 Q3"} == {total["due"]["amount"]}


def test_the_csv_of_a_backtest_has_every_week_with_raw_amounts(terminal: CommandLine) -> None:
    words = ("backtest", "--from", "2025-04-01", "--to", "2025-09-30")

    lines = list(csv.DictReader(io.StringIO(terminal(*words, "--csv").out)))

    weeks = terminal(*words, "--json").json["weeks"]
    assert [one["on"] for one in lines] == [one["on"] for one in weeks]
    assert [one["matrix"] for one in lines] == [one["matrix"]["amount"] for one in weeks]
    assert "what landed" in terminal(*words).out


def test_the_csv_of_a_calibration_has_the_cells_of_its_json(terminal: CommandLine) -> None:
    lines = list(csv.DictReader(io.StringIO(terminal("calibrate", "--csv").out)))

    cells = terminal("calibrate", "--json").json["cells"]
    assert [(one["type"] or None, one["rank"] or None) for one in lines] == [
        (one["type"], one["rank"]) for one in cells
    ]
    for line, cell in zip(lines, cells, strict=True):
        seen = cell["realised"] or {"kept_real": {"amount": ""}, "base": {"low": None}}
        assert Decimal(line["weight_base"]) == Decimal(str(cell["weights"]["base"]))
        assert line["kept_real"] == seen["kept_real"]["amount"]
        assert (Decimal(line["base_low"]) if line["base_low"] else None) == _decimal(seen["base"]["low"])


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("calibrate", "--from", "2026-06-01"), 1, "too thin"),
        (("calibrate", "--days-before", "300"), 1, "--days-before"),
        (("calibrate", "--to", "2027-01-01"), 1, "not over yet"),
        (("calibrate", "--from", "2026-02-01", "--to", "2026-01-01"), 1, "turn them round"),
        (("calibrate", "--json", "--diff", "-"), 2, "--diff"),
        (("calibrate", "--csv", "--diff", "-"), 2, "--diff"),
        (("calibrate", "--csv", "--json"), 2, "--csv"),
        (("calibrate", "--diff", "nowhere/else.diff"), 1, "cannot be written"),
        (("calibrate", "--days-before", "-1"), 2, "--days-before"),
        (("backtest", "--from", "2026-10-05"), 1, "earlier --from"),
        (("backtest", "--from", "2010-01-01", "--to", "2010-12-31"), 1, "nothing to compare"),
        (("backtest", "--json", "--csv"), 2, "--csv"),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_ask_instead(
    terminal: CommandLine, words: tuple[str, ...], code: int, complaint: str
) -> None:
    answer = terminal(*words, code=code)

    assert complaint in answer.err
    assert answer.out == ""


def test_looking_back_changes_nothing_anywhere(terminal: CommandLine) -> None:
    before = terminal.dump(), terminal.writes()

    assert terminal("calibrate").out
    assert terminal("backtest").out

    assert (terminal.dump(), terminal.writes()) == before
