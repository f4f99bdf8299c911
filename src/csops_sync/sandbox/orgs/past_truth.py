"""What a drawn past is drawn from: the true chance that a renewal is won, and the share of uplifts that are signed.

Chances and effects are floats, for they are statistics: no amount of money is computed from them. All effects add up in
log-odds, so that a chance never leaves 0 to 1. A CSM, a season and a year shift every cell alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import exp, log
from typing import TypeVar

from csops_sync.sandbox.orgs.spread import draw

T = TypeVar("T")
Rank = str | None
RANKS = ("A", "B", "C", "D", "E")
UNRATED: Rank = None
STEPS = 1_000_000
_DAYS_PER_YEAR = 365
_MONTHS_PER_QUARTER = 3


class Offer(StrEnum):
    """What a renewal is offered at, held against the prior amount: the types of a renewal that is not lost."""

    UPSELL = "upsell"
    FLAT = "flat"
    DOWNSELL = "downsell"


OFFERS: Mapping[Offer, float] = {Offer.UPSELL: 0.35, Offer.FLAT: 0.45, Offer.DOWNSELL: 0.20}
"""How often each is offered, whatever the rank."""
FIRST_RANKS: Mapping[Rank, float] = {"A": 0.15, "B": 0.27, "C": 0.34, "D": 0.13, "E": 0.05, UNRATED: 0.06}
"""How often each is the first rank; an unrated renewal stays so."""
_BASE: Mapping[Offer, Mapping[Rank, float]] = {
    Offer.UPSELL: {"A": 0.98, "B": 0.95, "C": 0.88, "D": 0.62, "E": 0.22, UNRATED: 0.85},
    Offer.FLAT: {"A": 0.97, "B": 0.93, "C": 0.84, "D": 0.52, "E": 0.14, UNRATED: 0.82},
    Offer.DOWNSELL: {"A": 0.95, "B": 0.90, "C": 0.80, "D": 0.45, "E": 0.10, UNRATED: 0.76},
}
_SIGNED: Mapping[Rank, float] = {"A": 0.9, "B": 0.75, "C": 0.5, "D": 0.25, "E": 0.1, UNRATED: 0.5}
_SEASONS: Mapping[int, float] = {1: 0.25, 2: 0.0, 3: -0.35, 4: 0.1}
_CSMS = (0.6, 0.0, -0.6, 0.3, -0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The rates behind a drawn past, as of `today`.

    `base` is the chance that a renewal of a type and a first rank is won, for a CSM, a season and a year without an
    effect; `signed` the share of uplifts that a customer who renews signs in full, by first rank. `unattended` is the
    chance that a contract which renews by itself goes on. `seasons` are log-odds by calendar quarter of the term's last
    day, `csms` by a CSM's turn (`@csm-1` takes the first). `drift` is taken off per full year back from `today`.
    """

    today: date
    base: Mapping[Offer, Mapping[Rank, float]] = field(default_factory=lambda: _BASE)
    signed: Mapping[Rank, float] = field(default_factory=lambda: _SIGNED)
    unattended: float = 0.9
    seasons: Mapping[int, float] = field(default_factory=lambda: _SEASONS)
    csms: tuple[float, ...] = _CSMS
    drift: float = 0.2

    def chance(self, *, offer: Offer, rank: Rank, csm: str, end: date) -> float:
        """This function will give the chance that a renewal is won, as its first rank stands."""
        return shifted(self.base[offer][rank], self.effect(csm=csm, end=end))

    def goes_on(self, *, csm: str, end: date) -> float:
        """This function will give the chance that a contract that renews by itself is not stopped."""
        return shifted(self.unattended, self.effect(csm=csm, end=end))

    def before_rating(self, *, csm: str, end: date) -> float:
        """This function will give the chance that a renewal is won, before anybody rated it or said an amount."""
        return sum(
            share * often * self.chance(offer=offer, rank=rank, csm=csm, end=end)
            for offer, share in OFFERS.items()
            for rank, often in FIRST_RANKS.items()
        )

    def effect(self, *, csm: str, end: date) -> float:
        """This function will give the log-odds that a CSM, the season and the year of a term's last day add up to."""
        turn = int(csm.rpartition("-")[2]) - 1
        years = max(0, (self.today - end).days // _DAYS_PER_YEAR)
        quarter = (end.month - 1) // _MONTHS_PER_QUARTER + 1
        return self.csms[turn % len(self.csms)] + self.seasons[quarter] - self.drift * years

    def as_json(self) -> dict[str, object]:
        """This function will write the rates down; a rank of null is unrated."""
        return {
            "base": [
                {"type": offer.value, "rank": rank, "chance": chance}
                for offer, row in self.base.items()
                for rank, chance in row.items()
            ],
            "signed": [{"rank": rank, "share": share} for rank, share in self.signed.items()],
            "offered": {offer.value: share for offer, share in OFFERS.items()},
            "first_ranks": [{"rank": rank, "share": share} for rank, share in FIRST_RANKS.items()],
            "unattended": self.unattended,
            "seasons": {str(quarter): effect for quarter, effect in self.seasons.items()},
            "csms": list(self.csms),
            "drift": self.drift,
        }


def shifted(chance: float, effect: float) -> float:
    """This function will shift a chance by log-odds."""
    return 1 / (1 + exp(-(log(chance / (1 - chance)) + effect)))


def happens(seed: int, number: int, purpose: str, *, chance: float) -> bool:
    """This function will draw once whether something of a chance happens."""
    return draw(seed, number, purpose) % STEPS < chance * STEPS


def drawn_from(shares: Mapping[T, float], seed: int, number: int, purpose: str) -> T:
    """This function will draw one of several by their shares, which add up to 1."""
    rest = (draw(seed, number, purpose) % STEPS) / STEPS
    for one, share in shares.items():
        if rest < share:
            return one
        rest -= share
    return list(shares)[-1]  # what floats left over
