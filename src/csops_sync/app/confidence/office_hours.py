"""Our business hours, and the same on the clock of somebody abroad. Pure."""

from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.rules import RuleSet


def business_hours(rules: RuleSet, *, zone: str | None = None) -> BusinessHours:
    """This function will give our business hours, in a person's own time zone where it is known."""
    calendar = rules.calendar
    return BusinessHours(
        calendar=calendar.own,
        zone=zone or calendar.timezone,
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
    )
