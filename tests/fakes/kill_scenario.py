"""The days on which the product is killed, each with a day that follows and builds on it.

Wednesday 1 April is the baseline, with the first load; Thursday has the first openings; then people work. On Friday
everything happens that is ever written: a renewal opens by the
daily rule and one by the enterprise rule, an opportunity of a person is adopted, a moved contract takes its
opportunity along, and a termination and a parallel opportunity are told. A flow of the org moves close dates to the
month's end, as it likes. On Monday what Friday left is used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.fakes import confidence_abroad, confidence_night, confidence_scenario
from tests.fakes.persevering import persevere
from tests.fakes.rig import Rig

TODAY = date(2026, 4, 1)
RULES = Path(__file__).parents[2] / "config" / "rules.yaml"
CONNECTIONS = RULES.with_name("sandbox.yaml")
MOVED, EDITED, TERMINATED, DOUBLED, DELETED = (
    "東都物流株式会社",
    "株式会社はるかぜ保険サービス",
    "株式会社みずほ野フーズ",
    "Kita Logistics K.K.",
    "合同会社ツバメ設計",
)
BY_PERSON = "2026-05-31"
FLOW = "ownership: {automation_users: [flow@csops.example], automation: yield}\n"
"""The org's flow moves close dates to the month's end, and is listed as what it is."""


_ENTERPRISE_START = date(2025, 9, 30)  # 180 days before its renewal date is Friday, 3 April
_ADOPTED_START = date(2025, 7, 2)
_THURSDAY = datetime(2026, 4, 2, 0, 0, tzinfo=UTC)
_FRIDAY = datetime(2026, 4, 3, 0, 0, tzinfo=UTC)
_MONDAY = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)


def connections(folder: Path) -> Path:
    """This function will write the connections of the sandbox, the flow's user listed, and give the file."""
    path = folder / "csops-sync.yaml"
    path.write_text(FLOW + CONNECTIONS.read_text("utf-8"), "utf-8")
    return path


@dataclass(frozen=True)
class Scenario:
    """What comes before the day of the kills, and the day after it. The day itself is cycles and deliveries, or `work`.

    `work` is begun anew after a kill, by a process that knows only what it left behind.
    """

    prepare: Callable[[Rig], None]
    go_on: Callable[[Rig], None]
    work: Callable[[Rig], None] = persevere
    rules: Path = RULES
    org: str = "small"


def _nothing(_rig: Rig) -> None:
    """Begin on a database without a row."""


def _thursday(rig: Rig) -> None:
    rig.sandbox.set_clock(_THURSDAY)
    persevere(rig)


def _until_friday(rig: Rig) -> None:
    rig.sync()
    rig.sandbox.advance_business_days(1)
    rig.sync()
    _people_work(rig)
    rig.restart()
    rig.sandbox.toggles(flow_month_end=True)
    rig.sandbox.set_clock(_FRIDAY)


def _monday(rig: Rig) -> None:
    rig.sandbox.set_clock(_MONDAY)
    _move(rig, MOVED, 26)
    _move(rig, "丸十青果株式会社", 13)
    _move(rig, EDITED, 14)
    _move(rig, "敷島重機株式会社", 13)
    _move(rig, "株式会社わかば商会", 13)
    persevere(rig)


def _people_work(rig: Rig) -> None:
    csm = rig.csm()
    _move(rig, MOVED, 25)
    _move(rig, EDITED, 13)
    opened = {_account(rig, str(one["AccountId"])): one for one in rig.renewals()}
    rig.sandbox.update("Opportunity", opened[EDITED]["Id"], {"CloseDate": BY_PERSON}, by=csm)
    ended = str(opened[TERMINATED]["ContractId"])
    rig.sandbox.update("Contract", ended, {"Terminated_On__c": "2026-04-02"}, by=csm)
    other = opened[DOUBLED]
    _renewal_by_person(rig, str(other["AccountId"]), str(other["ContractId"]), str(other["CloseDate"]))
    rig.sandbox.delete("Opportunity", opened[DELETED]["Id"], by=csm)
    rig.sell("敷島重機株式会社", start=_ENTERPRISE_START, account={"Tier__c": "Enterprise"})
    adopted = rig.sell("株式会社わかば商会", start=_ADOPTED_START)
    _renewal_by_person(rig, adopted.account, adopted.contract, "2026-06-30")


def _renewal_by_person(rig: Rig, account: str, contract: str, close_date: str) -> None:
    values = {"Name": "手で作った更新", "AccountId": account, "ContractId": contract, "StageName": "提案"}
    rig.sandbox.create("Opportunity", {**values, "CloseDate": close_date, "Amount": 1_000_000}, by=rig.csm())


def _move(rig: Rig, customer: str, months: int) -> None:
    account = next(one["Id"] for one in rig.sandbox.records("Account") if one["Name"] == customer)
    contracts = [one for one in rig.sandbox.records("Contract") if one["AccountId"] == account]
    rig.sandbox.update("Contract", str(contracts[0]["Id"]), {"ContractTerm": months}, by=rig.csm())


def _account(rig: Rig, record: str) -> str:
    return next(str(one["Name"]) for one in rig.sandbox.records("Account") if one["Id"] == record)


SCENARIOS: Mapping[str, Scenario] = {
    "baseline": Scenario(_nothing, _thursday),
    "friday": Scenario(_until_friday, _monday),
    "confidence": Scenario(
        confidence_scenario.prepare,
        confidence_scenario.go_on,
        work=confidence_scenario.work,
        rules=confidence_scenario.RULES,
        org="none",
    ),
    "night": Scenario(
        confidence_night.prepare,
        confidence_night.go_on,
        work=confidence_night.work,
        rules=confidence_night.RULES,
        org="none",
    ),
    "abroad": Scenario(
        confidence_abroad.prepare,
        confidence_abroad.go_on,
        work=confidence_abroad.work,
        rules=confidence_abroad.RULES,
        org="none",
    ),
}
