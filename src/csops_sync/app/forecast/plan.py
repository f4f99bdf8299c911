"""What a forecast is held against: targets that were planned, and calls that people made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from csops_sync.app.books import read_people
from csops_sync.app.forecast.calls import NO_CALLS, KnownCalls, calls_known
from csops_sync.app.forecast.mirrored_targets import mirrored_targets
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.app.office import Office
from csops_sync.app.row_scope import reports_of
from csops_sync.domain.facts import Person
from csops_sync.domain.forecast.targets import (
    EVERYTHING,
    NO_TARGETS,
    ScopeKind,
    Target,
    TargetBook,
    TargetScope,
    target_conflicts,
)
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.store import Transaction

People = frozenset[str] | None
_SCOPES = {
    GroupBy.SEGMENT: ScopeKind.SEGMENT,
    GroupBy.CSM: ScopeKind.CSM,
    GroupBy.MANAGER: ScopeKind.MANAGER,
}
_PERSONAL = frozenset({ScopeKind.CSM, ScopeKind.MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Targets and calls as one reader may see them.

    `below` are the users whose renewals the team of a call holds, themselves among them, by user id. `people` is whose
    renewals the report shows (None: everybody's), and `head` the one of them whom the others report to. `remarks` say
    which targets count for nothing, and why.
    """

    targets: TargetBook = NO_TARGETS
    calls: KnownCalls = NO_CALLS
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)
    people: People = None
    head: str | None = None
    remarks: tuple[str, ...] = ()

    def scopes_of_all(self) -> tuple[TargetScope, ...]:
        """This function will give the scopes that the total may be held against, the first that has a target."""
        if self.people is None:
            return (EVERYTHING,)
        if self.head is None:
            return ()
        return tuple(TargetScope(kind=kind, name=self.head) for kind in (ScopeKind.MANAGER, ScopeKind.CSM))

    def scope_of(self, by: GroupBy, key: str) -> TargetScope | None:
        """This function will give the scope of a line; None where no target can be for it, or not for this reader."""
        kind = _SCOPES.get(by)
        if kind is None:
            return None
        if self.people is not None and (kind not in _PERSONAL or key not in self.people):
            return None
        return TargetScope(kind=kind, name=key)


NO_PLAN = Plan()


def plan_in(tx: Transaction, office: Office, *, people: People = None, at: datetime | None = None) -> Plan:
    """This function will read the targets of the rules and of Salesforce, and the calls that count now, or at `at`."""
    calls = calls_known(tx, at=at or office.now)
    given = [*office.rules.targets, *mirrored_targets(tx, office)]
    if not given and not calls.teams and people is None:
        return Plan(calls=calls)
    users = read_people(tx)
    targets, remarks = _resolved(given, users)
    return Plan(
        targets=TargetBook.of(targets),
        calls=calls,
        below={user: reports_of(user, users.values()) for user, _ in calls.teams},
        people=people,
        head=_head(people, users),
        remarks=remarks,
    )


def _resolved(
    given: Sequence[Target | str], users: Mapping[str, Person]
) -> tuple[list[Target], tuple[str, ...]]:
    """Put ids for e-mail addresses, and leave out what counts for nothing, saying so."""
    remarks = [one for one in given if isinstance(one, str)]
    found: list[Target] = []
    for one in given:
        if isinstance(one, str):
            continue
        named = _with_id(one, users)
        if named is None:
            remarks.append(
                Sentence(
                    "target.nobodys",
                    "the target of {period} for {scope} ({origin}) counts for nobody: Salesforce has no one active "
                    "user of that id, e-mail address or name",
                    period=one.period,
                    scope=one.scope.words,
                    origin=one.origin,
                )
            )
        else:
            found.append(named)
    clashes = list(target_conflicts(found))
    out = {id(one) for clash in clashes for one in (clash.earlier, clash.later)}
    remarks.extend(
        Sentence(
            "target.clash",
            "the targets at {earlier} and {later} count for nothing: {why}",
            earlier=one.earlier.origin,
            later=one.later.origin,
            why=one.words,
        )
        for one in clashes
    )
    return [one for one in found if id(one) not in out], tuple(remarks)


def _with_id(target: Target, users: Mapping[str, Person]) -> Target | None:
    scope = target.scope
    if scope.kind not in _PERSONAL or scope.name in users:
        return target
    wanted = scope.name.casefold()
    active = [one for one in users.values() if one.is_active]
    named = [one.id for one in active if wanted in ((one.email or "").casefold(), one.name.casefold())]
    return replace(target, scope=replace(scope, name=named[0])) if len(named) == 1 else None


def _head(people: People, users: Mapping[str, Person]) -> str | None:
    """Find the one whom all others of a reader's people report to."""
    known = [users[one] for one in people or () if one in users]
    heads = [one.id for one in known if one.manager_id is None or one.manager_id not in (people or ())]
    return heads[0] if len(heads) == 1 else None


def named_below(users: Iterable[str], below: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """This function will put users in order, those with the most people below them first."""
    return tuple(sorted(users, key=lambda one: (-len(below.get(one, ())), one)))
