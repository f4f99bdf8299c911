"""Do the ranks of the rules and the picklist that people choose from say the same?"""

from collections.abc import Iterator
from typing import Final

from csops_sync.adapters.salesforce.describe import FieldShape
from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import RankedField

_PLACE: Final = "confidence.ranks"
_OF_CLOSED: Final = frozenset({"Closed", "Omitted"})
"""Forecast categories of what is won, lost, or left out on purpose: no ranks of an open renewal."""
_FORECAST: Final = frozenset({"ForecastCategory", "ForecastCategoryName"})


def rank_problems(ranked: RankedField | None, field: FieldShape | None) -> Iterator[MappingProblem]:
    """This function will name what one of the two has and the other does not; nothing blocks, for all of it is told.

    Without a picklist (a text, a formula, a number) there is nothing to compare. Values that an admin deactivated are
    asked for by nobody, but records may still hold them.
    """
    if ranked is None or field is None or not field.choices:
        return
    spared = _OF_CLOSED if field.name in _FORECAST else frozenset()
    chosen = [value for value, is_active in field.choices.items() if is_active and value not in spared]
    for value in chosen:
        if value not in ranked.ranks:
            yield _problem(_PLACE, _unlisted(value, ranked, field))
    for number, rank in enumerate(ranked.ranks):
        if rank not in field.choices:
            yield _problem(f"{_PLACE}[{number}]", _unknown(rank, field, chosen))


def _unlisted(value: str, ranked: RankedField, field: FieldShape) -> str:
    return (
        f"The picklist {field.name} (mapping.opportunity.fields.{ranked.name}) offers {value}, which is not under "
        f"`ranks`: a renewal with {value} counts as unrated until it is listed, so {ranked.ranks[0]} → {value} is told "
        f"as worsened. Add {value} to `ranks`, which stand best first, or deactivate it in Salesforce."
    )


def _unknown(rank: str, field: FieldShape, chosen: list[str]) -> str:
    return (
        f"The picklist {field.name} has no value {rank}, so no renewal will ever stand there: correct it, spelled as "
        f"Salesforce does ({', '.join(chosen)}), or take it out."
    )


def _problem(path: str, message: str) -> MappingProblem:
    return MappingProblem(path=path, message=message, blocks_creation=False)
