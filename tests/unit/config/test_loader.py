"""Both files together: all faults at once, hashes that mean something, credentials that stay secret."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.fakes.configuration import (
    GOOD,
    load_good,
    load_text,
    problems_of,
    small_connections,
    small_rules,
    with_sections,
)

from csops_sync.config.canonical import fingerprint
from csops_sync.config.loader import ConfigRefusedError, listen_address
from csops_sync.ports.crm import Role

_FIVE_FAULTS = """\
calendar: {timezone: Asia/Tokio, holidays: JP}
people: {csm: [account.csm]}
segments:
  enterprise: {account.tierr: Enterprise}
  everyone: {}
renewals:
  - name: all
    when: {segment: enterprize}
    open: {before_renewal: 90 dayz}
    opportunity:
      name: "{{ account.name"
      stage: 更新準備
      chanel: x
"""


def test_five_faults_in_one_file_give_five_exact_positions(tmp_path: Path) -> None:
    """A wrong zone, name, segment, duration and key."""
    problems = problems_of(tmp_path, rules=_FIVE_FAULTS.replace('"{{ account.name"', "x"))

    assert [(each.line, each.column, each.path) for each in problems] == [
        (1, 22, "calendar.timezone"),
        (4, 16, "segments.enterprise.account.tierr"),
        (8, 21, "renewals[0].when.segment"),
        (9, 28, "renewals[0].open.before_renewal"),
        (13, 7, "renewals[0].opportunity.chanel"),
    ]


def test_faults_of_both_files_and_the_environment_come_at_once_sorted_by_place(tmp_path: Path) -> None:
    """One run tells all of it."""
    (tmp_path / "rules.yaml").write_text(_FIVE_FAULTS, encoding="utf-8")
    connections = small_connections("end: EndDate", "end: End Date").replace("#csops-sync", "csops-sync")
    (tmp_path / "csops-sync.yaml").write_text(connections, encoding="utf-8")

    with pytest.raises(ConfigRefusedError) as refused:
        load_good(
            tmp_path / "rules.yaml",
            tmp_path / "csops-sync.yaml",
            environment={"CSOPS_SYNC_SALESFORCE_URL": "http://example.com"},
        )

    places = [(Path(each.file).name, each.line) for each in refused.value.problems]
    assert places == [
        ("csops-sync.yaml", 3),
        ("csops-sync.yaml", 9),
        ("rules.yaml", 1),
        ("rules.yaml", 4),
        ("rules.yaml", 8),
        ("rules.yaml", 9),
        ("rules.yaml", 11),
        ("rules.yaml", 13),
        ("environment", 0),
    ]
    assert str(refused.value).startswith("9 problems in the configuration\n")


def test_a_problem_prints_its_place_path_words_and_excerpt(tmp_path: Path) -> None:
    """As editors and terminals make it a link."""
    (problem,) = problems_of(
        tmp_path, rules=small_rules("stage: 更新準備", "stage: 更新準備\n      uplift: 3")
    )

    assert str(problem) == (
        f"{tmp_path}/rules.yaml:14:15: renewals[0].opportunity.uplift: 3 is not a share; write it like `3 %`\n"
        "          uplift: 3\n"
        "                  ^"
    )


def test_the_caret_stands_under_the_column_behind_wide_characters(tmp_path: Path) -> None:
    """Japanese letters are two columns wide."""
    rules = small_rules("everyone: {}", "大口のお客様: {account.tierr: x}")

    (problem,) = problems_of(tmp_path, rules=rules)

    assert problem.excerpt.splitlines()[1] == "      　　　　　　   ^"


def test_a_fault_behind_an_anchor_is_told_once_though_two_rules_use_it(tmp_path: Path) -> None:
    """It is mended in one place too."""
    rules = (
        small_rules("opportunity:", "opportunity: &it").replace("stage:", "stag:")
        + "  - {name: b, open: {before_renewal: 1 day}, opportunity: *it}\n"
    )

    problems = problems_of(tmp_path, rules=rules)

    assert [each.path.rpartition(".")[2] for each in problems] == ["stage", "stag"]


def test_a_file_that_is_not_there_is_a_problem_with_its_path(tmp_path: Path) -> None:
    """Not a stack trace."""
    with pytest.raises(ConfigRefusedError) as refused:
        load_good(tmp_path / "none.yaml")

    assert "none.yaml:1:1: cannot be read: No such file or directory" in str(refused.value)


def test_comments_key_order_and_layout_do_not_change_the_hash(tmp_path: Path) -> None:
    """Nothing is decided again for a comment."""
    plain = load_good().rules.hash
    written_otherwise = (
        "# another comment\n\n"
        + with_sections(GOOD / "small-rules.yaml", {}).replace("90 days", "90  days")
        + "\n"
    )

    assert load_text(tmp_path, rules=written_otherwise).rules.hash == plain


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("90 days", "91 days"),
        ("更新準備", "提案"),
        ("Enterprise", "Enterprises"),
        ("holidays: JP", "holidays: [JP, 2026-12-30]"),
        ("{{ account.name }}", "{{ account.name }}!"),
        ("#renewals", "#renewal"),
        ("  everyone: {}", "  standard: {account.tier: Standard}\n  everyone: {}"),
    ],
)
def test_whatever_counts_changes_the_hash(tmp_path: Path, old: str, new: str) -> None:
    assert load_text(tmp_path, rules=small_rules(old, new)).rules.hash != load_good().rules.hash


def test_the_order_of_segments_changes_the_hash(tmp_path: Path) -> None:
    """The first match wins."""
    named = ("big: {account.name: 大手}", "ours: {account.csm: {present: true}}")
    hashes = {
        load_text(tmp_path, rules=small_rules("everyone: {}", "\n  ".join(each))).rules.hash
        for each in (named, named[::-1])
    }

    assert len(hashes) == 2


def test_the_hash_stays_over_the_turn_of_the_year_while_more_holidays_are_carried() -> None:
    """Else 1 January would hold all that is due."""
    december, january = (load_good(today=day).rules for day in (date(2026, 12, 31), date(2027, 1, 1)))

    assert december.hash == january.hash
    assert december.calendar.own != january.calendar.own


def test_a_lifecycle_condition_of_the_other_file_changes_the_hash(tmp_path: Path) -> None:
    """It decides who is eligible."""
    other = load_text(tmp_path, connections=small_connections("Activated", "In Force"))

    assert other.rules.hash != load_good().rules.hash


def test_a_mapping_hash_changes_with_a_field_and_only_for_its_role(tmp_path: Path) -> None:
    """Other roles need no new first load."""
    before = load_good().mapping.hashes
    after = load_text(
        tmp_path, connections=small_connections("tier: Tier__c", "tier: Tier2__c")
    ).mapping.hashes

    assert {role for role in before if before[role] != after[role]} == {Role.ACCOUNT}


def test_positions_name_the_place_of_every_path_of_both_files() -> None:
    """For messages that come up later."""
    positions = load_good().positions

    assert positions["renewals[0].open.before_renewal"].endswith("small-rules.yaml:10:28")
    assert positions["mapping.contract.fields.end"].endswith("small-connections.yaml:9:57")


def test_channels_that_have_ids_are_told_by_id(tmp_path: Path) -> None:
    """A private channel cannot be looked up by name."""
    connections = small_connections('"#csops-sync"', '"#csops-sync", channels: {"#renewals": C0123ABCD}')

    announce = load_text(tmp_path, connections=connections).rules.renewals[0].announce

    assert announce is not None
    assert announce.channel == "C0123ABCD"


def test_a_country_spelled_out_has_the_fiscal_year_and_holidays_of_its_code(tmp_path: Path) -> None:
    """Orgs write 日本, not JP."""
    rules = with_sections(
        GOOD / "docs-rules.yaml",
        {"calendar": {"timezone": "Asia/Tokyo", "holidays": "JP", "countries": {"日本": "JP"}}},
    )

    connections = small_connections("csm: CSM__c", "csm: CSM__c, country: BillingCountry")

    loaded = load_text(tmp_path, rules=rules, connections=connections).rules

    assert loaded.budget_season is not None
    assert loaded.budget_season.by_country == {"JP": 4, "日本": 4}
    assert loaded.calendar.by_country["日本"] == replace(loaded.calendar.own, name="JP")


def test_written_fields_are_those_that_the_rules_fill_and_the_mapping_knows() -> None:
    """The start check asks for the right to write them."""
    written = load_good().mapping.written

    assert written == {"account", "name", "stage", "close_date", "renewal_key"}


def test_a_fingerprint_changes_with_a_byte_and_with_a_file_that_goes(tmp_path: Path) -> None:
    """The daemon watches it."""
    path = tmp_path / "rules.yaml"
    prints = [fingerprint([path])]
    for text in ("a: 1\n", "a: 2\n"):
        path.write_text(text, encoding="utf-8")
        prints.append(fingerprint([path]))

    assert len(set(prints)) == 3
    assert fingerprint([path]) == prints[-1]


@pytest.mark.parametrize(
    ("connections", "expected"),
    [
        ('listen: "127.0.0.1:8091"\n', ("127.0.0.1", 8091)),
        ("mode: live\n", ("127.0.0.1", 8080)),
        ("listen: nowhere\n", ("127.0.0.1", 8080)),
        ("listen: {\n", ("127.0.0.1", 8080)),
        ('listen: "127.0.0.1:8091"\nmapping: nothing of use\n', ("127.0.0.1", 8091)),
    ],
    ids=["named", "default", "faulty", "unreadable", "others at fault"],
)
def test_where_the_daemon_listens_is_known_whatever_else_is_at_fault(
    tmp_path: Path, connections: str, expected: tuple[str, int]
) -> None:
    """A daemon lives on with its old rules while the files are faulty, and must not be taken for dead."""
    path = tmp_path / "csops-sync.yaml"
    path.write_text(connections, "utf-8")

    assert listen_address(path) == expected


def test_a_rule_that_can_still_be_reached_is_not_refused(tmp_path: Path) -> None:
    """`everyone` is only who is in no segment before it."""
    first = "  - name: all\n    when: {segment: enterprise}\n"
    others = (
        "  - {name: rest, when: {segment: everyone}, open: {before_renewal: 60 days}, "
        'opportunity: {name: "{{ account.name }}", stage: 更新準備}}\n'
    )

    assert problems_of(tmp_path, rules=small_rules(first, others + first)) == []


def test_a_rule_that_is_never_reached_hides_no_other_fault_of_it(tmp_path: Path) -> None:
    """All faults at once."""
    text = small_rules("    when: {segment: enterprise}\n", "")
    problems = problems_of(tmp_path, rules=text + "  - name: second\n")

    assert sorted(each.path for each in problems) == [
        "renewals[1]",
        "renewals[1].open",
        "renewals[1].opportunity",
    ]
