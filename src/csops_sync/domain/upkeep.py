"""Keeping an opened renewal in order: stamping what was adopted, following the contract, leaving people's edits."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from csops_sync.domain.announcing import line_of
from csops_sync.domain.book import AccountBook
from csops_sync.domain.case import Case, as_decided
from csops_sync.domain.co_term import Group
from csops_sync.domain.copying import HAS_LINES
from csops_sync.domain.decision import NOTHING_DECIDED, Announcement, Decision, merged
from csops_sync.domain.facts import Opportunity, Scalar, without_empty_places
from csops_sync.domain.forecast.figures import FIGURE_FIELDS
from csops_sync.domain.intent_reasons import (
    BESIDE,
    END_MOVED,
    FACTS_CHANGED,
    IS_ITS_RENEWAL,
    NOT_ITS_RENEWAL,
)
from csops_sync.domain.intents import (
    AdoptOpportunity,
    FieldChange,
    Note,
    NoteKind,
    NoticeKind,
    UpdateOpportunity,
)
from csops_sync.domain.openings import announcements_of, mentions_of, subject_of
from csops_sync.domain.opportunity_fields import maintained_values
from csops_sync.domain.overtaking import give_back
from csops_sync.domain.ownership import Claim, Editor, claim, same
from csops_sync.domain.renewal import parse_key
from csops_sync.domain.rules import RenewalRule, RuleSet
from csops_sync.domain.sentences import Sentence, Wording, about

_DAY = timedelta(days=1)
_DIGEST_BYTES = 6
_LEFT_TO_PERSON = Wording("note.left", "{field} is {value}, we last wrote {written}; changed by {name}")
_LEFT_TO_FLOW = Wording(
    "note.left-to-flow",
    "{field} is {value}, we last wrote {written}; changed by {name}, an automation user",
)
_STAMP = ("renewal_key", "contract", "renewal_date")


def keep(book: AccountBook, *, group: Group, rules: RuleSet, today: date) -> Decision:
    """This function will decide what an opened renewal (with those that share its opportunity) still needs."""
    renewals = tuple(as_decided(case, rules=rules, today=today) for case in group.cases)
    case = group.anchor
    opportunity = book.opportunity(case.tracked.renewal.opportunity_id)
    if opportunity is None or case.rule is None:
        return Decision(renewals=renewals)
    first = Decision(renewals=renewals)
    overtaken = give_back(book, opportunity=opportunity, ownership=rules.ownership)
    if overtaken is not None:
        return Decision(
            renewals=tuple(replace(one, review_on=today + _DAY) for one in renewals), intents=(overtaken,)
        )
    parts = (
        _stamp(book, case, opportunity, rules),
        _follow(book, group, case.rule, opportunity, rules),
        _tell(book, group, opportunity, rules),
    )
    wanted = merged((first, *parts))
    if not wanted.intents:
        return wanted
    return replace(wanted, renewals=tuple(replace(one, review_on=today + _DAY) for one in wanted.renewals))


def _stamp(book: AccountBook, case: Case, opportunity: Opportunity, rules: RuleSet) -> Decision:
    """Give an adopted opportunity its key (and the contract link, where it has none), once."""
    stamped = book.written.get((opportunity.id, "renewal_key"))
    if opportunity.renewal_key is not None or (stamped is not None and stamped.sent is not None):
        return NOTHING_DECIDED
    ours = (case.key, case.tracked.contract.id, case.tracked.term.renewal_date)
    wanted: dict[str, Scalar] = dict(zip(_STAMP, ours, strict=True))
    changes = tuple(
        FieldChange(field=name, before=None, after=value)
        for name, value in wanted.items()
        if name in rules.opportunity_fields and opportunity.values.get(name) is None
    )
    stamp = AdoptOpportunity(
        key=f"adopt/{case.key}/{opportunity.id}",
        account_id=book.account.id,
        renewal_key=case.key,
        opportunity_id=opportunity.id,
        changes=changes,
        reason=IS_ITS_RENEWAL(name=opportunity.name, number=case.tracked.contract.number),
    )
    return Decision(intents=(stamp,))


def unstamp(book: AccountBook, *, case: Case) -> Decision:
    """This function will take our stamp off open opportunities that a person said are not this renewal.

    Only what we wrote ourselves, and what still stands as we wrote it, is taken back.
    """
    if not case.tracked.renewal.refused:
        return NOTHING_DECIDED
    refused = (book.opportunity(one) for one in case.tracked.renewal.refused)
    updates = (
        _stamp_off(book, case, one) for one in refused if one and not (one.is_closed or one.is_deleted)
    )
    return Decision(intents=tuple(one for one in updates if one is not None))


def _stamp_off(book: AccountBook, case: Case, opportunity: Opportunity) -> UpdateOpportunity | None:
    ref = parse_key(opportunity.renewal_key) if opportunity.renewal_key else None
    ours = [field for field in _STAMP if _stands_as_written(book, opportunity, field)]
    if ref is None or ref.contract_id != case.tracked.contract.id or "renewal_key" not in ours:
        return None
    changes = [FieldChange(field=one, before=opportunity.values.get(one), after=None) for one in ours]
    reason = NOT_ITS_RENEWAL(number=case.tracked.contract.number)
    return _update(book, opportunity, case.rule, changes, reason=reason)


def _stands_as_written(book: AccountBook, opportunity: Opportunity, field: str) -> bool:
    base, current = book.written.get((opportunity.id, field)), opportunity.values.get(field)
    return base is not None and current is not None and same(base.value, current)


def _follow(
    book: AccountBook, group: Group, rule: RenewalRule, opportunity: Opportunity, rules: RuleSet
) -> Decision:
    """Move what follows the contract, field by field, and say which fields a person has taken over."""
    wanted = maintained_values(book, subject=subject_of(group), rule=rule, rules=rules)
    if opportunity.values.get(HAS_LINES) is True:
        wanted.pop("amount", None)  # Salesforce makes it of the lines, and ignores what else is written there
    changes: list[FieldChange] = []
    notes: list[Note] = []
    for field, value in wanted.items():
        held = claim(book, opportunity=opportunity, field=field, wanted=value, ownership=rules.ownership)
        current = opportunity.values.get(field)
        if held.writable and not same(current, value):
            changes.append(FieldChange(field=field, before=current, after=value))
        elif held.editor in (Editor.PERSON, Editor.AUTOMATION) and not same(current, value):
            notes.append(_left_alone(book, opportunity, field, held))
    moved = any(one.field == "renewal_date" for one in changes)
    reason = END_MOVED() if moved else FACTS_CHANGED()
    update = _update(book, opportunity, rule, changes, reason=reason)
    if update is None and not notes:
        return NOTHING_DECIDED
    return Decision(intents=(update,) if update else (), notes=tuple(notes))


def _update(
    book: AccountBook,
    opportunity: Opportunity,
    rule: RenewalRule | None,
    changes: Sequence[FieldChange],
    *,
    reason: str,
) -> UpdateOpportunity | None:
    if not changes:
        return None
    digest = hashlib.blake2b(_told_apart(book, opportunity, changes).encode(), digest_size=_DIGEST_BYTES)
    return UpdateOpportunity(
        key=f"update/{opportunity.id}/{digest.hexdigest()}",
        account_id=book.account.id,
        opportunity_id=opportunity.id,
        changes=tuple(changes),
        reason=reason,
        rule=rule.name if rule else "",
    )


def _told_apart(book: AccountBook, opportunity: Opportunity, changes: Sequence[FieldChange]) -> str:
    """Say what an update is, and after which of our own writes: the same change may be due again months later."""
    text = "|".join(f"{one.field}:{one.before}>{one.after}" for one in changes)
    bases = [
        written
        for (found, field), written in book.written.items()
        if found == opportunity.id and field not in FIGURE_FIELDS
    ]
    insisted = sum(one.reasserted for one in bases)
    last = max((one.written_at for one in bases if one.written_at is not None), default="")
    return f"{text}|{insisted}|{last}"


def _left_alone(book: AccountBook, opportunity: Opportunity, field: str, held: Claim) -> Note:
    written = book.written[(opportunity.id, field)]
    who = book.people.get(held.editor_id or "")
    words = _LEFT_TO_FLOW if held.editor is Editor.AUTOMATION else _LEFT_TO_PERSON
    said = words(
        field=field,
        value=without_empty_places(opportunity.values.get(field)),
        written=without_empty_places(written.sent),
        name=who.name if who else held.editor_id or Sentence("somebody", "somebody"),
    )
    text = about(opportunity.name, said)
    return Note(kind=NoteKind.LEFT_ALONE, account_id=book.account.id, subject_id=opportunity.id, text=text)


def _tell(book: AccountBook, group: Group, opportunity: Opportunity, rules: RuleSet) -> Decision:
    """Tell of an opening that this state never told: it was created by us, in an earlier life or a moment ago."""
    renewal, rule = group.anchor.tracked.renewal, group.anchor.rule
    ours = rules.ownership.our_user_id
    made_by_us = opportunity.renewal_key == renewal.anchor_key and renewal.adopted_on is None
    made_by_other = ours is not None and opportunity.created_by_id not in (None, ours)
    if rule is None or renewal.announced or not made_by_us or made_by_other or opportunity.is_closed:
        return NOTHING_DECIDED
    told = announcements_of(book, case=group.anchor, group=group, rule=rule, after=None, verify=True)
    return Decision(announcements=told)


def tell_parallel(book: AccountBook, *, case: Case, others: Sequence[Opportunity]) -> Decision:
    """This function will show the CSM a second open opportunity beside the renewal's own, once each."""
    if not others or case.rule is None or case.rule.announce is None:
        return NOTHING_DECIDED
    announce = case.rule.announce
    mentions = mentions_of(book, case=case, announce=announce)
    return Decision(
        announcements=tuple(
            Announcement(
                key=f"parallel/{case.key}/{other.id}",
                notice=NoticeKind.PARALLEL,
                channel=announce.channel,
                daily=False,
                line=line_of(case, account_name=book.account.name, mentions=mentions, others=(other.id,)),
                reason=BESIDE(name=other.name),
            )
            for other in others
        )
    )


def tell_terminated(book: AccountBook, *, case: Case) -> Decision:
    """This function will tell the CSM that a contract was terminated whose renewal is still open."""
    renewal = case.tracked.renewal
    opportunity = book.opportunity(renewal.opportunity_id)
    if opportunity is None or opportunity.is_closed or case.rule is None or case.rule.announce is None:
        return NOTHING_DECIDED
    announce = case.rule.announce
    line = replace(
        line_of(
            case,
            account_name=book.account.name,
            mentions=mentions_of(book, case=case, announce=announce),
        ),
        opportunity_id=opportunity.id,
    )
    told = Announcement(
        key=f"terminated/{case.key}",
        notice=NoticeKind.TERMINATED,
        channel=announce.channel,
        daily=False,
        line=line,
        reason=case.verdict.why,
    )
    return Decision(announcements=(told,))
