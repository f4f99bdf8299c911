"""An org that a person described in a short YAML file; `config/sandbox-org.yaml` is an example of one.

Keys at the top: `organization`, `roles`, `users`, `channels`, `emoji`, `stages`, `accounts` (with their
contracts, and these with their opportunities). Everything but the accounts' names, the users' names, a contract's
amount and one of its dates has a default. `fields` of a record names any other field by its API name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from csops_sync.sandbox.orgs.deals import Language
from csops_sync.sandbox.orgs.file_book import FileBook
from csops_sync.sandbox.orgs.file_people import Team, own_team, read_team
from csops_sync.sandbox.orgs.file_reading import Entry, OrgFileError, read_file
from csops_sync.sandbox.orgs.people import english_staff, japanese_staff
from csops_sync.sandbox.orgs.ravenstack import ENGLISH
from csops_sync.sandbox.orgs.setup import (
    american_organization,
    japanese_organization,
    record_types,
    stage_row,
    stage_rows,
)
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.seed import OrgSeed, SeedRecord, Value

KEYS = ("organization", "roles", "users", "channels", "emoji", "stages", "accounts")
ORGANIZATION_KEYS = ("name", "language", "time_zone", "currency", "fiscal_year_starts")
STAGE_KEYS = ("name", "probability", "forecast", "result")
_RESULTS = ("open", "won", "lost")
_FORECASTS = ("Omitted", "Pipeline", "Best Case", "Most Likely", "Commit", "Closed")
_HUNDRED, _MONTHS = 100, 12
_EMOJI = re.compile(r"[a-z0-9_+'-]+")


@dataclass(frozen=True, slots=True)
class _Tongue:
    """What an org of a language begins with."""

    language: Language
    organization: Mapping[str, Value]
    country: str
    renewal: str
    new_business: str
    surname_first: bool


_TONGUES = {
    "ja": _Tongue(JAPANESE, japanese_organization("サンドボックス株式会社"), "JP", "更新", "新規", True),
    "en": _Tongue(ENGLISH, american_organization("Sandbox Inc."), "US", "Renewal", "New Business", False),
}


def file_org(path: Path, *, today: date) -> OrgSeed:
    """This function will read an org from a file; OrgFileError with every fault of the file."""
    whole = read_file(path, today=today)
    seed = _org(whole.keys(KEYS), today)
    if whole.faults:
        raise OrgFileError(whole.faults)
    return seed


def _org(keys: Mapping[str, Entry], today: date) -> OrgSeed:
    organization, tongue = _organization(keys.get("organization"))
    team = _team(keys, tongue)
    language, stages = _stages(keys.get("stages"), tongue.language)
    names = [str(row.values["ApiName"]) for row in stages]
    book = FileBook(team=team, language=language, today=today, country=tongue.country, stages=names)
    if "accounts" in keys:
        book.read(keys["accounts"])
    return OrgSeed(
        organization=organization,
        records={
            "User": team.users,
            **({"UserRole": team.roles} if "roles" in keys else {}),
            "RecordType": record_types(renewal=tongue.renewal, new_business=tongue.new_business),
            "OpportunityStage": stages,
            "Account": book.accounts,
            "Contract": book.contracts,
            "Opportunity": book.opportunities,
        },
        slack_channels=_channels(keys.get("channels")),
        slack_users=team.slack_users,
        slack_emoji=_emoji(keys["emoji"]) if "emoji" in keys else (),
    )


def _organization(entry: Entry | None) -> tuple[Mapping[str, Value], _Tongue]:
    keys = entry.keys(ORGANIZATION_KEYS) if entry is not None else {}
    language = keys["language"].one_of(_TONGUES) if "language" in keys else "ja"
    tongue = _TONGUES.get(language, _TONGUES["ja"])
    values = dict(tongue.organization)
    if "name" in keys:
        values["Name"] = keys["name"].text()
    if "currency" in keys:
        values["DefaultCurrencyIsoCode"] = keys["currency"].text()
    if "fiscal_year_starts" in keys:
        values["FiscalYearStartMonth"] = keys["fiscal_year_starts"].whole(least=1, most=_MONTHS)
    if "time_zone" in keys:
        values["TimeZoneSidKey"] = _zone(keys["time_zone"])
    return values, tongue


def _zone(entry: Entry) -> str:
    if entry.text() and entry.text() not in available_timezones():
        entry.complain(f"there is no time zone {entry.text()!r}; write one as Asia/Tokyo")
        return "UTC"
    return entry.text()


def _team(keys: Mapping[str, Entry], tongue: _Tongue) -> Team:
    if "users" in keys:
        return read_team(keys["users"], keys.get("roles"), surname_first=tongue.surname_first)
    if "roles" in keys:
        keys["roles"].complain("roles need users to have them")
    staff = japanese_staff if tongue.surname_first else english_staff
    return own_team(staff(csms=4, managers=2))


def _channels(entry: Entry | None) -> Sequence[str]:
    return CHANNELS if entry is None else tuple(one.text().removeprefix("#") for one in entry.items())


def _emoji(entry: Entry) -> Sequence[str]:
    """Read the names of custom emoji, without colons."""
    for one in entry.items():
        if not _EMOJI.fullmatch(one.text()):
            one.complain("write an emoji's name in a-z, 0-9, _ and -, without colons: party-parrot")
    return [one.text() for one in entry.items()]


def _stages(entry: Entry | None, language: Language) -> tuple[Language, Sequence[SeedRecord]]:
    """Read the stages in their order; the first, the won one and the lost one stand for those of the language."""
    if entry is None:
        return language, stage_rows(language.stages)
    rows: list[SeedRecord] = []
    by_result: dict[str, str] = {}
    for order, one in enumerate(entry.items(), 1):
        keys = one.keys(STAGE_KEYS)
        if "name" not in keys:
            one.complain("a stage needs a name")
            continue
        result = keys["result"].one_of(_RESULTS) if "result" in keys else "open"
        rows.append(_stage(order, keys, result))
        by_result.setdefault(result, keys["name"].text())
    missing = [result for result in _RESULTS if result not in by_result]
    if missing:
        entry.complain(f"there must be a stage with `result: {'`, and one with `result: '.join(missing)}`")
        return language, rows
    stages = replace(language.stages, prepare=by_result["open"], won=by_result["won"], lost=by_result["lost"])
    return replace(language, stages=stages), rows


def _stage(order: int, keys: Mapping[str, Entry], result: str) -> SeedRecord:
    defaults = {"open": (10, "Pipeline"), "won": (_HUNDRED, "Closed"), "lost": (0, "Omitted")}
    probability, category = defaults.get(result, defaults["open"])
    if "probability" in keys:
        probability = keys["probability"].whole()
        if probability > _HUNDRED:
            keys["probability"].complain("write per cent, 0 to 100")
    if "forecast" in keys:
        category = keys["forecast"].one_of(_FORECASTS)
    row = stage_row(
        order, keys["name"].text(), probability=probability, category=category, closed=result != "open"
    )
    return replace(row, values={**row.values, "IsWon": result == "won"})
