"""A story by seed: a few days, and what people do in the CRM before each. The same seed tells the same story."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.fakes.rig import Sold
from tests.fakes.world import World

ENTERPRISE = {"Tier__c": "Enterprise"}
STARTS: Sequence[tuple[str, date, Mapping[str, object]]] = (
    *((name, date(2025, 7, 1), {}) for name in "ABCDEFGH"),  # due on Thursday, 2 April
    *((name, date(2025, 7, 2), {}) for name in "IJ"),  # on Friday
    *((name, date(2025, 7, 5), {}) for name in "KL"),  # on Monday
    ("M", date(2025, 7, 6), {}),  # on Tuesday
    ("N", date(2025, 9, 30), ENTERPRISE),  # on Friday
    ("O", date(2025, 10, 3), ENTERPRISE),  # on Monday
)
"""Customers with one contract of twelve months each, told in the day's group unless they are large."""

QUIET = "AB"
"""Customers whom no story touches but in the middle of a run: what is done to them then may come early or late."""

Customers = Mapping[str, Sold]
Act = Callable[[World, Sold, Random], None]


@dataclass(frozen=True)
class Deed:
    """One thing that a person does: `name` for the report, `act` for the sandbox."""

    name: str
    customer: str
    act: Act
    seed: int

    def do(self, world: World, customers: Customers) -> None:
        """Do it, where it can be done at all."""
        self.act(world, customers[self.customer], Random(self.seed))  # noqa: S311  # a repeatable story

    def __str__(self) -> str:
        return f"{self.customer}: {self.name}"


@dataclass(frozen=True)
class Day:
    """How many business days pass, what people have done when the work begins, and what they do in its middle."""

    business_days: int
    before: Sequence[Deed]
    meanwhile: Sequence[Deed]


def sell_everything(world: World) -> Customers:
    """This function will make all customers, before the baseline."""
    return {name: world.sell(name, start=start, account=account) for name, start, account in STARTS}


def tell(seed: int, *, days: int) -> Sequence[Day]:
    """This function will make the story of a seed: Thursday, and days that follow it."""
    chance = Random(seed)  # noqa: S311  # as above
    return [_day(chance, number) for number in range(days)]


def _day(chance: Random, number: int) -> Day:
    apart = [name for name, _, _ in STARTS if name not in QUIET]
    chosen = chance.sample(apart, chance.randint(1, 3) if number else chance.randint(0, 2))
    before = [_deed(chance, name, DEEDS) for name in chosen]
    meanwhile = [_deed(chance, chance.choice(QUIET), MEANWHILE)] if number and chance.random() < 0.5 else []
    return Day(1 if number == 0 else chance.choice((1, 1, 2)), before, meanwhile)


def _deed(chance: Random, customer: str, deeds: Mapping[str, Act]) -> Deed:
    name = chance.choice(sorted(deeds))
    return Deed(name, customer, deeds[name], chance.randrange(1 << 30))


def _contract(**values: object) -> Act:
    return lambda world, sold, _chance: world.sandbox.update(
        "Contract", sold.contract, values, by=world.csm()
    )


def _moved(*months: int) -> Act:
    return lambda world, sold, chance: world.change(sold.contract, months=chance.choice(months))


def _corrected_by_a_day(world: World, sold: Sold, chance: Random) -> None:
    (contract,) = [one for one in world.sandbox.records("Contract") if one["Id"] == sold.contract]
    start = date.fromisoformat(str(contract["StartDate"]))
    world.change(sold.contract, start=start + timedelta(days=chance.choice((-1, 1, 2))))


def _amount(world: World, sold: Sold, chance: Random) -> None:
    _contract(Annual_Amount__c=100_000 * chance.randint(5, 50))(world, sold, chance)


def _opportunity(**values: object) -> Act:
    """Edit the opportunity of the renewal, if there is one that is not deleted."""

    def edit(world: World, sold: Sold, _chance: Random) -> None:
        if record := _living(world, sold):
            world.sandbox.update("Opportunity", record, values, by=world.csm())

    return edit


def _deleted(world: World, sold: Sold, _chance: Random) -> None:
    if record := _living(world, sold):
        world.sandbox.delete("Opportunity", record, by=world.csm())


def _living(world: World, sold: Sold) -> str | None:
    found = [one for one in world.renewals() if one["Renewal_Key__c"] == sold.key and not one["IsDeleted"]]
    return str(found[0]["Id"]) if found else None


def _taken_back(world: World, sold: Sold, _chance: Random) -> None:
    """Take the renewal's opportunity out of the recycle bin."""
    for one in world.renewals():
        if one["Renewal_Key__c"] == sold.key and one["IsDeleted"]:
            world.sandbox.undelete("Opportunity", one["Id"], by=world.csm())


def _renamed(world: World, sold: Sold, chance: Random) -> None:
    world.sandbox.update("Account", sold.account, {"Name": f"新社名{chance.randint(1, 99)}"})


def _given_to_another(world: World, sold: Sold, chance: Random) -> None:
    """Give the customer another CSM."""
    people = [one["Id"] for one in world.sandbox.records("User") if one["IsActive"] and one["ManagerId"]]
    world.sandbox.update("Account", sold.account, {"CSM__c": chance.choice(people)})


def _made_by_hand(world: World, sold: Sold, _chance: Random) -> None:
    world.create_by_hand(sold)


def _made_without_a_link(world: World, sold: Sold, _chance: Random) -> None:
    types = world.sandbox.records("RecordType")
    renewal = next(one["Id"] for one in types if one["DeveloperName"] == "Renewal")
    world.create_by_hand(sold, ContractId=None, RecordTypeId=renewal)


DEEDS: Mapping[str, Act] = {
    "the contract is extended": _moved(13, 14, 18),
    "the contract is shortened": _moved(11),
    "the contract's start is corrected": _corrected_by_a_day,
    "the contract is terminated": _contract(Terminated_On__c="2026-04-01"),
    "the customer announces to leave": _contract(Cancellation_Notice__c="2026-04-01"),
    "the amount changes": _amount,
    "the close date is edited": _opportunity(CloseDate="2026-05-15"),
    "amount and name are edited": _opportunity(Amount=777_000, Name="私の商談"),
    "it is won": _opportunity(StageName="受注"),
    "it is lost": _opportunity(StageName="失注"),
    "it is deleted": _deleted,
    "it is taken out of the bin": _taken_back,
    "it is open again": _opportunity(StageName="交渉"),
    "the customer gets another CSM": _given_to_another,
    "the customer changes its name": _renamed,
    "it is made by hand": _made_by_hand,
    "it is made by hand without a link": _made_without_a_link,
}

MEANWHILE: Mapping[str, Act] = {
    "the close date is edited meanwhile": _opportunity(CloseDate="2026-05-20", NextStep="電話する"),
    "the contract is extended meanwhile": _moved(15),
    "the amount changes meanwhile": _contract(Annual_Amount__c=4_200_000),
}
