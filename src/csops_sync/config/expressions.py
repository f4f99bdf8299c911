"""The small languages of the rules: dates counted from others, people, channels, and names of mapped fields."""

import re
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema

from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.config.section import Text, read_duration, text
from csops_sync.config.vocabulary import ACCOUNT, CONTRACT, OPPORTUNITY, Vocabulary, vocabulary_of
from csops_sync.domain.dates import Duration
from csops_sync.domain.rules import DateAnchor, DateRule, Floor, FloorAnchor

_ANCHORED = re.compile(r"([\w.]+)(?:\s*([+-])\s*(.+))?")
_CHANNEL = re.compile(r"#[^\s#,@]{1,80}|[CG][A-Z0-9]{6,}")
HANDLE = re.compile(r"@[^\s@]{1,80}")
_MAPPED_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FIELD_PATH = re.compile(r"[A-Za-z]\w{0,79}(?:\.[A-Za-z]\w{0,79}){0,5}", re.ASCII)
_CSM = "csm"
_MANAGER = ".manager"
SEGMENT = "segment"


def read_floor(value: object) -> Floor:
    """This function will read `term.start + 60 days` or `renewal.date - 12 months`; ValueError shows the forms."""
    name, sign, offset = _anchored(value, FloorAnchor)
    anchor = FloorAnchor(name)
    expected = "+" if anchor is FloorAnchor.TERM_START else "-"
    if sign not in ("", expected):
        raise ValueError(
            f"a floor is `term.start + …` or `renewal.date - …`; write `{name} {expected} {offset}`"
        )
    return Floor(anchor=anchor, offset=offset)


def read_date_rule(value: object) -> DateRule:
    """This function will read `term.end_date` or `renewal.date - 1 month`; ValueError shows the forms."""
    name, sign, offset = _anchored(value, DateAnchor)
    return DateRule(anchor=DateAnchor(name), offset=offset, before=sign == "-")


def read_before(value: object) -> Duration:
    """This function will read `5 months before`; ValueError shows the form."""
    words = text(value).split()
    if len(words) < 2 or words[-1] != "before":  # noqa: PLR2004 - a duration and the word
        raise ValueError(f"{value!r} must end in `before`; write it like `5 months before`")
    return read_duration(" ".join(words[:-1]))


def _anchored(value: object, anchors: type[FloorAnchor | DateAnchor]) -> tuple[str, str, Duration]:
    names = [anchor.value for anchor in anchors]
    found = _ANCHORED.fullmatch(text(value))
    if found is None or found[1] not in names:
        suggestion = did_you_mean(found[1], names) if found else ""
        raise ValueError(f"{value!r} is not such a date; begin with {one_of(names)}{suggestion}")
    return found[1], found[2] or "", read_duration(found[3]) if found[3] else Duration()


def read_person(value: object, info: ValidationInfo) -> str:
    """This function will check a person's path: `csm`, `csm.manager`, `account.owner`.

    Raises:
        ValueError: it is no such path, or names a field that is not mapped.
    """
    path = text(value)
    root = path
    while root.endswith(_MANAGER):
        root = root.removesuffix(_MANAGER)
    if root == _CSM:
        return path
    if "." not in root:
        forms = ("csm", "csm.manager", "account.owner", "opportunity.owner", "@group")
        raise ValueError(f"{path!r} is nobody; write {one_of(forms)}{did_you_mean(path, forms)}")
    vocabulary_of(info).check_path(root, roles=(ACCOUNT, CONTRACT, OPPORTUNITY))
    return path


def read_mention(value: object, info: ValidationInfo) -> str:
    """This function will check a person's path or a Slack group's `@handle`; ValueError shows the forms."""
    path = text(value)
    return path if HANDLE.fullmatch(path) else read_person(path, info)


