"""What a language's catalogue holds. Every text that people read is in `japanese.py` or `english.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

Plural = tuple[str, str]
"""A text for one, and a text for any other number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All texts of one language, as templates for `str.format`.

    `because_ahead` and `because_past` are by `BoundKind` value, for a day to come and a day gone by.
    `fact_labels` name the facts of messages about counts; `counted` write one number of them.
    """

    locale: str
    date_pattern: str
    address: str
    address_group: str
    joiner: str
    reason_joiner: str
    not_found_standin: str
    not_found: str
    absent_standin: str
    absent: str
    unreachable: str
    not_in_channel: str
    no_groups: str

    in_days: Plural
    days_ago: Plural
    today: str
    with_days: str
    no_amount: str
    total: str

    because_ahead: Mapping[str, str]
    because_past: Mapping[str, str]
    opened: str
    opened_because: str
    opened_plain: str
    daily: Plural
    daily_person: Plural
    daily_line: str
    daily_more: Plural
    daily_more_people: str
    remarked_more: str
    terminated: str
    cancelling: str
    deal_kept: str
    deal_not_made: str
    parallel: Plural
    parallel_adopt: str
    parallel_ours: str
    parallel_other: str
    parallel_other_numbered: str
    baseline: str
    baseline_clear: str
    held: str
    review_and_approve: str
    operator: str

    renewal_date: str
    amount: str
    notice_deadline: str
    budget_last_day: str
    co_termed: str
    open_deal: str
    fact_labels: Mapping[str, str]
    counted: Plural
    label_separator: str
