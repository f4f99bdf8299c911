"""The users of a seeded org: a head, managers, CSMs below them, one who left, and the ones that are no people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csops_sync.sandbox.seed import SeedRecord, Value

DOMAIN = "csops.example"
ADMIN, INTEGRATION, AUTOMATION = "@admin", "@integration", "@flow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A name as the org's language writes it, and the part of the e-mail address before the @."""

    first: str
    last: str
    mailbox: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who works here. `left` is a CSM who is no longer active. `surname_first` is how Japanese names are read."""

    head: Person
    managers: Sequence[Person]
    csms: Sequence[Person]
    left: Person
    surname_first: bool = True

    def csm(self, index: int) -> str:
        """This function will give the reference of the CSM at `index`, round and round."""
        return f"@csm-{index % len(self.csms) + 1}"

    def users(self) -> list[SeedRecord]:
        """This function will give the User rows, managers before those they manage."""
        rows = [
            self._fixed("admin", "Admin"),
            self._fixed("integration", "Integration"),
            self._fixed("flow", "Flow"),
        ]
        rows.append(self._user("head", self.head))
        for index, person in enumerate(self.managers, start=1):
            rows.append(self._user(f"manager-{index}", person, manager="@head"))
        for index, person in enumerate(self.csms, start=1):
            rows.append(self._user(f"csm-{index}", person, manager=self._manager_of(index)))
        rows.append(self._user("csm-left", self.left, manager=self._manager_of(1), active=False))
        return rows

    def slack_users(self) -> Mapping[str, str]:
        """This function will give e-mail to name of everybody who still works here."""
        people = [self.head, *self.managers, *self.csms]
        return {_email(person.mailbox): self._name(person) for person in people} | {_email("admin"): "Admin"}

    def slack_timezones(self) -> Mapping[str, str]:
        """This function will give the one who lives on the other side of the world: the last CSM."""
        elsewhere = "America/New_York" if self.surname_first else "Asia/Tokyo"
        return {_email(person.mailbox): elsewhere for person in self.csms[-1:]}

    def _manager_of(self, csm: int) -> str:
        return f"@manager-{csm % len(self.managers) + 1}"

    def _name(self, person: Person) -> str:
        if self.surname_first:
            return f"{person.last} {person.first}"
        return f"{person.first} {person.last}"

    def _user(
        self, ref: str, person: Person, *, manager: str | None = None, active: bool = True
    ) -> SeedRecord:
        values: dict[str, Value] = {
            "FirstName": person.first,
            "LastName": person.last,
            "Name": self._name(person),
            "Username": _email(person.mailbox),
            "Email": _email(person.mailbox),
            "IsActive": active,
            "ManagerId": manager,
        }
        return SeedRecord(ref=ref, values=values)

    def _fixed(self, mailbox: str, last: str) -> SeedRecord:
        values: dict[str, Value] = {
            "LastName": last,
            "Name": last,
            "Username": _email(mailbox),
            "Email": _email(mailbox),
            "IsActive": True,
        }
        return SeedRecord(ref=mailbox, values=values)


def _email(mailbox: str) -> str:
    return f"{mailbox}@{DOMAIN}"


_SURNAMES = (
    ("佐藤", "sato"), ("鈴木", "suzuki"), ("高橋", "takahashi"), ("田中", "tanaka"), ("伊藤", "ito"),
    ("渡辺", "watanabe"), ("山本", "yamamoto"), ("中村", "nakamura"), ("小林", "kobayashi"), ("加藤", "kato"),
    ("吉田", "yoshida"), ("山田", "yamada"),
)  # fmt: skip
_GIVEN = (
    ("美咲", "misaki"), ("翔太", "shota"), ("陽菜", "hina"), ("健", "ken"), ("さくら", "sakura"),
    ("大輔", "daisuke"), ("葵", "aoi"), ("直樹", "naoki"), ("由美", "yumi"), ("蓮", "ren"), ("真理", "mari"),
)  # fmt: skip
_ENGLISH = (
    "Alice Morgan", "Ben Carter", "Chloe Nguyen", "Daniel Ortiz", "Erin Walsh", "Farid Haddad", "Grace Kim",
    "Hugo Larsen", "Isla Reed", "Jonas Weber", "Keira Shaw", "Liam Brooks",
)  # fmt: skip


def japanese_staff(*, csms: int, managers: int) -> Staff:
    """This function will give a Japanese team of the wanted size; the first names of the list lead it."""
    people = [_japanese(index) for index in range(csms + managers + 2)]
    head, left, *rest = people
    return Staff(head=head, left=left, managers=rest[:managers], csms=rest[managers:])


def english_staff(*, csms: int, managers: int) -> Staff:
    """This function will give an English-speaking team; at most twelve people altogether."""
    head, left, *rest = [_english(name) for name in _ENGLISH[: csms + managers + 2]]
    return Staff(head=head, left=left, managers=rest[:managers], csms=rest[managers:], surname_first=False)


def _japanese(index: int) -> Person:
    last, last_latin = _SURNAMES[index % len(_SURNAMES)]
    first, first_latin = _GIVEN[index % len(_GIVEN)]
    return Person(first=first, last=last, mailbox=f"{first_latin}.{last_latin}")


def _english(name: str) -> Person:
    first, last = name.split()
    return Person(first=first, last=last, mailbox=f"{first}.{last}".lower())
