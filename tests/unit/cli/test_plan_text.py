"""`csops-sync plan`, as people read it."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from tests.unit.cli.example_views import PLAN, update

from csops_sync.app.views import ChangeRow, LimitsView
from csops_sync.domain.money import Money
from csops_sync.interfaces.cli.render_columns import display_width
from csops_sync.interfaces.cli.render_plan import plan_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "plan.txt"


EMPTY = replace(PLAN, creates=(), updates=(), left_alone=(), messages=())


def test_the_example_is_reproduced_to_the_letter() -> None:
    """The first line of the file is the command itself."""
    assert f"$ csops-sync plan\n\n{plan_text(PLAN)}" == EXAMPLE.read_text(encoding="utf-8")


def test_a_plan_without_anything_to_do_says_so() -> None:
    """And still says what it was worked out from."""
    assert (
        plan_text(EMPTY).splitlines()[2] == "Nothing to do: Salesforce and Slack are as the rules want them."
    )


def test_one_of_each_is_counted_in_the_singular() -> None:
    """And an amount that is not known is no zero."""
    plan = replace(
        PLAN,
        creates=(replace(PLAN.creates[0], amount=None),),
        updates=PLAN.updates[:1],
        messages=PLAN.messages[:1],
        limits=LimitsView(creates=1, updates=1, messages=1),
    )
    lines = plan_text(plan).splitlines()

    assert lines[2] == "+ 1 renewal to open"
    assert "no amount" in lines[3]
    assert lines[4] == "~ 1 opportunity to update"
    assert lines[8] == "> 1 message"
    assert lines[-1].endswith("Limits: 1 create, 1 update, 1 message a cycle.")


def test_amounts_are_aligned_on_their_last_digit_and_added_up_by_currency() -> None:
    """A short amount does not move the columns behind it."""
    dollars = replace(PLAN.creates[2], amount=Money(Decimal("950.50"), "USD"))
    lines = plan_text(replace(EMPTY, creates=(PLAN.creates[0], dollars))).splitlines()

    assert lines[2].endswith("   ¥6,000,000 + $950.50 a year")
    assert display_width(lines[3].partition("   budget")[0]) == display_width(
        lines[4].partition("   notice")[0]
    )


def test_what_is_held_is_marked_and_how_to_approve_it_is_said() -> None:
    """Exactly that, by its hash."""
    plan = replace(PLAN, creates=(replace(PLAN.creates[0], held=True),), held_hash="77ab12cd90")
    lines = plan_text(plan).splitlines()

    assert lines[3].endswith("enterprise   held")
    assert "`csops-sync sync --approve 77ab12cd90` sends exactly that." in lines[-2]


def test_adoptions_ambiguities_notes_and_blocks_have_their_places() -> None:
    """An adoption is a change to somebody's opportunity."""
    stamp = ChangeRow(field="renewal_key", label="renewal key", before=None, after="8005g00000ABCDeAAP-1")
    remark = replace(PLAN.left_alone[0], subject="00000123", text="two candidates", kind="ambiguous")
    plan = replace(
        EMPTY,
        adoptions=(update("手作りの更新", stamp, "linked to the contract"),),
        ambiguous=(remark,),
        notes=(replace(remark, kind="gap", text="gap of 3 days"),),
        blocked=("Contract.Annual_Amount__c cannot be read",),
    )

    assert plan_text(plan).splitlines()[2:] == [
        "~ 1 opportunity of a person to adopt",
        "    手作りの更新                  renewal key - -> 8005g00000ABCDeAAP-1   linked to the contract",
        "= 1 ambiguous: say which with `csops-sync adopt <contract> <opportunity>`",
        "    00000123                      two candidates",
        "= 1 to look at",
        "    00000123                      gap of 3 days",
        "",
        "Blocked: Contract.Annual_Amount__c cannot be read",
        (
            "Nothing is written. `csops-sync sync` does exactly this. "
            "Limits: 50 creates, 200 updates, 40 messages a cycle."
        ),
    ]


def test_org_text_cannot_steer_the_terminal() -> None:
    """Escape sequences, line breaks and direction marks are taken out."""
    hostile = replace(PLAN.creates[0], account_name="a\x1b[2Jb\nc\u202ed")

    assert "a [2Jb cd" in plan_text(replace(EMPTY, creates=(hostile,)))


def test_a_renewal_that_takes_something_over_says_what_and_still_that_it_is_held() -> None:
    """What is copied stands before what waits."""
    taking = replace(PLAN.creates[0], copies=("line_items", "contact_roles"), held=True)
    lines = plan_text(replace(EMPTY, creates=(taking,))).splitlines()

    assert lines[3].endswith("copies line items and contact roles, held")
