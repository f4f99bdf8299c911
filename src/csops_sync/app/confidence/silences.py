"""Silences: what a person orders nobody to hear of. Each order is one transaction and one line in the journal.

A silence counts from the next cycle on, for what has not been told yet. It changes nothing in Salesforce, and every
change stays in the ledger.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from csops_sync.app.confidence.silenced_cards import look_again
from csops_sync.app.confidence.silenced_routes import route_of, routes_in
from csops_sync.app.confidence_views import SilenceRow, SilencesView
from csops_sync.app.finding import find_account, find_opportunity, find_person
from csops_sync.app.loading import RULES
from csops_sync.app.office import Office
from csops_sync.app.order_events import ordered
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.confidence.rules import Route
from csops_sync.domain.confidence.silencing import Silence, Silenced
from csops_sync.domain.dates import Duration, later
from csops_sync.domain.renewal import Renewal
from csops_sync.ports.crm import Role
from csops_sync.ports.store import Event, Transaction

_STATUSES = ("on", "ended")
_ROLES = {Silenced.OPPORTUNITY: Role.OPPORTUNITY, Silenced.ACCOUNT: Role.ACCOUNT, Silenced.OWNER: Role.USER}
_MOST = 100_000
_LOST = ", which no route is any more, so it keeps nothing quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOrder:
    """What a person asks for. `subject` is as they wrote it; `until` is aware."""

    kind: Silenced
    subject: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Whom or what a silence is about, and the customer or renewal in whose history the order stands."""

    subject: str
    about: str
    account_id: str = ""
    renewal: Renewal | None = None
    shown: str = ""


def lasting(office: Office, span: Duration | timedelta) -> datetime:
    """This function will say when a silence of this length ends; days keep the time of day of the org."""
    if isinstance(span, timedelta):
        return office.now + span
    zone = ZoneInfo(office.timezone)
    local = office.now.astimezone(zone)
    return datetime.combine(later(local.date(), span), local.time(), zone)


def until_day(office: Office, day: date) -> datetime:
    """This function will say when a silence until a day ends: when that day begins where the org is."""
    return datetime.combine(day, time(), ZoneInfo(office.timezone))


def silence(office: Office, order: SilenceOrder) -> SilenceRow:
    """This function will keep changes of one subject from being told until an instant.

    Raises RefusedError where nothing of that name is told, the end has passed, or no reason is given.
    """
    reason = order.reason.strip()
    if not reason:
        raise RefusedError("a silence needs its reason, for whoever wonders later")
    if order.until <= office.now:
        raise RefusedError(f"the silence would end at {order.until:%Y-%m-%d %H:%M}, which has passed")
    with office.writing() as tx:
        found = _find(office, tx, order)
        made = Silence(
            id=_id(office, order, found),
            kind=order.kind,
            subject=found.subject,
            since=office.now.replace(microsecond=0),  # others may know the time by the second only
            until=order.until,
            by=office.by,
            reason=reason,
            shown=found.shown,
        )
        tx.confidence.silences.put([made])
        tx.journal.add([_event(office, "silence", made, found)])
        return _row(office, tx, made)


def end_silence(office: Office, silence_id: str) -> SilenceRow:
    """This function will end a silence before its time; RefusedError where there is none, or it is over."""
    with office.writing() as tx:
        (known,) = tx.confidence.silences.get([silence_id.strip()]) or (None,)
        if known is None:
            raise RefusedError(f"there is no silence {silence_id}; `csops-sync silence list` shows their ids")
        if not known.holds(office.now):
            over = known.ended_at or known.until
            raise RefusedError(f"silence {known.id} has been over since {over:%Y-%m-%d %H:%M}Z")
        ended = replace(known, ended_at=office.now, ended_by=office.by)
        tx.confidence.silences.put([ended])
        look_again(office, tx)
        tx.journal.add([_event(office, "silence end", ended, _known(office, tx, ended))])
        return _row(office, tx, ended)


def silences_view(office: Office, *, is_whole: bool = False) -> SilencesView:
    """This function will list the silences that hold; with `is_whole` also those that are over."""
    with office.store.reading() as tx:
        found = tx.confidence.silences.with_status(*_STATUSES, limit=_MOST)
        wanted = [one for one in found if is_whole or one.holds(office.now)]
        return SilencesView(items=tuple(_row(office, tx, one) for one in wanted), timezone=office.timezone)


