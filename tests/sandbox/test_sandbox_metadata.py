"""Objects and fields by file: an admin's own, a managed package, several currencies, and files that are wrong."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.fakes.sandbox_org import LocalOrg
from tests.fakes.sandbox_users import as_user

from csops_sync.sandbox.salesforce.describe_fields import valid_for
from csops_sync.sandbox.salesforce.errors import ApiError
from csops_sync.sandbox.salesforce.metadata_files import OPTIONS, MetadataError
from csops_sync.sandbox.salesforce.schema import Field
from csops_sync.sandbox.salesforce.schema_loading import load

CPQ, MULTI_CURRENCY = Path("cpq"), Path("multi_currency")
INVOICE = {
    "name": "Invoice__c",
    "fields": [
        {
            "name": "Account__c",
            "label": "Account",
            "type": "reference",
            "to": ["Account"],
            "relationship": "Account__r",
            "children": "Invoices__r",
        },
        {"name": "Total__c", "label": "Total", "type": "currency", "required": True},
    ],
}


def written(folder: Path, *objects: object) -> Path:
    path = folder / "metadata.json"
    path.write_text(json.dumps(list(objects)), "utf-8")
    return path


def test_an_admins_own_object_has_a_prefix_a_name_an_owner_and_system_fields(tmp_path: Path) -> None:
    local = LocalOrg(written(tmp_path, INVOICE))
    kind = local.org.schema["Invoice__c"]
    assert (kind.label, kind.plural, kind.prefix[0], len(kind.prefix)) == ("Invoice", "Invoices", "a", 3)
    account = local.add("Account", Name="a")
    record = as_user(local, "integration").create("Invoice__c", Account__c=account, Total__c=5)
    (row,) = local.query("SELECT Owner.Name, Account__r.Name, Total__c FROM Invoice__c")
    assert (row["Owner"]["Name"], row["Account__r"]["Name"]) == ("Integration", "a")  # type: ignore[index]  # rendered
    assert record.startswith(kind.prefix)
    assert local.org.schema.child(local.org.schema["Account"], "invoices__R") == (
        kind,
        kind.field("Account__c"),
    )
    local.delete("Account", account)
    assert local.get("Invoice__c", record)["Account__c"] is None
    with pytest.raises(ApiError, match="REQUIRED_FIELD_MISSING"):
        local.add("Invoice__c", Account__c=None)


def test_a_detail_goes_with_its_master_and_has_no_owner(tmp_path: Path) -> None:
    master = {**INVOICE["fields"][0], "on_delete": "cascade", "required": True}  # type: ignore[dict-item]  # a field
    local = LocalOrg(written(tmp_path, {"name": "Line__c", "fields": [master]}))
    assert not local.org.schema["Line__c"].has("OwnerId")
    account = local.add("Account", Name="a")
    line = local.add("Line__c", Account__c=account)
    local.delete("Account", account)
    assert local.get("Line__c", line)["IsDeleted"] is True


def test_a_file_changes_a_known_field_key_by_key_and_adds_others(tmp_path: Path) -> None:
    fields = [
        {"name": "NextStep", "length": 5},
        {"name": "Extra__c", "label": "Extra", "type": "string", "length": 9},
    ]
    kind = load([written(tmp_path, {"name": "Opportunity", "fields": fields})])["Opportunity"]
    step = kind.by_name["nextstep"]
    assert (step.length, step.label, step.tracked) == (5, "Next Step", True)
    assert kind.has("Extra__c")
    assert [one.at for one in kind.fields] == list(range(len(kind.fields)))


@pytest.mark.parametrize(
    ("objects", "words"),
    [
        ([{"label": "x"}], "every object needs a name"),
        ([{"name": "X__c", "fields": "none"}], "fields must be a list of objects"),
        ([{"name": "X__c", "colour": "red"}], "unexpected keyword argument 'colour'"),
        ([{"name": "X__c", "fields": [{"name": "A__c", "type": "string"}]}], "A__c: "),
        (
            [{"name": "Account", "rules": [{"name": "r", "kind": "magic", "field": "Name", "message": "m"}]}],
            "r: a rule is one of",
        ),
        (
            [
                {
                    "name": "Account",
                    "rules": [{"name": "r", "kind": "between", "field": "Nme", "message": "m"}],
                }
            ],
            "Account: the rule r names Nme",
        ),
        (
            [{"name": "Account", "duplicate_rules": [{"name": "d", "label": "d", "match": ["Nme"]}]}],
            "Account: the rule d names Nme",
        ),
        (
            [
                {
                    "name": "X__c",
                    "fields": [{"name": "A__c", "label": "A", "type": "reference", "to": ["Y__c"]}],
                }
            ],
            "X__c.A__c refers to Y__c",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(
    tmp_path: Path, objects: Sequence[object], words: str
) -> None:
    with pytest.raises(MetadataError, match=words.replace("(", r"\(")):
        load([written(tmp_path, *objects)])


def test_a_file_that_is_not_there_or_no_json_is_refused_with_the_options(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match="the options are cpq, multi_currency"):
        load([Path("cqp")])
    path = tmp_path / "broken.json"
    path.write_text("[{]", "utf-8")
    with pytest.raises(MetadataError, match=r"broken\.json:1:3"):
        load([path])


@pytest.mark.parametrize("options", [(), *[(option,) for option in OPTIONS], OPTIONS])
def test_every_shipped_set_of_objects_has_its_own_prefixes_and_known_parents(options: Sequence[str]) -> None:
    schema = load([Path(option) for option in options])
    prefixes = [kind.prefix for kind in schema.objects.values()]
    assert len(set(prefixes)) == len(prefixes)
    for kind in schema.objects.values():
        names = [one.children for _, one in schema.children[kind.name] if one.children]
        assert len(set(names)) == len(names), kind.name


def test_a_package_is_there_for_an_org_that_takes_it_and_for_no_other() -> None:
    local = LocalOrg(CPQ)
    account = local.add("Account", Name="a", SBQQ__RenewalModel__c="Contract Based")
    contract = local.add(
        "Contract", AccountId=account, SBQQ__RenewalForecast__c=True, SBQQ__RenewalTerm__c=12
    )
    price = {"SBQQ__Quantity__c": 3, "SBQQ__NetPrice__c": 1000}
    row = {"SBQQ__Contract__c": contract, "SBQQ__Account__c": account, **price}
    record = as_user(local, "integration").create("SBQQ__Subscription__c", **row)
    assert local.get("SBQQ__Subscription__c", record)["Name"] == "0000100"
    deal = local.opportunity(SBQQ__RenewedContract__c=contract)
    (found,) = local.query("SELECT SBQQ__RenewedContract__r.SBQQ__RenewalForecast__c FROM Opportunity")
    assert found["SBQQ__RenewedContract__r"]["SBQQ__RenewalForecast__c"] is True  # type: ignore[index]  # rendered
    with pytest.raises(ApiError, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        local.update("Account", account, SBQQ__RenewalModel__c="By ear")
    local.delete("Contract", contract)
    assert local.get("Opportunity", deal)["SBQQ__RenewedContract__c"] is None
    assert local.get("SBQQ__Subscription__c", record)["IsDeleted"] is True
    with pytest.raises(ApiError, match="INVALID_TYPE"):
        LocalOrg().query("SELECT Id FROM SBQQ__Subscription__c")


def test_an_org_of_several_currencies_gives_each_record_one_that_is_active() -> None:
    local = LocalOrg(MULTI_CURRENCY)
    (corporate,) = local.query("SELECT IsoCode, IsCorporate, DecimalPlaces FROM CurrencyType")
    assert [corporate[name] for name in ("IsoCode", "IsCorporate", "DecimalPlaces")] == ["JPY", True, 0]
    dollar = local.add("CurrencyType", IsoCode="USD", ConversionRate=0.0067)
    deal = local.opportunity(CurrencyIsoCode="USD", Amount=5)
    assert local.get("Opportunity", local.opportunity())["CurrencyIsoCode"] == "JPY"
    assert [row["CurrencyIsoCode"] for row in local.history(deal)] == ["USD"]
    with pytest.raises(ApiError, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        local.opportunity(CurrencyIsoCode="EUR")
    local.update("CurrencyType", dollar, IsActive=False)
    with pytest.raises(ApiError, match="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"):
        local.opportunity(CurrencyIsoCode="USD")
    with pytest.raises(ApiError, match="INVALID_TYPE"):
        LocalOrg().query("SELECT Id FROM CurrencyType")
    with pytest.raises(ApiError, match="INVALID_FIELD"):
        LocalOrg().opportunity(CurrencyIsoCode="JPY")


def test_a_line_is_in_the_currency_of_its_deal() -> None:
    local = LocalOrg(MULTI_CURRENCY)
    local.add("CurrencyType", IsoCode="USD", ConversionRate=0.0067)
    book = str(next(local.org.records("Pricebook2"))["Id"])
    product = local.add("Product2", Name="p")
    price = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5, "IsActive": True}
    yen = local.add("PricebookEntry", **price)
    dollars = local.add("PricebookEntry", CurrencyIsoCode="USD", **price)
    deal = local.opportunity(CurrencyIsoCode="USD")
    line = {"OpportunityId": deal, "Quantity": 1, "UnitPrice": 5}
    with pytest.raises(ApiError, match="the pricebook entry's currency is not that of the opportunity"):
        local.add("OpportunityLineItem", PricebookEntryId=yen, **line)
    record = local.add("OpportunityLineItem", PricebookEntryId=dollars, **line)
    assert local.get("OpportunityLineItem", record)["CurrencyIsoCode"] == "USD"
    with pytest.raises(ApiError, match="CurrencyIsoCode"):
        local.update("Opportunity", deal, CurrencyIsoCode="JPY")


def test_a_dated_rate_ends_where_the_next_one_starts() -> None:
    local = LocalOrg(MULTI_CURRENCY)
    for start in ("2026-01-01", "2026-07-01", "2026-04-01"):
        local.add("DatedConversionRate", IsoCode="USD", StartDate=start, ConversionRate=0.0067)
    rows = local.query("SELECT StartDate, NextStartDate FROM DatedConversionRate ORDER BY StartDate")
    assert [(row["StartDate"], row["NextStartDate"]) for row in rows] == [
        ("2026-01-01", "2026-04-01"),
        ("2026-04-01", "2026-07-01"),
        ("2026-07-01", "9999-12-31"),
    ]


def test_a_dependent_value_tells_its_controlling_values_as_bits_from_the_left() -> None:
    field = Field(name="D", label="D", type="picklist", valid_for={"a": ["x"], "c": ["x"], "i": ["y"]})
    controlling = tuple("abcdefghi")
    assert valid_for(field, "x", controlling) == "oAA="
    assert valid_for(field, "y", controlling) == "AIA="
