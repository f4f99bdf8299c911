"""The accounts, contracts and opportunities of an org file, each with the fields that it leaves out filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from csops_sync.sandbox.orgs.dates import DAY, add_months, last_day
from csops_sync.sandbox.orgs.deals import Deal, Language, account_record, contract_record, origin_record
from csops_sync.sandbox.orgs.file_people import Team
from csops_sync.sandbox.orgs.file_reading import LONGEST_TERM, Entry, NoDate
from csops_sync.sandbox.orgs.setup import NEW_BUSINESS, RENEWAL
from csops_sync.sandbox.seed import SeedRecord, Value

ACCOUNT_KEYS = (
    *("name", "tier", "csm", "owner", "industry", "country", "fiscal_year_starts"),
    *("contracts", "opportunities", "fields"),
)
CONTRACT_KEYS = (
    *("name", "status", "start", "end", "months", "evergreen", "amount", "auto_renews", "notice_days"),
    *(
        "renewal_months",
        "terminated_on",
        "cancellation_notice",
        "replaces",
        "sold",
        "opportunities",
        "fields",
    ),
)
OPPORTUNITY_KEYS = (
    *(
        "name",
        "type",
        "stage",
        "amount",
        "close_date",
        "confidence",
        "next_step",
        "owner",
        "made_on",
        "fields",
    ),
)
_STATUSES = ("Activated", "Draft", "In Approval Process")
_TYPES = {"renewal": RENEWAL, "new_business": NEW_BUSINESS}
_YEAR = 12
_NOTICE_DAYS = 60
_CLOSES_AFTER = timedelta(days=60)
_MADE_BEFORE = timedelta(days=21)

Keys = Mapping[str, Entry]


@dataclass(slots=True, kw_only=True)
class FileBook:
    """Collects the rows of an org file, as of `today`."""

    team: Team
    language: Language
    today: date
    country: str
    stages: Sequence[str]
    accounts: list[SeedRecord] = field(default_factory=list)
    contracts: list[SeedRecord] = field(default_factory=list)
    opportunities: list[SeedRecord] = field(default_factory=list)
    _by_name: dict[str, Deal] = field(default_factory=dict)

    def read(self, accounts: Entry) -> None:
        """This function will read all accounts with what hangs on them."""
        for entry in accounts.items():
            self._account(entry, entry.keys(ACCOUNT_KEYS))

    def _account(self, entry: Entry, keys: Keys) -> None:
        name = _required_text(entry, keys, "name", "an account")
        csm = self.team.user(keys["csm"]) if "csm" in keys else self.team.next_csm()
        owner = self.team.user(keys["owner"]) if "owner" in keys else csm
        record = account_record(
            str(len(self.accounts) + 1),
            name=name,
            owner=owner,
            today=self.today,
            values={
                "CSM__c": csm,
                "Tier__c": keys["tier"].text() if "tier" in keys else "Standard",
                "Fiscal_Year_Starts__c": _month(keys.get("fiscal_year_starts"), self.country),
                "Industry": keys["industry"].text() if "industry" in keys else None,
                "BillingCountry": keys["country"].text() if "country" in keys else self.country,
            },
        )
        self.accounts.append(_finished(record, entry, keys, _ACCOUNT_FIELDS))
        for contract in _listed(keys, "contracts"):
            self._contract(record, contract, contract.keys(CONTRACT_KEYS))
        for opportunity in _listed(keys, "opportunities"):
            self._opportunity(record, opportunity, opportunity.keys(OPPORTUNITY_KEYS), deal=None)

    def _contract(self, account: SeedRecord, entry: Entry, keys: Keys) -> None:
        start, months = _run(entry, keys, self.today)
        automatic = keys["auto_renews"].yes_no() if "auto_renews" in keys else True
        deal = Deal(
            key=str(len(self.contracts) + 1),
            account=f"@{account.ref}",
            customer=str(account.values["Name"]),
            owner=str(account.values["OwnerId"]),
            start=start,
            months=months,
            amount=0,
            auto_renews=automatic,
            notice_days=keys["notice_days"].whole() if "notice_days" in keys else _NOTICE_DAYS * automatic,
            renewal_months=_months(keys, "renewal_months", None),
            status=keys["status"].one_of(_STATUSES) if "status" in keys else "Activated",
            terminated_on=keys["terminated_on"].day() if "terminated_on" in keys else None,
            cancellation_notice=keys["cancellation_notice"].day() if "cancellation_notice" in keys else None,
            replaces=self._replaced(keys),
        )
        if "name" in keys:
            self._remember(keys["name"], deal)
        given: dict[str, Value] = {"Annual_Amount__c": _amount(entry, keys, "a contract")}
        if "name" in keys:
            given["Name"] = keys["name"].text()
        record = contract_record(deal)
        record = replace(record, values={**record.values, **given})
        self.contracts.append(_finished(record, entry, keys, _CONTRACT_FIELDS))
        self._sale(deal, keys, given["Annual_Amount__c"])
        for opportunity in _listed(keys, "opportunities"):
            self._opportunity(account, opportunity, opportunity.keys(OPPORTUNITY_KEYS), deal=deal)

    def _sale(self, deal: Deal, keys: Keys, amount: Value) -> None:
        """Put down the won opportunity behind a contract that was signed."""
        sold = keys["sold"].yes_no() if "sold" in keys else deal.status == "Activated"
        if not sold:
            return
        record = origin_record(replace(deal, replaces=self._sold(deal.replaces)), self.language)
        values = {**record.values, "Amount": amount, "Annual_Amount__c": amount}
        self.opportunities.append(replace(record, values=values))

    def _opportunity(self, account: SeedRecord, entry: Entry, keys: Keys, *, deal: Deal | None) -> None:
        kind = keys["type"].one_of(_TYPES) if "type" in keys else "renewal"
        end = deal.end if deal is not None and deal.end is not None else self.today + _CLOSES_AFTER
        made_on = keys["made_on"].day() if "made_on" in keys else self.today - _MADE_BEFORE
        owner = self.team.user(keys["owner"]) if "owner" in keys else str(account.values["OwnerId"])
        named = self.language.renewal_name.format(customer=account.values["Name"], month=f"{end + DAY:%Y-%m}")
        values: dict[str, Value] = {
            "AccountId": f"@{account.ref}",
            "OwnerId": owner,
            "Name": keys["name"].text() if "name" in keys else named,
            "StageName": keys["stage"].one_of(self.stages)
            if "stage" in keys
            else self.language.stages.prepare,
            "CloseDate": keys["close_date"].day() if "close_date" in keys else end,
            "Amount": keys["amount"].money() if "amount" in keys else self._amount_of(deal),
            "RecordTypeId": _TYPES.get(kind, RENEWAL),
            "Confidence__c": keys["confidence"].text() if "confidence" in keys else None,
            "NextStep": keys["next_step"].text() if "next_step" in keys else None,
            "ContractId": f"@contract-{deal.key}" if deal is not None else None,
            "Renews__c": None if deal is None or self._sold(deal.key) is None else f"@origin-{deal.key}",
        }
        ref = f"opportunity-{len(self.opportunities) + 1}"
        record = SeedRecord(ref=ref, values=values, created_on=made_on, by=owner[1:])
        self.opportunities.append(_finished(record, entry, keys, _OPPORTUNITY_FIELDS))

    def _amount_of(self, deal: Deal | None) -> Value:
        if deal is None:
            return None
        return self.contracts[int(deal.key) - 1].values["Annual_Amount__c"]

    def _sold(self, key: str | None) -> str | None:
        """Give a contract's key again where there is a sale behind it, as only that can be pointed at."""
        return key if any(one.ref == f"origin-{key}" for one in self.opportunities) else None

    def _replaced(self, keys: Keys) -> str | None:
        if "replaces" not in keys:
            return None
        found = self._by_name.get(keys["replaces"].one_of(self._by_name))
        return None if found is None else found.key

    def _remember(self, entry: Entry, deal: Deal) -> None:
        if entry.text() in self._by_name:
            entry.complain(f"there are two contracts called {entry.text()!r}")
        self._by_name[entry.text()] = deal


