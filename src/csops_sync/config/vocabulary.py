"""The words that the rules of this org may use: mapped names, segments, ranks.

They are read from the raw files, so that a wrong name is found in the same pass as every other fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationInfo

from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.config.raw import at
from csops_sync.config.source import Plain

ACCOUNT, CONTRACT, OPPORTUNITY, USER, TARGET = "account", "contract", "opportunity", "user", "target"
READ_ALWAYS = {OPPORTUNITY: frozenset({"created_by", "created_at", "last_modified_by", "last_modified_at"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What is defined where. `mapped` is None where the connections could not be read: then no name is checked.

    `amount` is the path of the opportunity's amount, None where it is not mapped, or nobody knows.
    """

    mapped: Mapping[str, frozenset[str]] | None = None
    amount: str | None = None
    segments: tuple[str, ...] | None = None
    ranks: tuple[str, ...] | None = None

    def check_path(self, path: str, *, roles: tuple[str, ...]) -> None:
        """This function will check a path such as `account.tier` against the mapping.

        Raises:
            ValueError: it is no path of these roles, or its name is not mapped.
        """
        role, dot, name = path.partition(".")
        if role not in roles or not dot:
            forms = one_of(f"{each}.<name>" for each in roles)
            raise ValueError(f"{path!r} is not known here; write {forms}{did_you_mean(role, roles)}")
        if self.mapped is None:
            return
        names = self.mapped.get(role, frozenset())
        if name not in names:
            suggestion = did_you_mean(name, names, prefix=f"{role}.")
            raise ValueError(
                f"{path!r} is not mapped{suggestion}; name it in csops-sync.yaml under mapping.{role}.fields"
            )

    def has(self, role: str, name: str) -> bool:
        """Whether a role's name is mapped, or may be for all that is known."""
        return self.mapped is None or name in self.mapped.get(role, frozenset())


def vocabulary_of(info: ValidationInfo) -> Vocabulary:
    """This function will give the vocabulary that a validation runs with; an empty one checks no names."""
    return info.context if isinstance(info.context, Vocabulary) else Vocabulary()


def read_vocabulary(*, rules: Plain, connections: Plain) -> Vocabulary:
    """This function will collect the words that both files define, as far as they can be made out."""
    return Vocabulary(
        mapped=_mapped_names(connections),
        amount=_amount_path(connections),
        segments=_names(at(rules, "segments")),
        ranks=_names(at(rules, "confidence", "ranks")),
    )


def _mapped_names(connections: Plain) -> Mapping[str, frozenset[str]] | None:
    mapping = at(connections, "mapping")
    if not isinstance(mapping, dict):
        return None
    return {
        role: frozenset(_names(at(mapping, role, "fields")) or ()) | READ_ALWAYS.get(role, frozenset())
        for role in (ACCOUNT, CONTRACT, OPPORTUNITY)
    }


def _amount_path(connections: Plain) -> str | None:
    field = at(connections, "mapping", OPPORTUNITY, "fields", "amount")
    path = at(field, "path") if isinstance(field, dict) else field
    return path if isinstance(path, str) else None


def _names(value: Plain) -> tuple[str, ...] | None:
    if isinstance(value, dict):
        return tuple(value)
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return None
