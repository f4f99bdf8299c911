"""What a cycle wants done, before anything is done: sorted values, each with its key and its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from csops_sync.domain.cheap_values import cheaply_made
from csops_sync.domain.facts import Scalar


class IntentKind(StrEnum):
    """The four things that csops-sync ever does to the outside."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"
    MESSAGE = "message"


class Foreseen(StrEnum):
    """Whether the guard expected it: due by a date stored under the same rules, or not."""

    EXPECTED = "expected"
    UNFORESEEN = "unforeseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What a created opportunity takes over from won deals (`deals` are their ids), read when it is sent.

    `currency` is that of the opportunity; `factors` say, deal by deal, what unit prices are multiplied by: fractions as
    text, `103/100`.
    """

    lines: bool
    roles: bool
    deals: tuple[str, ...]
    currency: str
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOpportunity:
    """Insert one opportunity that carries `key`. `values` are mapped field names of the opportunity.

    Where lines are copied, its amount is their sum, and the one among the values stands only if they cannot be.
    """

    key: str
    account_id: str
    contract_ids: tuple[str, ...]
    values: Mapping[str, Scalar]
    reason: str
    rule: str
    foreseen: Foreseen
    open_date: date
    renewal_date: date
    copies: Copies | None = None
    kind: IntentKind = IntentKind.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One mapped field of an opportunity: what we last read, and what it must become."""

    field: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOpportunity:
    """Change fields of an opportunity under a last-modified guard. `key` is `update/<opportunity>/<digest>`.

    `gives_back` restores what a person had written in the very second in which we wrote: the fields are theirs then.
    """

    key: str
    account_id: str
    opportunity_id: str
    changes: tuple[FieldChange, ...]
    reason: str
    rule: str
    gives_back: bool = False
    kind: IntentKind = IntentKind.UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptOpportunity:
    """Stamp a person's opportunity with the renewal key (and contract link), nothing else."""

    key: str
    account_id: str
    renewal_key: str
    opportunity_id: str
    changes: tuple[FieldChange, ...]
    reason: str
    kind: IntentKind = IntentKind.ADOPT


class NoticeKind(StrEnum):
    """What a message is about; each has its own text in both languages."""

    OPENED = "opened"
    OPENED_DAILY = "opened_daily"
    BASELINE = "baseline"
    TERMINATED = "terminated"
    CANCELLING = "cancelling"
    PARALLEL = "parallel"
    HELD = "held"
    OPERATOR = "operator"


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One renewal in a message. `opportunity_id` may still be unknown: it is looked up by `renewal_key` at delivery.

    Amount is annual, recurring, in major units as text, with `currency`. `bound` names what decided the open date
    (a `BoundKind` value) and `bound_day` the day it stands for.
    """

    renewal_key: str
    account_name: str
    renewal_date: date
    amount: str | None
    currency: str
    bound: str
    bound_day: date | None
    mentions: tuple[str, ...]
    account_id: str = ""
    opportunity_id: str | None = None
    notice_deadline: date | None = None
    budget_last_day: date | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Slack message. `mentions` inside the lines are Salesforce user ids or `@handle`s, resolved at delivery.

    `after` are keys of creates that must be settled before it; a line whose create came to nothing is left out.
    `covers` are the keys under which its renewals are told, so that a later search finds them in a group too.
    `verify_since` asks to look for it in the channel first, from that day on: an earlier life may have told it.
    `facts` fill the text of kinds that are about counts and not about renewals (`baseline`, `held`, `operator`).
    """

    key: str
    notice: NoticeKind
    channel: str
    lines: tuple[NoticeLine, ...]
    reason: str
    after: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    verify_since: date | None = None
    facts: Mapping[str, Scalar] | None = None
    kind: IntentKind = IntentKind.MESSAGE


Intent = CreateOpportunity | UpdateOpportunity | AdoptOpportunity | Message


class NoteKind(StrEnum):
    """Things that a person should see and that the product leaves alone."""

    LEFT_ALONE = "left-alone"
    AMBIGUOUS = "ambiguous"
    OVERDUE = "overdue"
    NO_BUDGET_BOUND = "no-budget-bound"
    NO_PRIOR = "no-prior"
    GAP = "gap"
    OVERLAP = "overlap"
    LATE_MEMBER = "late-member"
    NOT_ELIGIBLE = "not-eligible"
    NO_TERM = "no-term"
    UNREADABLE = "unreadable"
    CEILING = "ceiling"
    NO_CSM = "no-csm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One remark about a renewal, a contract or an opportunity, in words."""

    kind: NoteKind
    account_id: str
    subject_id: str
    text: str
