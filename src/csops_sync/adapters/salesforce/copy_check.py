"""Before anything is decided: can the lines and contact roles be copied that the rules ask for?"""

from collections.abc import Iterator, Mapping
from typing import Final

from csops_sync.adapters.salesforce.describe import ObjectShape
from csops_sync.adapters.salesforce.sold import LINE, ROLE
from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import CopyMapping

_WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    LINE: (
        "OpportunityId",
        "PricebookEntryId",
        "Quantity",
        "UnitPrice",
        "Discount",
        "Description",
        "ServiceDate",
    ),
    ROLE: ("OpportunityId", "ContactId", "Role", "IsPrimary"),
}
_READ: Final = ("Product2", "Pricebook2", "PricebookEntry")
_UNTIL: Final = "until then renewals are opened without, and their amount is written"


def copied_objects(mapping: CopyMapping) -> tuple[str, ...]:
    """This function will name the objects that copying reads or writes; none where nothing is copied."""
    lines = (LINE, *_READ) if mapping.line_items else ()
    return (*lines, ROLE) if mapping.contact_roles else lines


def copy_problems(
    mapping: CopyMapping, shapes: Mapping[str, ObjectShape | None], deal: ObjectShape | None
) -> Iterator[MappingProblem]:
    """This function will say what keeps lines or contact roles from being copied; renewals are opened all the same."""
    for name in copied_objects(mapping):
        yield from _object(name, shapes[name])
    if mapping.line_items:
        yield from _price_book(deal)
        yield from _recurring(mapping, shapes)


def _object(name: str, shape: ObjectShape | None) -> Iterator[MappingProblem]:
    written = _WRITTEN.get(name, ())
    if shape is None or not shape.queryable:
        yield _problem(f"The integration user sees no object {name}: grant Read on it")
    elif written and not shape.createable:
        yield _problem(
            f"The integration user may not create {name}: grant Create on it, and Edit on Opportunity"
        )
    else:
        closed = [one for one in written if one not in shape.fields or not shape.fields[one].createable]
        if closed:
            yield _problem(
                f"The integration user may not write {', '.join(closed)} of {name}: grant Edit on the field"
            )


def _price_book(deal: ObjectShape | None) -> Iterator[MappingProblem]:
    field = deal.fields.get("Pricebook2Id") if deal else None
    if field is None or not field.createable:
        yield _problem(
            "The integration user may not write Pricebook2Id of Opportunity: grant Edit on the field"
        )


def _recurring(mapping: CopyMapping, shapes: Mapping[str, ObjectShape | None]) -> Iterator[MappingProblem]:
    if mapping.recurring is None:
        return
    relation, _, name = mapping.recurring.rpartition(".")
    shape = shapes.get(relation.rpartition(".")[2] or LINE)
    if shape is not None and name not in shape.fields:
        yield _problem(
            f"The integration user sees no field {name} on {shape.name}: grant Read on it, or correct the mapping",
            path="mapping.opportunity_line.recurring",
        )


def _problem(said: str, *, path: str = "renewals.opportunity.copy") -> MappingProblem:
    return MappingProblem(path=path, message=f"{said}; {_UNTIL}.", blocks_creation=False)