def read_csm_path(value: object, info: ValidationInfo) -> str:
    """This function will check one source of the CSM: a mapped field with a user in it, `account.csm`.

    Raises:
        ValueError: it is no such path, or names a field that is not mapped.
    """
    path = text(value)
    vocabulary_of(info).check_path(path, roles=(ACCOUNT, CONTRACT, OPPORTUNITY))
    return path


def read_channel(value: object) -> str:
    """This function will check a Slack channel, `"#renewals"` or its id; ValueError shows the form."""
    channel = text(value)
    if _CHANNEL.fullmatch(channel) is None:
        raise ValueError(f'{channel!r} is not a channel; write it in quotes, as in "#renewals", or its id')
    return channel


def read_mapped_name(value: str) -> str:
    """This function will check a name of our own for a field: small letters, digits and `_`."""
    if _MAPPED_NAME.fullmatch(value) is None:
        raise ValueError(
            f"{value!r} is no name for a field; use small letters, digits and _, as in fiscal_year"
        )
    return value


def read_field_path(value: object) -> str:
    """This function will check a Salesforce field name or path, `Amount` or `RecordType.DeveloperName`."""
    path = text(value)
    if _FIELD_PATH.fullmatch(path) is None:
        raise ValueError(
            f"{path!r} is no Salesforce field; use its API name, as in Tier__c or RecordType.DeveloperName"
        )
    return path


def _segment(value: str, info: ValidationInfo) -> str:
    segments = vocabulary_of(info).segments
    if segments is not None and value not in segments:
        raise ValueError(f"segment {value!r} is not defined under `segments`{did_you_mean(value, segments)}")
    return value


def _condition_path(value: str, info: ValidationInfo, *roles: str) -> str:
    vocabulary: Vocabulary = vocabulary_of(info)
    vocabulary.check_path(value, roles=roles)
    return value


def _renewal_condition_path(value: str, info: ValidationInfo) -> str:
    return value if value == SEGMENT else _condition_path(value, info, ACCOUNT, CONTRACT)


def _customer_condition_path(value: str, info: ValidationInfo) -> str:
    return _condition_path(value, info, ACCOUNT, CONTRACT)


def _adoption_condition_path(value: str, info: ValidationInfo) -> str:
    return _condition_path(value, info, OPPORTUNITY, ACCOUNT)


def _contract_condition_path(value: str, info: ValidationInfo) -> str:
    return _condition_path(value, info, CONTRACT)


def _opportunity_path(value: str, info: ValidationInfo) -> str:
    return _condition_path(value, info, OPPORTUNITY)


def _text_schema(*examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "examples": list(examples)})


FloorText = Annotated[Floor, PlainValidator(read_floor), _text_schema("term.start + 60 days")]
DateRuleText = Annotated[DateRule, PlainValidator(read_date_rule), _text_schema("term.end_date")]
BeforeText = Annotated[Duration, PlainValidator(read_before), _text_schema("5 months before")]
PersonPath = Annotated[str, PlainValidator(read_person), _text_schema("csm.manager")]
Mention = Annotated[str, PlainValidator(read_mention), _text_schema("csm", "@cs-leads")]
CsmPath = Annotated[str, PlainValidator(read_csm_path), _text_schema("account.csm")]
Channel = Annotated[str, PlainValidator(read_channel), _text_schema("#renewals")]
MappedName = Annotated[str, AfterValidator(read_mapped_name)]
FieldPath = Annotated[str, PlainValidator(read_field_path), _text_schema("Tier__c")]
SegmentName = Annotated[Text, AfterValidator(_segment)]
RenewalConditionPath = Annotated[str, AfterValidator(_renewal_condition_path)]
CustomerConditionPath = Annotated[str, AfterValidator(_customer_condition_path)]
AdoptionConditionPath = Annotated[str, AfterValidator(_adoption_condition_path)]
ContractConditionPath = Annotated[str, AfterValidator(_contract_condition_path)]
OpportunityPath = Annotated[str, AfterValidator(_opportunity_path)]
