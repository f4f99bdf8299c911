"""The ops admin's `confidence:` rules as frozen values: what is a change, who hears of it, who must answer."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from csops_sync.domain.conditions import ALWAYS, Condition
from csops_sync.domain.confidence.ranks import Direction, RankScale
from csops_sync.domain.confidence.storms import StormRule
from csops_sync.domain.dates import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWithin:
    """An answer is asked for within `span` of business hours; then others are mentioned, one after the other.

    At most `above` people who stand above whoever made the change, the nearest first, and after them `steps`.
    """

    span: timedelta
    steps: tuple[str, ...] = ()
    above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where changes are told.

    Routes are tried in order; the first that fits counts, and of the later ones those that are marked `also`. `mention`
    and the steps of `acknowledge` are people paths (`csm.manager`, `account.owner`) and `@group` handles. `prior`
    bounds the annual amount in force. `urgent` may mention people outside business hours; `anew` posts a new card for
    worsened and lost moves instead of moving the old one on. `origin` is `rules.yaml:61`, which an edit above it moves;
    `called` is the name that the rules give it, empty where they give none.
    """

    changes: frozenset[Direction]
    channel: str
    origin: str
    when: Condition = ALWAYS
    prior_at_least: Decimal | None = None
    prior_at_most: Decimal | None = None
    mention: tuple[str, ...] = ()
    celebrate: tuple[str, ...] = ()
    acknowledge: AnswerWithin | None = None
    urgent: bool = False
    anew: bool = False
    also: bool = False
    called: str = ""

    @property
    def identity(self) -> str:
        """What it is known by, wherever it stands in the file: its name, else a digest of what it says."""
        return self.called or _digest(self)

    @property
    def identities(self) -> frozenset[str]:
        """All that it is known by: a name given later is that of the same route."""
        return frozenset({self.identity, _digest(self)})

    @property
    def shown(self) -> str:
        """What people are shown of it: its name, else where it begins."""
        return self.called or self.origin


@lru_cache(maxsize=1024)
def _digest(route: Route) -> str:
    return hashlib.blake2b(_said(route).encode(), digest_size=6).hexdigest()


def _said(value: object) -> str:
    """Write down what is said, and nothing of what is left at its default: keys to come change no digest."""
    if is_dataclass(value) and not isinstance(value, type):
        return f"({','.join(_given(value))})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_said, value)))}}}"
    if isinstance(value, tuple):
        return f"[{','.join(map(_said, value))}]"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else repr(str(value))


def _given(value: object) -> Iterator[str]:
    for one in fields(value):  # type: ignore[arg-type]
        said = getattr(value, one.name)
        if one.name not in _NOT_SAID and said != one.default:
            yield f"{one.name}={_said(said)}"


_NOT_SAID = frozenset({"origin", "called"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRules:
    """What counts as an answer, and where it is kept in Salesforce.

    `reactions` are emoji names that acknowledge. `fields` maps what is written (`acknowledged_by`,
    `acknowledged_at`, `note`) to our opportunity field names; `task` says whether a completed Task is logged.
    `reason_field` is the mapped field with the reason of a loss or downsell, `reasons` its values.
    """

    reactions: frozenset[str] = frozenset({"white_check_mark", "eyes", "raised_hand", "ok_hand"})
    task: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    reason_field: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceRules:
    """Everything about changes of confidence. `none` are directions that tell nobody.

    A rank that the org computes is compared with its last value every `compare_every`.

    `near` is how close a notice deadline or budget lock must be to stand on a card. `fallback` is the `@handle` that is
    mentioned where a route wants somebody and nobody is found; None where the workspace has none.
    """

    scale: RankScale
    routes: tuple[Route, ...]
    none: frozenset[Direction] = frozenset()
    settle: timedelta = timedelta(minutes=5)
    storm: StormRule | None = None
    tell_net_zero: bool = False
    answer: AnswerRules = AnswerRules()
    near: Duration = Duration(days=45)
    compare_every: timedelta = timedelta(hours=1)
    fallback: str | None = None
