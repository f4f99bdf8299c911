"""The benchmark runs, small, on both databases; nothing in it is timed but API calls, which are exact."""

import json
from pathlib import Path

from bench.__main__ import main
from bench.running import NOT_PLAIN, STEPS

MOST_IDLE_CALLS = 2


def test_every_step_is_measured_and_an_idle_cycle_costs_at_most_two_calls(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    main(["--contracts", "500", "--json", str(file)])
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
        assert ours["load"]["amount"] == measured["plain script", database, "load"]["amount"]
