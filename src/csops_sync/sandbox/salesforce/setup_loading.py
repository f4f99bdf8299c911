"""Loads what every org has before its own records: roles, profiles, permissions, fiscal years, currencies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from csops_sync.sandbox.salesforce import field_definitions, fiscal, people_rows
from csops_sync.sandbox.salesforce.org import Org
from csops_sync.sandbox.salesforce.org_state import People
from csops_sync.sandbox.salesforce.people_rows import ADMIN, AUTOMATION, INTEGRATION
from csops_sync.sandbox.seed import OrgSeed, SeedRecord, Value

LOADED = frozenset({"User", "UserRole", "Profile", "CurrencyType"})
"""Objects of a seed that are loaded here, in an order of their own."""
_PLACED = ("UserRoleId", "ProfileId")
_NO_DECIMALS = frozenset({"JPY", "KRW", "VND", "CLP"})


class Loader(Protocol):
    """What stores seed records."""

    def load(self, name: str, records: Iterable[SeedRecord]) -> None:
        """Store the records of one object."""

    def place(self, name: str, ref: str, values: Mapping[str, Value]) -> None:
        """Set fields of a record that is there."""

    def id_of(self, ref: str) -> str:
        """Give the id of a record that is there."""


def load_setup(org: Org, loader: Loader, seed: OrgSeed) -> None:
    """This function will load the setup of an org, and set its people."""
    users = _with_own_users(seed.records.get("User", ()))
    loader.load("User", [_unplaced(user) for user in users])
    org.people = People(
        admin=loader.id_of(ADMIN),
        integration=loader.id_of(INTEGRATION),
        automation=loader.id_of(AUTOMATION),
    )
    loader.load("Organization", [SeedRecord(ref="organization", values=seed.organization)])
    _load_currencies(org, loader, seed.records.get("CurrencyType", ()))
    profiles = _place_users(org, loader, seed, users)
    loader.load("PermissionSet", people_rows.permission_sets())
    loader.load("PermissionSetAssignment", people_rows.assignments(profiles))
    loader.load("ObjectPermissions", people_rows.object_permissions(org.schema))
    loader.load("FieldPermissions", people_rows.field_permissions(org.schema))
    loader.load(field_definitions.NAME, field_definitions.rows(org.schema))
    access = {"ParentId": "@permission-set-login", "SetupEntityType": "ConnectedApplication"}
    loader.load("SetupEntityAccess", [SeedRecord(ref="app-access", values=access)])
    loader.load("DuplicateRule", people_rows.duplicate_rules(org.schema))
    _load_calendar_and_book(org, loader)


def _place_users(org: Org, loader: Loader, seed: OrgSeed, users: Sequence[SeedRecord]) -> Mapping[str, str]:
    """Give users their role and profile, as the seed says or as follows; the answer is each user's profile."""
    given = seed.records.get("UserRole")
    roles, role_of = people_rows.roles(users) if given is None else (list(given), {})
    loader.load("UserRole", roles)
    loader.load("Profile", [*people_rows.profiles(), *seed.records.get("Profile", ())])
    profiles: dict[str, str] = {}
    for user in users:
        profile = user.values.get("ProfileId") or people_rows.profile_of(user.ref)
        role = user.values.get("UserRoleId") or role_of.get(user.ref)
        loader.place("User", user.ref, {"ProfileId": profile, "UserRoleId": role, **_currency(org)})
        if profile is not None:
            profiles[user.ref] = str(profile).removeprefix("@")
    return profiles


def _load_calendar_and_book(org: Org, loader: Loader) -> None:
    years, today = fiscal.fiscal_years(org), org.now().date()
    loader.load("FiscalYearSettings", fiscal.year_rows(years, today))
    periods = list(fiscal.period_rows(years, today))
    loader.load("Period", periods)
    for period in periods:
        if period.values["Type"] == "Year":
            settings = str(period.values["FiscalYearSettingsId"]).removeprefix("@")
            loader.place("FiscalYearSettings", settings, {"PeriodId": f"@{period.ref}"})
    zone = str(org.setting("TimeZoneSidKey") or "UTC")
    loader.load("BusinessHours", [fiscal.business_hours(zone)])
    book: dict[str, Value] = {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
    loader.load("Pricebook2", [SeedRecord(ref="standard-price-book", values=book)])


def _load_currencies(org: Org, loader: Loader, given: Iterable[SeedRecord]) -> None:
    """Load the currencies; the corporate one is the org's default where the seed does not bring it."""
    if org.schema.find("CurrencyType") is None:
        return
    code = str(org.setting("DefaultCurrencyIsoCode") or "USD")
    rows = list(given)
    if not any(row.values.get("IsCorporate") for row in rows):
        values: dict[str, Value] = {"IsoCode": code, "ConversionRate": 1, "IsCorporate": True}
        values["DecimalPlaces"] = 0 if code in _NO_DECIMALS else 2
        rows.insert(0, SeedRecord(ref=f"currency-{code}", values=values))
    loader.load("CurrencyType", rows)


def _currency(org: Org) -> Mapping[str, Value]:
    code = org.setting("DefaultCurrencyIsoCode")
    if not org.schema["User"].has("DefaultCurrencyIsoCode") or code is None:
        return {}
    return {"CurrencyIsoCode": str(code), "DefaultCurrencyIsoCode": str(code)}


def _unplaced(user: SeedRecord) -> SeedRecord:
    values = {name: value for name, value in user.values.items() if name not in _PLACED}
    return SeedRecord(ref=user.ref, values=values, created_on=user.created_on, by=user.by)


def _with_own_users(users: Sequence[SeedRecord]) -> list[SeedRecord]:
    """Put the users that every org has before the seed's own, where the seed does not bring them itself."""
    brought = {user.ref for user in users}
    own = [_user(ref) for ref in (ADMIN, INTEGRATION, AUTOMATION) if ref not in brought]
    return [*own, *users]


def _user(ref: str) -> SeedRecord:
    address = f"{ref}@csops.example"
    name: Mapping[str, Value] = {"LastName": ref.capitalize(), "Username": address, "Email": address}
    return SeedRecord(ref=ref, values=name)
