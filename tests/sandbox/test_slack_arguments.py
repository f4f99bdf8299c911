"""What a method of the sandbox's Slack takes: what it knows, what every method knows, and nothing else."""

import pytest

from csops_sync.sandbox.slack.arguments import Kind, checked
from csops_sync.sandbox.slack.errors import SlackError

KNOWN = {"channel": Kind.REQUIRED, "limit": Kind.NUMBER}


def test_arguments_come_in_their_kinds_and_a_workspace_may_be_named() -> None:
    """As slack_bolt does with every call."""
    given = checked({"channel": "C1", "limit": "5", "team_id": "T1"}, KNOWN)
    assert given == {"channel": "C1", "limit": 5, "team_id": "T1"}


@pytest.mark.parametrize(
    "given",
    [{}, {"channel": "C1", "nope": "1"}, {"channel": "C1", "limit": "x"}, {"channel": "C1", "team_id": 1}],
    ids=["nothing of what is required", "an unknown one", "no number", "no text"],
)
def test_anything_else_is_refused(given: dict[str, str | int]) -> None:
    with pytest.raises(SlackError, match="invalid_arguments"):
        checked(given, KNOWN)