_ACCOUNT_FIELDS = {
    "Name": "name",
    "Tier__c": "tier",
    "Industry": "industry",
    "BillingCountry": "country",
    "Fiscal_Year_Starts__c": "fiscal_year_starts",
}
_CONTRACT_FIELDS = {
    "Name": "name",
    "Annual_Amount__c": "amount",
    "Notice_Days__c": "notice_days",
    "ContractTerm": "months",
    "Renewal_Term__c": "renewal_months",
}
_OPPORTUNITY_FIELDS = {
    "Name": "name",
    "StageName": "stage",
    "Amount": "amount",
    "Confidence__c": "confidence",
    "NextStep": "next_step",
}


def _finished(record: SeedRecord, entry: Entry, keys: Keys, fields: Mapping[str, str]) -> SeedRecord:
    """Add the fields that are given by their API names, and where everything was written."""
    own = keys["fields"].any_keys() if "fields" in keys else {}
    values: dict[str, Value] = {**record.values, **{name: _plain(one) for name, one in own.items()}}
    places = {"": entry.place, **{name: keys[key].place for name, key in fields.items() if key in keys}}
    return replace(record, values=values, places={**places, **{name: one.place for name, one in own.items()}})


def _plain(entry: Entry) -> Value:
    match entry.value:
        case None | bool() | int() | float() | date():
            return entry.value
        case str():
            return entry.text()
        case NoDate():
            entry.complain(f"there is no day {entry.value}; write a date as 2027-03-31")
            return None
        case _:
            entry.complain("write text, a number, a date, true, false or nothing")
            return None


