"""The same sums as anybody would write them: dictionaries, floats, one loop each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from csops_sync.domain.forecast.term_state import RenewalType, TermStanding, TermState

Record = Mapping[str, Any]
_TOLERANCE = 0.005
_YEN = {"JPY": 1.0, "USD": 150.0}
_UNOPENED = 0.9
_SETTLED = {
    "won": 1.0,
    "auto-renewed": 1.0,
    "superseded": 1.0,
    "lost": 0.0,
    "terminated": 0.0,
    "expired": 0.0,
}
_BASE = {
    "upsell": {"A": 1, "B": 1, "C": 0.95, "D": 0.7, "E": 0.2},
    "flat": {"A": 1, "B": 0.98, "C": 0.9, "D": 0.6, "E": 0.1},
    "downsell": {"A": 1, "B": 0.95, "C": 0.85, "D": 0.5, "E": 0.1},
}
_EXPANSION = {"A": 1, "B": 0.7, "C": 0.4, "D": 0.1, "E": 0}
_QUARTER = timedelta(days=91)


def row(state: TermState) -> Record:
    """This function will hold a term as a dictionary of what the sums need."""
    prior = float(state.prior.amount) if state.prior else 0.0
    return {
        "customer": state.customer_id,
        "start": state.start,
        "end": state.end,
        "standing": state.standing.value,
        "prior": prior,
        "new": float(state.new.amount) if state.new else prior,
        "currency": state.prior.currency if state.prior else "JPY",
        "rank": state.rank,
        "follows_on": state.follows_on,
        "is_open": state.standing in (TermStanding.OPEN, TermStanding.UNOPENED),
    }


def classify(rows: Iterable[Record]) -> int:
    """This function will classify and land every term, and count those with a type."""
    return sum(landing(one)[0] != "" for one in rows)


def landing(one: Record) -> tuple[str, float]:
    """This function will give a term's type and where it lands, in its own currency."""
    prior, new, standing = one["prior"], one["new"], one["standing"]
    kind = _type(prior, new)
    if standing == TermStanding.UNOPENED:
        return "", prior * _UNOPENED
    if standing in _SETTLED:
        return kind, new * _SETTLED[standing]
    if one["rank"] is None:
        return kind, prior * _UNOPENED
    expansion = max(new - prior, 0.0) * _EXPANSION[one["rank"]]
    return kind, round(min(prior, new) * _BASE[kind][one["rank"]] + expansion)


def forecast(rows: Iterable[Record], today: date) -> int:
    """This function will sum what is due and where it lands by quarter, a year and a quarter ahead."""
    due: defaultdict[int, float] = defaultdict(float)
    landed: defaultdict[int, float] = defaultdict(float)
    count = 0
    for one in rows:
        quarter = (one["end"] - today) // _QUARTER
        if 0 <= quarter <= 4:  # noqa: PLR2004 - this quarter and four more
            rate = _YEN[one["currency"]]
            due[quarter] += one["prior"] * rate
            landed[quarter] += landing(one)[1] * rate
            count += 1
    return count


def retain(rows: Iterable[Record], today: date) -> int:
    """This function will predict NRR and GRR over the quarter that begins today, and count the customers."""
    closes = today + _QUARTER
    start: defaultdict[str, float] = defaultdict(float)
    end: defaultdict[str, float] = defaultdict(float)
    for one in rows:
        if one["start"] <= today <= one["end"]:
            worth = one["prior"] * _YEN[one["currency"]]
            start[one["customer"]] += worth
            stays = closes <= one["end"]
            end[one["customer"]] += worth if stays else landing(one)[1] * _YEN[one["currency"]]
    kept = sum(min(amount, end[customer]) for customer, amount in start.items())
    return len(start) if kept <= sum(start.values()) else 0


def _type(prior: float, new: float) -> str:
    if new > prior * (1 + _TOLERANCE):
        return RenewalType.UPSELL.value
    return RenewalType.DOWNSELL.value if new < prior * (1 - _TOLERANCE) else RenewalType.FLAT.value
