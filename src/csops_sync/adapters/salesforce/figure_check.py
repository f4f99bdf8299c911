"""Before anything is decided: can the figures of the forecast be written where the mapping says?"""

from collections.abc import Collection, Iterator

from csops_sync.adapters.salesforce.describe import ObjectShape
from csops_sync.ports.crm import MappingProblem
from csops_sync.ports.mapping import ObjectMapping


def figure_problems(
    mapped: ObjectMapping, figures: Collection[str], shape: ObjectShape
) -> Iterator[MappingProblem]:
    """This function will say which figures cannot be kept; renewals are opened all the same.

    A field that is not there at all is said elsewhere.
    """
    for name in sorted(figures):
        path = mapped.fields[name].path
        described = shape.fields.get(path)
        if described is not None and not described.updateable:
            yield MappingProblem(
                path=f"mapping.opportunity.fields.{name}",
                message=f"{path} is csops-sync's alone, and the integration user may not write it: grant Edit on the "
                "field in the permission set (a formula cannot be written at all), or take it out of the mapping.",
                blocks_creation=False,
            )
