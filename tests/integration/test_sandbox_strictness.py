"""Every strictness of the sandbox has a wrong request that fails: what refuses is reached, what it says is asserted.

The tests that send wrong requests are run once more, in one process, with the sandbox's source marked at each place
that refuses (`tests.fakes.refusals_seen`): about 25 seconds of CPU. A place that none of them reaches fails this test
by its file and line: send it a request that is refused, or take it out, or say below why nobody can reach it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fakes.refusal_sites import Site, codes, everywhere

ROOT = Path(__file__).parents[2]
IN_PROCESS, OVER_HTTP = "sandbox/test_", "integration/test_sandbox_"
MODULES = {
    IN_PROCESS: (
        "block_kit bulk_jobs bulk_upload fault_rules org_file org_file_dates rfc6455 sandbox_access"
        " sandbox_date_literals sandbox_deleting sandbox_field_definitions sandbox_headers sandbox_lines"
        " sandbox_metadata sandbox_numbers sandbox_refusals sandbox_rules"
        " sandbox_seeds sandbox_soql_groups sandbox_soql_joins sandbox_soql_misuse"
        " sandbox_soql_selection sandbox_values slack_acknowledgements slack_arguments"
    ),
    OVER_HTTP: (
        "bulk_ingest bulk_ingest_jobs bulk_query control_orders page_refusals websocket salesforce_batches"
        " salesforce_bodies salesforce_changes salesforce_graphs salesforce_login"
        " salesforce_queries salesforce_rows salesforce_sets salesforce_strict_bodies salesforce_tokens"
        " salesforce_trees salesforce_upserts salesforce_wrong_requests slack slack_answers slack_files slack_methods"
        " slack_reading slack_wrong_requests"
    ),
}
"""The tests that send wrong requests, in so few modules that they are run twice without much ado."""
INTERNAL = {
    "faults.py restore TypeError": "a snapshot comes from `save` of the same class",
    "ledger.py restore TypeError": "a snapshot comes from `save` of the same class",
    "pages/crm_desk.py _save ValueError": "a record with a form was found a moment before, under the same lock",
    "salesforce/automation.py _stage LookupError": "the picklist has the stages' names, and was checked before",
    "salesforce/conditions.py _single TypeError": "semi-joins are replaced by their ids before conditions are read",
    "salesforce/date_literals.py _span ValueError": "the grammar and `is_date_literal` let literals alone through",
    "salesforce/found_rows.py _row LookupError": "an id without a row stands for a row that can be made again",
    "salesforce/jobs/ingest_work.py _begin TypeError": "a job is told how to write before it is put in the queue",
    "salesforce/rows.py row_fault ValueError": "callers ask whether the call carries a fault",
    "salesforce/soql.py parse TypeError": "the grammar gives a query's select first",
    "salesforce/soql_reading.py read_query TypeError": "the grammar gives the object's name after the fields",
    "salesforce/table.py grow ValueError": "rows that are drawn are loaded into empty tables",
    "slack/stamps.py instant_of ValueError": "it reads the sandbox's own message timestamps",
    "toxics.py _refuse ValueError": "the rules of faults name only those that are played on the wire",
    "websocket.py _head TypeError": "uvicorn hands a connection over once it has read a whole head",
    "websocket.py _send ValueError": "the one application behind it sends texts, and closes",
}
"""Errors of the program itself, which no request brings about: where, and why."""


def _seen(path: Path) -> set[Site]:
    """Run the tests that send wrong requests, and give the places that refused."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.fakes.refusals_seen",
    ]
    command += [f"--refusals-seen={path}"]
    command += [f"tests/{start}{name}.py" for start, names in MODULES.items() for name in names.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)  # noqa: S603  # our own tests
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
    return {Site(*one) for one in json.loads(path.read_text("utf-8"))}


@pytest.mark.timeout(600)
def test_a_wrong_request_reaches_every_place_that_refuses(tmp_path: Path) -> None:
    seen = _seen(tmp_path / "seen.json")
    missed = [str(one.site) for one in everywhere() if one.site not in seen and one.name not in INTERNAL]
    assert missed == [], f"no wrong request reaches {', '.join(missed)}"
    reached = [one.name for one in everywhere() if one.site in seen and one.name in INTERNAL]
    assert reached == [], f"no internal errors: {', '.join(reached)}"


def test_what_is_called_internal_is_there() -> None:
    assert INTERNAL.keys() - {one.name for one in everywhere()} == set()


def test_every_code_that_the_sandbox_answers_is_named_by_a_test() -> None:
    files = [
        path
        for folder in ("sandbox", "integration", "conformance")
        for path in (ROOT / "tests" / folder).rglob("*")
    ]
    texts = [
        path.read_text("utf-8")
        for path in files
        if path.suffix in {".py", ".json"} and path != Path(__file__)
    ]
    named = {word for text in texts for word in re.findall(r"\w+", text)}
    silent = [f"{code} ({site})" for code, site in sorted(codes().items()) if code not in named]
    assert silent == [], f"no test asserts {', '.join(silent)}"
