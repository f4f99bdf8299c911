"""The benchmark runs, small, on both databases; nothing in it is timed but API calls, which are exact."""

import json
from pathlib import Path

import pytest
from bench.__main__ import main
from bench.measuring import Measured
from bench.promises import promises as judge
from bench.running import DECIDE, NOT_PLAIN, PLAIN, PRODUCT, STEPS, TELL, Subject

MOST_IDLE_CALLS = 2


@pytest.mark.parametrize(
    ("decided", "told", "kept"), [(0.9, 1.9, True), (1.0, 1.9, False), (0.9, 2.0, False)]
)
def test_a_promise_in_seconds_is_kept_or_broken(*, decided: float, told: float, kept: bool) -> None:
    changes = Measured(seconds=3.0, cpu_seconds=decided, peak_mb=1, calls=0, amount=1000)
    move = Measured(seconds=told, cpu_seconds=0.1, peak_mb=1, calls=2, amount=1)
    ours, theirs = (Subject(name=name, engine="sqlite") for name in (PRODUCT, PLAIN))

    judged = list(judge({ours: {DECIDE: changes, TELL: move}, theirs: {DECIDE: changes}}))

    assert all(one for _, one in judged) is kept
    assert "sqlite: 1,000 changes decided in" in judged[0][0]


def test_every_step_is_measured_and_an_idle_cycle_costs_at_most_two_calls(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    main(["--part", "cycle", "--contracts", "500", "--json", str(file)])
    results = json.loads(file.read_text("utf-8"))["results"]
    measured = {(one["subject"], one["database"], one["step"]): one for one in results}
    expected = {
        (subject, database, step)
        for subject in ("csops-sync", "plain script")
        for database in ("sqlite", "postgresql")
        for step in STEPS
        if subject == "csops-sync" or step not in NOT_PLAIN
    }
    assert set(measured) == expected
    for database in ("sqlite", "postgresql"):
        ours = {step: measured["csops-sync", database, step] for step in STEPS}
        assert ours["idle"]["calls"] <= MOST_IDLE_CALLS
        assert ours["idle"]["amount"] == 0
        assert ours["evaluate"]["amount"] == ours["re-evaluate"]["amount"] > 0
        assert ours["open"]["amount"] == measured["plain script", database, "open"]["amount"] > 0
        assert (
            ours["decide changes"]["amount"]
            == measured["plain script", database, "decide changes"]["amount"]
            > 0
        )
        assert ours["decide changes"]["calls"] == 0
        assert ours["tell a move"]["amount"] == 1
        assert ours["tell a move"]["calls"] <= MOST_IDLE_CALLS
        assert ours["load"]["amount"] == measured["plain script", database, "load"]["amount"]