def _run(entry: Entry, keys: Keys, today: date) -> tuple[date, int | None]:
    """Give start and term by two of start, end and months; twelve months where a term is not said."""
    start = keys["start"].day() if "start" in keys else None
    end = keys["end"].day() if "end" in keys else None
    if "evergreen" in keys and keys["evergreen"].yes_no():
        if start is None or end is not None:
            entry.complain("an evergreen contract has a start and no end")
        return start or today, None
    if start is not None and end is not None:
        return start, _months_between(keys["end"], start, end)
    months = _months(keys, "months", _YEAR) or _YEAR
    if start is not None:
        return start, months
    if end is not None:
        return _started(keys["end"], end, months)
    entry.complain("a contract needs a start or an end")
    return today, months


def _months(keys: Keys, name: str, default: int | None) -> int | None:
    return keys[name].whole(least=1, most=LONGEST_TERM) if name in keys else default


def _started(entry: Entry, end: date, months: int) -> tuple[date, int]:
    start = add_months(end + DAY, -months)
    if last_day(start, months) == end:
        return start, months
    entry.complain(f"no term of {months} months ends on {end}; choose another day, or say the start")
    return start, months


def _months_between(entry: Entry, start: date, end: date) -> int:
    after = end + DAY
    months = (after.year - start.year) * _YEAR + after.month - start.month
    if months < 1 or last_day(start, months) != end:
        entry.complain(f"from {start} to {end} are no whole months; a term ends a day before a month's day")
    if months > LONGEST_TERM:
        entry.complain(f"from {start} to {end} are more than {LONGEST_TERM} months, the longest term")
    return max(months, 1)


def _month(entry: Entry | None, country: str) -> Value:
    if entry is None:
        return 4 if country == "JP" else None
    if entry.value is None:
        return None
    month = entry.whole(least=1)
    if month > _YEAR:
        entry.complain("write the month in which the fiscal year starts, 1 to 12, or leave it empty")
    return month


def _amount(entry: Entry, keys: Keys, what: str) -> Decimal:
    if "amount" not in keys:
        entry.complain(f"{what} needs an amount, a year's")
        return Decimal()
    return keys["amount"].money()


def _required_text(entry: Entry, keys: Keys, name: str, what: str) -> str:
    if name not in keys:
        entry.complain(f"{what} needs a {name}")
        return ""
    return keys[name].text()


def _listed(keys: Keys, name: str) -> Sequence[Entry]:
    return keys[name].items() if name in keys else ()
