"""`--json`: the same view, for machines."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.cli.example_views import PLAN, VIEW

from csops_sync.app import confidence_views, views
from csops_sync.domain.facts import Scalar
from csops_sync.interfaces.cli.render_json import json_text, sent_number

DOCUMENT = Path(__file__).parents[3] / "docs" / "json.md"


def test_a_plan_says_field_by_field_what_will_be_sent() -> None:
    """Numbers as numbers, dates as Salesforce takes them, nothing as null."""
    values: dict[str, Scalar] = {
        "name": "みなと商事 更新",
        "amount": Decimal("6180000.00"),
        "close_date": date(2026, 9, 30),
        "seen_at": datetime(2025, 12, 1, tzinfo=UTC),
        "open": True,
        "next_step": None,
    }
    told = json.loads(json_text(replace(PLAN, creates=(replace(PLAN.creates[0], values=values),))))

    assert told["creates"][0]["values"] == {
        "name": "みなと商事 更新",
        "amount": 6180000,
        "close_date": "2026-09-30",
        "seen_at": "2025-12-01T00:00:00Z",
        "open": True,
        "next_step": None,
    }
    assert told["creates"][0]["amount"] == {"amount": "6000000", "currency": "JPY"}
    assert told["updates"][1]["changes"] == [
        {"field": "type", "label": "type", "before": "flat", "after": "upsell"}
    ]
    assert told["limits"] == {"creates": 50, "messages": 40, "updates": 200}


def test_the_same_view_is_the_same_text_with_sorted_keys() -> None:
    """So that two outputs can be compared with diff."""
    text = json_text(PLAN)

    assert text == json_text(replace(PLAN))
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert json.loads(json_text(VIEW))["renewals"][0]["events"][0]["at"] == "2025-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(6), 6),
        (Decimal("6.50"), 6.5),
        (Decimal("0.1"), 0.1),
        (Decimal("1234567890123456.78"), "1234567890123456.78"),
    ],
)
def test_a_number_that_a_float_would_change_is_sent_as_text(value: Decimal, expected: object) -> None:
    """Money is exact."""
    assert sent_number(value) == expected


def test_a_value_of_another_kind_is_refused() -> None:
    """Rather than printed as something a machine cannot read."""
    with pytest.raises(TypeError, match="bytes"):
        json_text({"key": b"bytes"})


def test_every_key_is_documented() -> None:
    """`docs/json.md` names each field of each view."""
    documented = DOCUMENT.read_text(encoding="utf-8")
    named = {**vars(views), **vars(confidence_views)}
    endings = ("View", "Row", "Item", "Header", "Counts")
    kinds = [kind for name, kind in named.items() if name.endswith(endings)]
    missing = {
        f"{kind.__name__}.{each.name}"
        for kind in kinds
        for each in fields(kind)
        if f"`{each.name}`" not in documented
    }

    assert not missing
