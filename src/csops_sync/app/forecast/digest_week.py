"""Putting the digest of a week into the outbox: once, whoever asks and however often."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest import compose
from csops_sync.app.forecast.digest_facts import digest_facts
from csops_sync.app.forecast.digest_form import digest_rows
from csops_sync.app.loading import BASELINE
from csops_sync.app.office import Office, office_of
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.confidence.business_time import BusinessHours
from csops_sync.domain.forecast.digest_rules import DigestRules, due_digest, told_from, week_key
from csops_sync.domain.rules import CalendarRules
from csops_sync.ports.digests import DigestItem
from csops_sync.ports.forecast_store import SnapshotKind
from csops_sync.ports.store import Transaction

DIGESTED_ON = "digested_on"
"""The setting that keeps the business date of the last digest that was due."""


class DigestToldError(RefusedError):
    """This week's digest is in the outbox already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest of a week; `key` is that of its first message."""

    key: str
    items: tuple[DigestItem, ...]


def digest_of(office: Office, rules: DigestRules, *, week: str, own_channel: str | None) -> Digest:
    """This function will write down the digest of today, read from the state alone.

    `own_channel` is the one that the rules name: a digest that somebody sends elsewhere does not count as theirs.

    Raises:
        NoForecastRulesError: the rules have no `forecast:` section.
        NotYetWorkedOutError: no cycle has stored the states of terms yet.
    """
    with office.store.reading() as tx:
        facts = digest_facts(tx, office, due_within=rules.due_within, profile=rules.profile)
    key = f"digest/{week}"
    if rules.channel != own_channel:
        key += f"/{rules.channel.removeprefix('#')}"
    return Digest(key=key, items=compose(facts, key=key, rules=rules))


def rules_for(office: Office, *, channel: str | None) -> DigestRules:
    """This function will give the rules of a digest that a person asks for, in a channel of their choice.

    Raises RefusedError where neither they nor the rules name one.
    """
    rules = office.rules.digest
    if rules is not None:
        return rules if channel is None else replace(rules, channel=channel)
    if channel is None:
        raise RefusedError(
            "nothing says where the digest goes: name a channel with --to '#channel', or add `digest:` to rules.yaml"
        )
    return DigestRules(channel=channel, locale=office.rules.locale)


def order_digest(office: Office, rules: DigestRules, *, is_shadow: bool) -> Digest:
    """This function will put the digest of this week into the outbox because a person asked for it.

    Raises DigestToldError where it is there already, and what `digest_of` raises.
    """
    own = office.rules.digest.channel if office.rules.digest is not None else None
    digest = digest_of(office, rules, week=week_key(office.today), own_channel=own)
    with office.writing() as tx:
        if not _put(tx, office, digest, not_before=office.now, is_shadow=is_shadow):
            raise DigestToldError(
                f"this week's digest is on its way or told already ({digest.key}); `csops-sync digest --dry-run` shows "
                "what it would say now"
            )
    return digest


def tell_week(engine: Engine) -> Digest | None:
    """This function will put the digest into the outbox that came due last, where it was not told yet.

    It waits until the day's snapshot is taken: every customer is as they are today then. The first day on which this
    is asked counts as done, so that nobody hears of a week twice when digests are switched on. Raises what the store
    raises; nothing is kept then, and it can be called again.
    """
    rules, now = engine.rules.digest, engine.now()
    if rules is None:
        return None
    planned, day = due_digest(
        now=now, rules=rules, calendar=engine.rules.calendar.own, zone=engine.rules.calendar.timezone
    )
    if not _is_due(engine, day):
        return None
    office = office_of(engine)
    digest = digest_of(office, rules, week=week_key(planned), own_channel=rules.channel)
    not_before = told_from(now=now, day=day, hours=_hours(engine.rules.calendar))
    with engine.store.transaction(engine.grant) as tx:
        was_put = _put(tx, office, digest, not_before=not_before, is_shadow=engine.is_shadow)
        tx.progress.set_setting(DIGESTED_ON, day.isoformat())
    return digest if was_put else None


def _is_due(engine: Engine, day: date) -> bool:
    with engine.store.reading() as tx:
        done, baseline = tx.progress.setting(DIGESTED_ON), tx.progress.setting(BASELINE)
        taken = tx.forecast.snapshots.latest(kind=SnapshotKind.DAY, until=engine.today())
    if baseline is None:
        return False
    if done is None:
        with engine.store.transaction(engine.grant) as tx:
            tx.progress.set_setting(DIGESTED_ON, day.isoformat())
        return False
    is_evaluated = taken is not None and taken.as_of == engine.today()
    return date.fromisoformat(done) < day and is_evaluated


def _put(tx: Transaction, office: Office, digest: Digest, *, not_before: datetime, is_shadow: bool) -> bool:
    """Put the rows into the outbox, all or none; False where the first of them is there."""
    if tx.outbox.get([digest.key]):
        return False
    rows = digest_rows(
        digest.items,
        rules_hash=office.rules.hash,
        now=office.now,
        not_before=not_before,
        is_shadow=is_shadow,
    )
    tx.outbox.put(list(rows))
    return True


def _hours(calendar: CalendarRules) -> BusinessHours:
    return BusinessHours(
        calendar=calendar.own,
        zone=calendar.timezone,
        opens_at=calendar.opens_at,
        closes_at=calendar.closes_at,
    )
