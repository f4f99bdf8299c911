"""The reports of the fake dashboard, every number written down."""

from datetime import UTC, date, datetime
from fractions import Fraction

from tests.fakes.landings import yen

from csops_sync.app.forecast.overview_values import ChangeLine, Changes, Span, TypeCell
from csops_sync.app.forecast.report_values import (
    Basis,
    ForecastLine,
    ForecastReport,
    GroupBy,
    MetricsReport,
    PeriodMetrics,
    Unjudged,
)
from csops_sync.domain.forecast.periods import Window
from csops_sync.domain.forecast.profile import DEFAULT_PROFILE
from csops_sync.domain.forecast.retention import Retention
from csops_sync.domain.forecast.spread import Spread
from csops_sync.domain.forecast.term_state import RenewalType
from csops_sync.domain.sentences import Sentence

BASIS = Basis(
    as_of=date(2026, 11, 22),
    known_at=datetime(2026, 11, 21, 22, 0, tzinfo=UTC),
    currency="JPY",
    profile="NRR boundary close, due by end date, late: churn then return",
    rules_hash="4f1c2e9ab01",
)
_UPSELL, _FLAT, _DOWNSELL, _LOST = RenewalType


def _line(key: str, name: str, terms: int, *millions: int) -> ForecastLine:
    due, landing, low, high, won, lost, unjudged = millions
    return ForecastLine(
        key=key,
        name=name,
        terms=terms,
        due=yen(due * 100_000),
        landing=yen(landing * 100_000),
        low=yen(low * 100_000),
        high=yen(high * 100_000),
        won=yen(won * 100_000),
        lost=yen(lost * 100_000),
        open=yen((landing - won) * 100_000),
        unjudged=unjudged,
    )


LINES = (
    _line("2026-Q1", "FY2026 Q1", 31, 1284, 1231, 1231, 1231, 1231, 62, 0),
    _line("2026-Q2", "FY2026 Q2", 27, 1096, 1118, 1118, 1118, 1118, 24, 0),
    _line("2026-Q3", "FY2026 Q3", 29, 1340, 1219, 1107, 1302, 642, 88, 1),
    _line("2026-Q4", "FY2026 Q4", 44, 2035, 1764, 1588, 1897, 118, 0, 0),
)
TOTAL = _line("total", "Total", 131, 5755, 5332, 5129, 5508, 3109, 174, 1)
UNJUDGED = (
    Unjudged(
        key="8000000000007-1",
        contract_id="800000000000007AAA",
        account_id="001000000000007AAA",
        why=Sentence("unjudged.no-rate", "no rate from {currency} to {into}", currency="USD", into="JPY"),
        cause="no-rate",
    ),
)
FIRST_DAY, LAST_DAY = date(2026, 4, 1), date(2027, 3, 31)


def forecast(_span: Span) -> ForecastReport:
    """The same numbers for every span."""
    return ForecastReport(
        basis=BASIS,
        window=Window(FIRST_DAY, LAST_DAY),
        by=GroupBy.QUARTER,
        lines=LINES,
        total=TOTAL,
        unjudged=UNJUDGED,
        band="80% interval",
    )


_QUARTER = Window(date(2026, 1, 1), date(2026, 3, 31))
_SPREAD = Spread(
    end=15_000_000**2, base=12_000_000**2, fall=10**9, rise=10**9, base_fall=10**9, base_rise=10**9
)
"""The end is 15,000,000 off, its base 12,000,000: x 1.28155 that is 1.9 and 1.5 points of 1,000,000,000."""


def _period(name: str, nrr: int, grr: int, *, predicted: bool = False) -> PeriodMetrics:
    measured = Retention(
        window=_QUARTER,
        profile=DEFAULT_PROFILE,
        predicted=predicted,
        start=yen(1_000_000_000),
        end=yen(1_000_000 * nrr),
        kept=yen(1_000_000 * grr),
        start_logos=100,
        kept_logos=None,
        spread=_SPREAD,
    )
    return PeriodMetrics(
        key=name,
        name=name,
        window=_QUARTER,
        predicted=predicted,
        measured=measured if predicted else None,
        start=yen(1_000_000_000),
        end=yen(1_000_000 * nrr),
        nrr=Fraction(nrr, 1000),
        grr=Fraction(grr, 1000),
        gross_revenue_churn=Fraction(1000 - grr, 1000),
        logo_retention=None,
        movements=None,
        renewals=None,
    )


METRICS = MetricsReport(
    basis=BASIS,
    by=GroupBy.QUARTER,
    periods=(
        _period("FY2025 Q3", 1021, 948),
        _period("FY2025 Q4", 1034, 951),
        _period("FY2026 Q1", 1012, 939),
        _period("FY2026 Q2", 1043, 957),
        _period("FY2026 Q3", 1018, 941, predicted=True),
        _period("FY2026 Q4", 1009, 932, predicted=True),
        _period("FY2027 Q1", 1015, 938, predicted=True),
        _period("FY2027 Q2", 1022, 944, predicted=True),
    ),
)


def _cells(month: str, *amounts: int) -> tuple[TypeCell, ...]:
    types = (_UPSELL, _FLAT, _DOWNSELL, _LOST, None)
    return tuple(
        TypeCell(month=month, type=kind, terms=3, due=yen(amount * 100_000), landing=yen(amount * 90_000))
        for kind, amount in zip(types, amounts, strict=True)
        if amount
    )


TYPE_CELLS = (
    *_cells("2026-10", 92, 214, 48, 31, 0),
    *_cells("2026-11", 64, 180, 77, 57, 0),
    *_cells("2026-12", 121, 302, 88, 0, 66),
    *_cells("2027-01", 45, 166, 52, 0, 140),
    *_cells("2027-02", 30, 121, 24, 0, 215),
    *_cells("2027-03", 88, 412, 61, 0, 781),
)
CHANGES = Changes(
    since=date(2026, 11, 15),
    before=yen(541_400_000),
    after=yen(533_200_000),
    lines=(
        ChangeLine(cause="opened", amount=yen(1_200_000), terms=6),
        ChangeLine(cause="amount", amount=yen(4_800_000), terms=4),
        ChangeLine(cause="rank", amount=yen(-16_900_000), terms=7),
        ChangeLine(cause="settled", amount=yen(2_700_000), terms=3),
    ),
)
