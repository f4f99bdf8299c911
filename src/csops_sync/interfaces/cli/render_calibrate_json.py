"""`--json` of `calibrate`: plain values for `json_text`. `docs/calibration.md` lists the keys."""

from collections.abc import Mapping

from csops_sync.app.forecast.calibrating import CalibrationReport
from csops_sync.config.reweighing import Reweighed
from csops_sync.domain.forecast import pooling, realised, scoring
from csops_sync.domain.forecast.matrix import Weights
from csops_sync.domain.forecast.observing import Cell
from csops_sync.domain.forecast.realised import Realised
from csops_sync.domain.forecast.scoring import Score, Trial
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_shares import estimate_plain, rate_plain, share_plain

Plain = Mapping[str, object]


def calibration_plain(report: CalibrationReport, rewritten: Reweighed | None) -> Plain:
    """This function will give a calibration as it goes into JSON."""
    found = report.calibration
    return {
        "basis": report.basis,
        "window": report.window,
        "days_before": report.days_before,
        "renewals": len(found.rates.observations),
        "left_out": {why.value: n for why, n in report.left.items()},
        "cells": [_cell(report, cell) for cell in found.current],
        "scatter_of_quarters": share_plain(found.rates.scatter),
        "drift": {
            "gap": share_plain(found.drift.gap),
            "z": share_plain(found.drift.z),
            "since": found.drift.since,
        },
        "trial": None if found.trial is None else _trial(found.trial),
        "withheld": found.withheld,
        "diff": None if rewritten is None else rewritten.diff,
        "unplaced": [] if rewritten is None else list(rewritten.unplaced),
        "methods": {"intervals": realised.METHOD, "suggested": pooling.METHOD, "tried": scoring.METHOD},
    }


def _cell(report: CalibrationReport, cell: Cell) -> Plain:
    found = report.calibration
    seen = found.rates.cells.get(cell)
    return {
        "kind": cell.kind.value,
        "type": None if cell.type is None else cell.type.value,
        "rank": cell.rank,
        "weights": _weights(found.current[cell]),
        "suggested": None if found.suggested is None else _weights(found.suggested[cell]),
        "realised": None if seen is None else _realised(seen, report.basis.currency),
    }


def _realised(one: Realised, currency: str) -> Plain:
    amounts = ("kept", "kept_real", "added", "added_real", "beyond")
    return {
        "renewals": one.n,
        "customers": one.customers,
        "renewed": one.renewed,
        "count": rate_plain(one.count),
        "base": rate_plain(one.base),
        "expansion": rate_plain(one.expansion),
        **{name: Money.from_minor(getattr(one, name), currency) for name in amounts},
    }


def _trial(tried: Trial) -> Plain:
    return {
        "renewals": tried.n,
        "quarters": tried.quarters,
        "current": _score(tried.current),
        "suggested": _score(tried.suggested),
        "difference": estimate_plain(tried.difference),
        "verdict": tried.verdict.value,
    }


def _score(score: Score) -> Plain:
    return {
        "brier": estimate_plain(score.brier),
        "bias": estimate_plain(score.bias),
        "error": share_plain(score.error),
    }


def _weights(weights: Weights) -> Plain:
    return {"base": weights.base, "expansion": weights.expansion}
