"""What rules that copy lines ask of the mapping."""

from pathlib import Path

import pytest
from tests.fakes.configuration import GOOD, load_text, small_connections

from csops_sync.config.problems import ConfigRefusedError

RULES = (GOOD / "small-rules.yaml").read_text(encoding="utf-8")


def loaded(folder: Path, *, amount: str, copy: str) -> bool:
    rules = RULES.replace("opportunity:\n", f"opportunity:\n      copy: [{copy}]\n", 1)
    assert rules != RULES
    mapped = small_connections("close_date: CloseDate", f"close_date: CloseDate\n      amount: {amount}")
    load_text(folder, rules=rules, connections=mapped)
    return True


@pytest.mark.parametrize("amount", ["ARR__c", "{path: ARR__c}"])
def test_lines_are_not_copied_where_salesforce_does_not_add_them_up(tmp_path: Path, amount: str) -> None:
    """Another field than Amount would stay empty, and the renewal without its amount."""
    with pytest.raises(ConfigRefusedError, match=r"added up in Amount.*mapped to ARR__c"):
        loaded(tmp_path, amount=amount, copy="line_items")


@pytest.mark.parametrize(("amount", "copy"), [("Amount", "line_items"), ("ARR__c", "contact_roles")])
def test_contact_roles_ask_for_nothing_and_lines_for_amount(tmp_path: Path, amount: str, copy: str) -> None:
    assert loaded(tmp_path, amount=amount, copy=copy)
