"""Is the history kept that changes are read from? Where a field has none, what happens between two polls is not seen.

Probability, forecast category, stage, amount and close date stand in OpportunityHistory at every change, always. All
else has a history only where an admin switched it on, which FieldDefinition.IsFieldHistoryTracked tells (Tooling API
guide; also over the data API). It asks for View Setup and Configuration: where we lack it the question stays open, and
is reported as such, without blocking.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csops_sync.adapters.salesforce.answers import as_object, as_objects, text
from csops_sync.adapters.salesforce.client import Call, Client
from csops_sync.adapters.salesforce.describe import ObjectShape
from csops_sync.adapters.salesforce.soql import Select, equals, one_of
from csops_sync.ports.crm import MappingProblem, Role
from csops_sync.ports.errors import PermanentError
from csops_sync.ports.mapping import OrgMapping

_KEPT_BY_US: Final = ("close_date", "renewal_date", "amount")
"""Values that we keep up to date as long as no person edits them; its history says who did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    label: str
    is_tracked: bool


class TrackingCheck:
    """Asks which of the opportunity's fields are history-tracked, where confidence is read from one."""

    def __init__(self, client: Client, mapping: OrgMapping) -> None:
        self._client = client
        self._mapping = mapping

    def problems(self, shape: ObjectShape | None) -> Sequence[MappingProblem]:
        """This function will say which tracking to switch on; nothing blocks, for values are compared without it."""
        rank = self._path(self._mapping.rank)
        if shape is None or rank is None:
            return ()
        if "." in rank or (rank in shape.fields and shape.fields[rank].calculated):
            return (self._computed(rank),)
        if rank not in shape.fields:
            return ()  # said already, as a missing field
        others = [path for name in _KEPT_BY_US if (path := self._kept(name, shape)) and path != rank]
        try:
            found = self._definitions(shape.name, [rank, *others])
        except PermanentError as error:
            return (self._open_question(rank, shape, error),)
        return tuple(self._untracked(rank, others, found, shape.name))

    def _path(self, name: str | None) -> str | None:
        fields = self._mapping.objects[Role.OPPORTUNITY].fields
        return fields[name].path if name is not None and name in fields else None

    def _kept(self, name: str, shape: ObjectShape) -> str | None:
        path = self._path(name) if name in self._mapping.written else None
        return path if path in shape.fields else None

    def _definitions(self, table: str, paths: Sequence[str]) -> Mapping[str, _Definition]:
        select = Select(
            fields=("QualifiedApiName", "Label", "IsFieldHistoryTracked"),
            table="FieldDefinition",
            where=(equals("EntityDefinitionId", table), one_of("QualifiedApiName", sorted(set(paths)))),
        )
        answer = self._client.read(Call(path="query", params={"q": select.text()}))
        return {
            text(one.get("QualifiedApiName")): _Definition(
                label=text(one.get("Label")), is_tracked=one.get("IsFieldHistoryTracked") is True
            )
            for one in as_objects(as_object(answer).get("records"))
        }

    def _untracked(
        self, rank: str, others: Sequence[str], found: Mapping[str, _Definition], table: str
    ) -> Iterator[MappingProblem]:
        missing = [one for one in others if one in found and not found[one].is_tracked]
        if rank in found and not found[rank].is_tracked:
            yield self._problem(
                f"The history of {_named(rank, found)} is not tracked: moves of confidence between two polls cannot be "
                f"seen, nor who made them. {_switch_on(table, [rank], found)}"
            )
        if missing:
            names = ", ".join(_named(one, found) for one in missing)
            yield MappingProblem(
                path="mapping.opportunity.fields",
                message=f"The history of {names} is not tracked: whose edit it was is guessed from who modified the "
                f"record last, and an edit in the same second as ours is not put back. "
                f"{_switch_on(table, missing, found)}",
                blocks_creation=False,
            )

    def _computed(self, path: str) -> MappingProblem:
        return self._problem(
            f"Confidence is read from {path}, which Salesforce computes, and such a field has no history: it is "
            "compared every `confidence.compare_every`. Moves in between cannot be seen, nor who made them."
        )

    def _open_question(self, rank: str, shape: ObjectShape, error: PermanentError) -> MappingProblem:
        label = {rank: _Definition(label=rank, is_tracked=False)}
        return self._problem(
            f"It could not be checked whether the history of {rank} is tracked ({error.code}); without it, moves of "
            "confidence between two polls cannot be seen. Grant View Setup and Configuration to have it checked, or "
            f"see for yourself. {_switch_on(shape.name, [rank], label)}"
        )

    def _problem(self, message: str) -> MappingProblem:
        path = f"mapping.opportunity.fields.{self._mapping.rank}"
        return MappingProblem(path=path, message=message, blocks_creation=False)


def _named(path: str, found: Mapping[str, _Definition]) -> str:
    label = found[path].label
    return path if label in ("", path) else f"{label} ({path})"


def _switch_on(table: str, paths: Sequence[str], found: Mapping[str, _Definition]) -> str:
    labels = " and ".join(found[one].label or one for one in paths)
    where = f"Setup > Object Manager > {table} > Fields & Relationships > Set History Tracking"
    return f"To do: {where}, and tick {labels}."
