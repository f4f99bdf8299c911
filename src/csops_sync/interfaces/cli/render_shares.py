"""How estimated shares are written: they are statistics, so they are rounded before anybody adds them up. Pure."""

from decimal import Decimal

from csops_sync.domain.forecast.estimates import Estimate, Rate

_PLACES = 6


def share_text(share: float | None) -> str:
    """This function will write a share as a percentage with one decimal; `-` for none."""
    return "-" if share is None else f"{share * 100:.1f} %"


def interval_text(low: float | None, high: float | None) -> str:
    """This function will write `76-99 %`; nothing where there is no interval."""
    if low is None or high is None:
        return ""
    return f"{low * 100:.0f} to {high * 100:.0f} %"


def signed_text(estimate: Estimate) -> str:
    """This function will write `+1.1 % (-19.8 to +21.9)`; without an interval it says so."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value * 100:+.1f} % (no interval: too few)"
    return f"{estimate.value * 100:+.1f} % ({estimate.low * 100:+.1f} to {estimate.high * 100:+.1f})"


def error_text(estimate: Estimate) -> str:
    """This function will write the mean of what has no sign: `6.5 % (0.7 to 12.2)`, the interval not below zero."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value * 100:.1f} % (no interval: too few)"
    return f"{estimate.value * 100:.1f} % ({max(estimate.low, 0) * 100:.1f} to {estimate.high * 100:.1f})"


def share_plain(share: float | None) -> Decimal | None:
    """This function will round a share for JSON and CSV."""
    return None if share is None else Decimal(f"{share:.{_PLACES}f}")


def rate_plain(rate: Rate) -> dict[str, object]:
    """This function will give a rate as it goes into JSON."""
    return {
        "value": share_plain(rate.value),
        "low": share_plain(rate.low) if rate.value is not None else None,
        "high": share_plain(rate.high) if rate.value is not None else None,
        "n": rate.n,
        "independent": share_plain(rate.independent),
    }


def estimate_plain(estimate: Estimate) -> dict[str, object]:
    """This function will give a mean as it goes into JSON."""
    return {each: share_plain(getattr(estimate, each)) for each in ("value", "low", "high")}
