"""Our business hours, and the same on the clock of somebody abroad. Pure."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.rules import RuleSet


def business_hours(rules: RuleSet, *, zone: str | None = None) -> BusinessHours:
    """This function will give our business hours, in a person's own time zone where it is known here."""
    calendar = rules.calendar
    return BusinessHours(
        calendar=calendar.own,
        zone=zone if zone and is_zone(zone) else calendar.timezone,
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
    )


def is_zone(name: str) -> bool:
    """This function will say whether this machine knows a time zone: what another kept may be newer than its own."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
