"""`csops-sync explain`, as people read it."""

from dataclasses import replace
from pathlib import Path

from tests.unit.cli.example_views import RENEWAL, VIEW

from csops_sync.interfaces.cli.render_explain import explain_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "explain.txt"


def test_the_example_is_reproduced_to_the_letter() -> None:
    """From a real open decision; the first line of the file is the command itself."""
    command = "$ csops-sync explain 8005g00000ABCDeAAP"

    assert f"{command}\n\n{explain_text(VIEW)}" == EXAMPLE.read_text(encoding="utf-8")


def test_a_renewal_that_is_not_opened_says_why() -> None:
    """Without a rule, steps or a history."""
    renewal = replace(
        RENEWAL, open_date=None, state="won", steps=(), events=(), remarks=("won as 0065g00000XYZabAAH",)
    )

    assert explain_text(replace(VIEW, renewals=(renewal,))).splitlines()[1:] == [
        "Renewal for the term from 2026-10-01",
        "",
        "  not opened: won",
        "  won as 0065g00000XYZabAAH",
    ]


def test_several_renewals_stand_apart_and_the_contracts_own_remarks_come_first() -> None:
    """A gap is about the contract and not about a renewal."""
    bare = replace(RENEWAL, steps=(), remarks=(), events=(), rule=None)
    view = replace(VIEW, renewals=(bare, bare), remarks=("3 days after the contract before it",))

    assert explain_text(view).splitlines()[1:] == [
        "  3 days after the contract before it",
        "Renewal for the term from 2026-10-01",
        "",
        "  opens 2025-12-01 (Mon)",
        "",
        "Renewal for the term from 2026-10-01",
        "",
        "  opens 2025-12-01 (Mon)",
    ]


def test_a_contract_of_which_little_is_known_is_still_explained() -> None:
    """Evergreen, without an amount or a renewal."""
    contract = replace(VIEW.contract, amount=None, start=None, end=None, terms=())

    assert explain_text(replace(VIEW, contract=contract, renewals=())) == (
        "Contract 00000123 · 株式会社みなと商事 · no amount on record · no start date with no end\n"
        "No renewal of this contract is known.\n"
    )
