"""A Japanese org of any size by seed: every record is a pure function of its number, so nothing is held in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import overload

from csops_sync.sandbox.orgs.dates import japanese_business_days, next_business_day
from csops_sync.sandbox.orgs.deals import account_record, contract_record, origin_record, renewal_record
from csops_sync.sandbox.orgs.people import Staff, japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.orgs.shapes import Shaper, account_of, tier_of
from csops_sync.sandbox.orgs.small import CHANNELS, JAPANESE
from csops_sync.sandbox.orgs.spread import draw, pick
from csops_sync.sandbox.seed import OrgSeed, SeedRecord

DAYS_BACK, DAYS_AHEAD = 60, 250
CONTRACTS_PER_CSM = 200
FEWEST_CSMS, MOST_CSMS = 4, 40
FISCAL_YEARS = ((70, 4), (10, 1), (10, 10), (10, None))
INDUSTRIES = ((20, "製造"), (20, "情報通信"), (15, "小売"), (15, "運輸"), (15, "建設"), (15, "サービス"))
LEFT_THE_COMPANY = 2


@dataclass(frozen=True, slots=True)
class Rows(Sequence[SeedRecord]):
    """Records made when they are read: `make` is called with each of `numbers`."""

    numbers: Sequence[int]
    make: Callable[[int], SeedRecord]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> SeedRecord: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> "SeedRecord | Rows":
        if isinstance(index, slice):
            return Rows(self.numbers[index], self.make)
        return self.make(self.numbers[index])

    def __iter__(self) -> Iterator[SeedRecord]:
        return map(self.make, self.numbers)


@dataclass(frozen=True, slots=True)
class Joined(Sequence[SeedRecord]):
    """One sequence after another."""

    parts: tuple[Rows, ...]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @overload
    def __getitem__(self, index: int) -> SeedRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[SeedRecord]: ...
    def __getitem__(self, index: int | slice) -> SeedRecord | list[SeedRecord]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = index + len(self) if index < 0 else index
        for part in self.parts:
            if number < len(part):
                return part[number]
            number -= len(part)
        raise IndexError(f"record {index} of {len(self)}")

    def __iter__(self) -> Iterator[SeedRecord]:
        for part in self.parts:
            yield from part


def generated_org(*, seed: int, contracts: int, today: date) -> OrgSeed:
    """This function will describe an org of `contracts` contracts; the same arguments give the same org."""
    csms = max(FEWEST_CSMS, min(MOST_CSMS, contracts // CONTRACTS_PER_CSM))
    staff = japanese_staff(csms=csms, managers=csms // 6 + 1)
    shaper = Shaper(seed=seed, today=today, opening_days=_opening_days(today), count=contracts, staff=staff)
    every = range(contracts)
    signed = [number for number in every if shaper.is_signed(number)]
    renewed = [number for number in signed if shaper.renewed_by_person(number)]
    return OrgSeed(
        organization=japanese_organization("株式会社ジェネレーテッド"),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="更新", new_business="新規"),
            "OpportunityStage": stage_rows(JAPANESE_STAGES),
            "Account": Rows(
                [number for number in every if account_of(number) == number],
                lambda number: _account(number, seed=seed, shaper=shaper, staff=staff),
            ),
            "Contract": Rows(every, lambda number: contract_record(shaper.deal(number))),
            "Opportunity": Joined(
                (
                    Rows(signed, lambda number: origin_record(shaper.deal(number), JAPANESE)),
                    Rows(renewed, lambda number: renewal_record(shaper.renewing(number), JAPANESE)),
                )
            ),
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
    )


def _account(number: int, *, seed: int, shaper: Shaper, staff: Staff) -> SeedRecord:
    gone = draw(seed, number, "csm") % 100 < LEFT_THE_COMPANY
    return account_record(
        str(number + 1),
        name=shaper.customer(number),
        owner=staff.csm(number),
        today=shaper.today,
        values={
            "CSM__c": "@csm-left" if gone else staff.csm(number),
            "Tier__c": tier_of(number, seed=seed),
            "Fiscal_Year_Starts__c": pick(FISCAL_YEARS, draw(seed, number, "fiscal year")),
            "Industry": pick(INDUSTRIES, draw(seed, number, "industry")),
            "BillingCountry": "JP",
        },
    )


def _opening_days(today: date) -> tuple[Sequence[date], Sequence[date]]:
    """Business days before `today`, and after it: the days on which the everyday rule opens this org's renewals."""
    is_business_day = japanese_business_days(today.year - 1, today.year + 2)
    behind: list[date] = []
    day = today
    while len(behind) < DAYS_BACK:
        day -= timedelta(days=1)
        if is_business_day(day):
            behind.append(day)
    ahead = [next_business_day(today, is_business_day)]
    while len(ahead) < DAYS_AHEAD:
        ahead.append(next_business_day(ahead[-1], is_business_day))
    return behind, ahead
