"""A million terms classified, forecast and kept: `python -m bench.forecasting SUBJECT TERMS`, in a process of its own.

The plain script holds the same terms as dictionaries and does the same sums in floats, with no reasons, no currency
that may be missing, no band and no store.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import forecasting_plain as plain
from bench.measuring import Measured, measured
from bench.terms_book import terms_of
from bench.terms_rules import NOW, TODAY, frame
from bench.terms_store import fill, opened
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.forecast.forecasting import forecast_report
from csops_sync.app.forecast.measuring import metrics_report
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.forecast.reports import forecast_window
from csops_sync.app.forecast.snapshots import totals_of
from csops_sync.app.forecast.weighing import Weigher
from csops_sync.bootstrap import collect_seldom
from csops_sync.ports.forecast_store import SnapshotKind, Taking

CLASSIFY, FORECAST, RETAIN = "classify and land", "forecast by quarter", "NRR and GRR"
FILL, SNAPSHOT, NEXT_DAY = "store (not counted)", "snapshot", "snapshot of the next day"
STEPS = (CLASSIFY, FORECAST, RETAIN, FILL, SNAPSHOT, NEXT_DAY)
COUNTED = (CLASSIFY, FORECAST, SNAPSHOT)
"""What is promised in seconds together."""
PRODUCT, PLAIN = "csops-sync", "plain script"
_CHANGED = 100
"""One account in so many has news on the next day."""
Steps = Iterator[tuple[str, Callable[[], int]]]


def product(terms: int, folder: Path) -> Steps:
    """This function will give the product's steps, one after the other; what comes before a step is not measured."""
    states, framed = list(terms_of(terms, today=TODAY)), frame()
    store = opened(folder / "terms.db")

    def classify() -> int:
        weigh = Weigher(framed).landed
        return sum(weigh(one).type is not None for one in states)

    def forecast() -> int:
        window = forecast_window(framed, GroupBy.QUARTER)
        return forecast_report(states, frame=framed, by=GroupBy.QUARTER, window=window).total.terms

    def retain() -> int:
        [current] = metrics_report(states, frame=framed, by=GroupBy.QUARTER, past=0, ahead=0).periods
        return current.measured.start_logos if current.measured is not None else 0

    yield CLASSIFY, classify
    yield FORECAST, forecast
    yield RETAIN, retain
    yield FILL, lambda: fill(store, states, named=False)
    yield SNAPSHOT, lambda: _snapshot(store, TODAY)
    with store.transaction() as tx:
        later = [replace(one, rank="A") for one in states[:: _CHANGED * 2]]
        tx.forecast.states.replace_of_accounts([], later)
    yield NEXT_DAY, lambda: _snapshot(store, TODAY + timedelta(days=1))


def _snapshot(store: SqlStore, day: date) -> int:
    """Do what the daily job does once it is due (`take_snapshot`)."""
    with store.transaction() as tx:
        tallies = tx.forecast.states.tallies()
        taking = Taking(
            kind=SnapshotKind.DAY,
            as_of=day,
            taken_at=NOW,
            rules_hash="bench",
            totals=totals_of(tallies),
        )
        if tx.forecast.snapshots.take(taking) is None:
            raise RuntimeError("a snapshot of this day is there already")
        return sum(one.terms for one in tallies)


def plain_steps(terms: int, _folder: Path) -> Steps:
    """This function will give those of the plain script."""
    rows = [plain.row(one) for one in terms_of(terms, today=TODAY)]
    yield CLASSIFY, lambda: plain.classify(rows)
    yield FORECAST, lambda: plain.forecast(rows, TODAY)
    yield RETAIN, lambda: plain.retain(rows, TODAY)


SUBJECTS: Mapping[str, Callable[[int, Path], Steps]] = {PRODUCT: product, PLAIN: plain_steps}


def main() -> None:
    """This function will take one subject through its steps and print a line of JSON for each."""
    subject, terms = sys.argv[1], int(sys.argv[2])
    collect_seldom()
    with TemporaryDirectory(prefix="csops-sync-bench-") as folder:
        for step, work in SUBJECTS[subject](terms, Path(folder)):
            print(json.dumps({"step": step, **asdict(_measured(work))}), flush=True)


def _measured(work: Callable[[], int]) -> Measured:
    return measured(work, lambda: 0)


if __name__ == "__main__":
    main()