def subject_words(office: Office, tx: Transaction, kept: Silence) -> str:
    """This function will name what a silence is about; its id where the record is not read any more.

    A route by its name, else by its line as the rules stand now, or stood when it was asked for.
    """
    if kept.kind is Silenced.RULE:
        route = route_of(office.rules, kept)
        return f"rule {route.shown if route else kept.shown or kept.subject}"
    (row,) = tx.mirror.get(_ROLES[kept.kind], [kept.subject]) or (None,)
    name = row.values.get("name") if row else None
    return str(name or kept.subject)


def _find(office: Office, tx: Transaction, order: SilenceOrder) -> _Found:
    if office.rules.confidence is None:
        raise RefusedError("the rules have no `confidence`, so there is nothing to silence")
    match order.kind:
        case Silenced.OPPORTUNITY:
            deal = find_opportunity(tx, order.subject)
            renewal = next(iter(tx.renewals.by_opportunity(deal.id)), None)
            if renewal is None:
                raise RefusedError(
                    f"{deal.id} is no renewal of csops-sync, so nothing is told of its confidence"
                )
            return _Found(subject=deal.id, about=str(deal.values.get("name") or deal.id), renewal=renewal)
        case Silenced.ACCOUNT:
            account = find_account(tx, order.subject)
            name = str(account.values.get("name") or account.id)
            return _Found(subject=account.id, about=name, account_id=account.id)
        case Silenced.OWNER:
            person = find_person(tx, order.subject)
            return _Found(subject=person.id, about=person.name)
        case Silenced.RULE:
            route = _route(office, order.subject)
            return _Found(subject=route.identity, about=f"rule {route.shown}", shown=route.shown)


def _route(office: Office, asked: str) -> Route:
    """Find a route by its name, or by its place in the file; the folder does not matter."""
    routes, name = routes_in(office.rules), asked.strip()
    place = name.replace("\\", "/").rpartition("/")[2]
    found = [one for one in routes if name in one.identities] or [
        one for one in routes if one.origin == place
    ]
    if found:
        return found[0]
    places = (f"{one.origin} ({one.called})" if one.called else one.origin for one in routes)
    raise RefusedError(
        f"there is no route at {asked}; the routes of `confidence` begin at {', '.join(places)}"
    )


def _known(office: Office, tx: Transaction, kept: Silence) -> _Found:
    renewals = tx.renewals.by_opportunity(kept.subject) if kept.kind is Silenced.OPPORTUNITY else ()
    account_id = kept.subject if kept.kind is Silenced.ACCOUNT else ""
    return _Found(
        subject=kept.subject,
        about=subject_words(office, tx, kept),
        account_id=account_id,
        renewal=next(iter(renewals), None),
    )


def _id(office: Office, order: SilenceOrder, found: _Found) -> str:
    """The same order at the same instant is the same silence."""
    text = f"{order.kind}|{found.subject}|{office.now.isoformat()}|{order.until.isoformat()}"
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _event(office: Office, order: str, kept: Silence, found: _Found) -> Event:
    event = ordered(
        office,
        order,
        renewal=found.renewal,
        silence=kept.id,
        subject=kept.subject,
        about=found.about,
        until=kept.until.isoformat(),
        reason=kept.reason,
    )
    return event if found.renewal else replace(event, account_id=found.account_id)


def _row(office: Office, tx: Transaction, kept: Silence) -> SilenceRow:
    state = "ended" if kept.ended_at else "on" if kept.holds(office.now) else "over"
    is_edited = kept.is_by_line and tx.progress.setting(RULES) not in (None, office.rules.hash)
    is_lost = kept.kind is Silenced.RULE and (is_edited or route_of(office.rules, kept) is None)
    return SilenceRow(
        id=kept.id,
        kind=kept.kind.value,
        subject=kept.subject,
        about=f"{subject_words(office, tx, kept)}{_LOST if is_lost and state == 'on' else ''}",
        state=state,
        since=kept.since,
        until=kept.until,
        by=kept.by,
        reason=kept.reason,
        ended_at=kept.ended_at,
        ended_by=kept.ended_by,
    )
