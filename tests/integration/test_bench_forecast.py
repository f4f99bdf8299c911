"""The benchmarks of the forecast and of the pages run, small; what they judge is kept or broken."""

import json
from pathlib import Path

import pytest
from bench.__main__ import main
from bench.forecast_runs import page_promises, term_promises
from bench.forecasting import CLASSIFY, COUNTED, FORECAST, PLAIN, PRODUCT, SNAPSHOT, STEPS
from bench.measuring import Measured
from bench.pages import NEWS, Paged

TERMS, RENEWALS = 600, 300


def one(cpu_seconds: float) -> Measured:
    return Measured(seconds=9.9, cpu_seconds=cpu_seconds, peak_mb=1, calls=0, amount=1)


@pytest.mark.parametrize(("snapshot", "kept"), [(3.9, True), (4.1, False)])
def test_a_million_terms_are_within_ten_seconds_of_cpu_or_not(*, snapshot: float, kept: bool) -> None:
    ours = {CLASSIFY: one(2.0), FORECAST: one(4.0), SNAPSHOT: one(snapshot)}
    [(said, judged)] = term_promises({PRODUCT: ours}, 1_000_000)
    assert judged is kept
    assert said.startswith("1,000,000 terms classified, forecast and kept in")


@pytest.mark.parametrize(("name", "p95", "kept"), [("matrix", 299.0, True), (NEWS, 300.0, False)])
def test_a_page_is_within_300_ms_at_the_95th_percentile_or_not(*, name: str, p95: float, kept: bool) -> None:
    page = Paged(name=name, asked=9, first_ms=1, first_cpu_ms=1, cpu_ms=1, p50_ms=1, p95_ms=p95, worst_ms=900)
    assert [judged for _, judged in page_promises([page])] == [kept]


def test_all_steps_and_pages_are_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    asked = ["--part", "terms", "--part", "pages", "--terms", str(TERMS), "--renewals", str(RENEWALS)]
    main([*asked, "--readers", "2", "--news-seconds", "2", "--json", str(file)])
    written = json.loads(file.read_text("utf-8"))

    steps = {(each["subject"], each["step"]): each for each in written["terms"]}
    assert {step for subject, step in steps if subject == PRODUCT} == set(STEPS)
    assert steps[PRODUCT, SNAPSHOT]["amount"] == TERMS
    assert steps[PRODUCT, CLASSIFY]["amount"] == steps[PLAIN, CLASSIFY]["amount"] > 0
    assert all((PRODUCT, step) in steps for step in COUNTED)
    pages = {page["name"]: page for page in written["pages"]}
    assert {"overview", "renewals", "one renewal", "matrix", "bridge", NEWS} <= pages.keys()
    assert all(page["p50_ms"] <= page["p95_ms"] <= page["worst_ms"] for page in pages.values())
