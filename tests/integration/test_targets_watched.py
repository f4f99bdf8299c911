"""A change of the targets is taken like one of the rules, and makes what was kept of reports anew."""

from dataclasses import replace
from pathlib import Path

from tests.fakes.builders import ruleset
from tests.fakes.daemon import RecordingLog
from tests.fakes.landings import built, yen
from tests.fakes.memory_engine import Workshop
from tests.fakes.reported import LAST_QUARTER

from csops_sync.app.forecast.kept_reports import KeptReports
from csops_sync.bootstrap import ConfigPaths, Stopper
from csops_sync.domain.forecast.targets import Target
from csops_sync.interfaces.cli.configuration_source import FileConfigurationSource


def test_an_edited_table_beside_the_rules_is_another_content(tmp_path: Path) -> None:
    for name in ("rules.yaml", "csops-sync.yaml", "targets.csv"):
        (tmp_path / name).write_text("a", encoding="utf-8")
    source = FileConfigurationSource(
        ConfigPaths(rules=tmp_path / "rules.yaml", connections=tmp_path / "csops-sync.yaml"),
        environment={},
        stopper=Stopper(),
        log=RecordingLog(),
    )
    before = source.fingerprint()

    (tmp_path / "notes.txt").write_text("b", encoding="utf-8")
    assert source.fingerprint() == before
    (tmp_path / "targets.csv").write_text("b", encoding="utf-8")
    assert source.fingerprint() != before


def test_what_is_kept_of_reports_is_made_anew_under_other_targets() -> None:
    shop = Workshop(rules=replace(ruleset(), forecast=built()))
    kept = KeptReports()
    made: list[None] = []

    def make() -> int:
        made.append(None)
        return len(made)

    def ask() -> int:
        return kept.get(shop.office(), "report", make)

    assert [ask(), ask()] == [1, 1]
    target = Target(period="FY2025 Q4", window=LAST_QUARTER, landing=yen(1), origin="rules.yaml:1:1")
    shop.rules = replace(shop.rules, targets=(target,))
    assert [ask(), ask()] == [2, 2]
