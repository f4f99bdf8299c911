"""`run --sandbox` tells its sandbox the next opening by the rules, so that the CRM page's step goes to that day."""

from pathlib import Path
from time import monotonic, sleep

import requests
from tests.fakes.played import PlayedSandbox, playing

_PATIENCE = 60.0


def until_told(play: PlayedSandbox, *, after: str = "") -> dict[str, str]:
    """The next opening, once the daemon has told it; `after` is a day that it must lie behind."""
    end = monotonic() + _PATIENCE
    while True:
        found = requests.get(f"{play.crm}/sandbox/next_opening", timeout=10).json()["opening"]
        if found["why"] == "told" and found["on"] > after:
            return dict(found)
        assert monotonic() < end, f"never told: {found}"
        sleep(0.1)


def test_the_next_opening_is_the_first_open_date_by_the_rules_and_renewals_open_on_it(tmp_path: Path) -> None:
    with playing(tmp_path, "--today", "2026-11-22") as play:
        first = until_told(play)

        play.control("clock", {"advance": "next_opening"})

        play.heard(rf"({first['on']}.* created )")
        following = until_told(play, after=first["on"])
    assert "renewal" in first["what"]
    assert following["on"] > first["on"]
