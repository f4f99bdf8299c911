"""What both languages of org have before any customer: record types, stages, and the Organization row."""

from dataclasses import dataclass

from csops_sync.sandbox.seed import SeedRecord, Value

RENEWAL = "@record-type-renewal"
NEW_BUSINESS = "@record-type-new-business"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The stage names of an org, in the order of its sales process."""

    prepare: str
    propose: str
    negotiate: str
    won: str
    lost: str


JAPANESE_STAGES = Stages(prepare="更新準備", propose="提案", negotiate="交渉", won="受注", lost="失注")
ENGLISH_STAGES = Stages(
    prepare="Renewal Prep", propose="Proposal", negotiate="Negotiation", won="Closed Won", lost="Closed Lost"
)


def record_types(*, renewal: str, new_business: str) -> list[SeedRecord]:
    """This function will give the Opportunity's two record types under the names that people read."""
    labels = {
        "Renewal": ("record-type-renewal", renewal),
        "New_Business": ("record-type-new-business", new_business),
    }
    return [
        SeedRecord(
            ref=ref,
            values={"DeveloperName": name, "Name": label, "SobjectType": "Opportunity", "IsActive": True},
        )
        for name, (ref, label) in labels.items()
    ]


def stage_rows(stages: Stages) -> list[SeedRecord]:
    """This function will give the OpportunityStage rows: 10, 30, 60 %, won 100 %, lost 0 %."""
    open_stages = [
        (stages.prepare, 10, "Pipeline"),
        (stages.propose, 30, "Pipeline"),
        (stages.negotiate, 60, "Best Case"),
    ]
    closed = [(stages.won, 100, "Closed"), (stages.lost, 0, "Omitted")]
    return [
        stage_row(order, name, probability=probability, category=category, closed=order > len(open_stages))
        for order, (name, probability, category) in enumerate([*open_stages, *closed], start=1)
    ]


def stage_row(order: int, name: str, *, probability: int, category: str, closed: bool) -> SeedRecord:
    """This function will give one OpportunityStage row; a closed stage of the category `Closed` is won."""
    values: dict[str, Value] = {
        "ApiName": name,
        "MasterLabel": name,
        "DefaultProbability": probability,
        "ForecastCategoryName": category,
        "IsActive": True,
        "IsClosed": closed,
        "IsWon": category == "Closed",
        "SortOrder": order,
    }
    return SeedRecord(ref=f"stage-{order}", values=values)


def japanese_organization(name: str) -> dict[str, Value]:
    """This function will give the Organization row of an org in Tokyo whose fiscal year starts in April."""
    return {
        "Name": name,
        "TimeZoneSidKey": "Asia/Tokyo",
        "LanguageLocaleKey": "ja",
        "DefaultLocaleSidKey": "ja_JP",
        "DefaultCurrencyIsoCode": "JPY",
        "FiscalYearStartMonth": 4,
    }


def american_organization(name: str) -> dict[str, Value]:
    """This function will give the Organization row of an org in New York that counts calendar years."""
    return {
        "Name": name,
        "TimeZoneSidKey": "America/New_York",
        "LanguageLocaleKey": "en_US",
        "DefaultLocaleSidKey": "en_US",
        "DefaultCurrencyIsoCode": "USD",
        "FiscalYearStartMonth": 1,
    }
