"""The composition root: the only file that names concrete adapters, and the only reader of clock and environment."""

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from zoneinfo import ZoneInfo

from csops_sync.adapters.salesforce.connect import Hooks as SalesforceHooks
from csops_sync.adapters.salesforce.connect import Salesforce, connect
from csops_sync.adapters.salesforce.connection import Flow, SalesforceConnection
from csops_sync.adapters.salesforce.transport import WrapAdapter
from csops_sync.adapters.slack.cards import SlackCards
from csops_sync.adapters.slack.client import SlackChat
from csops_sync.adapters.slack.connection import ClientFactory, SlackOptions, make_client
from csops_sync.adapters.store import binding, schema
from csops_sync.adapters.store.backup import backup
from csops_sync.adapters.store.engine import Database, open_engine
from csops_sync.adapters.store.store import SqlStore
from csops_sync.app.engine import Desk, Engine, Mode
from csops_sync.app.holding import Holding
from csops_sync.app.loading import is_loaded
from csops_sync.app.office import Office
from csops_sync.app.queries_plan import rehearsed_in
from csops_sync.app.rule_check import API_VERSION, asked_record_types, rule_problems
from csops_sync.config.loader import Loaded, load
from csops_sync.config.settings import Settings
from csops_sync.domain.rules import RuleSet
from csops_sync.ports.crm import OrgIdentity
from csops_sync.ports.errors import OutsideError, PermanentError, WrongOrgError
from csops_sync.ports.store import LeaseGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigPaths:
    """The two files of a configuration."""

    rules: Path
    connections: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Transports:
    """What stands between the product and its wires; tests put their own around them."""

    wrap_salesforce: WrapAdapter | None = None
    slack_client: ClientFactory = make_client
    on_database: Callable[[Database], None] = lambda _engine: None
    monotonic: Callable[[], float] = time.monotonic


class Stopper:
    """The stop signal as everything sees it: a flag to ask, and a wait that it ends early."""

    def __init__(self) -> None:
        self._event = Event()

    def stop(self) -> None:
        """This function will ask everything to end."""
        self._event.set()

    def is_set(self) -> bool:
        """This function will say whether a stop was asked for."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """This function will wait, and say True where a stop was asked for meanwhile."""
        return self._event.wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Everything put together for one org. `engine()` gives a fresh immutable engine for each run."""

    settings: Settings
    rules: RuleSet
    loaded: Loaded
    database: Database
    store: SqlStore
    salesforce: Salesforce
    chat: SlackChat
    cards: SlackCards
    identity: OrgIdentity
    holding: Holding
    stopper: Stopper
    creation_blocked: str | None = None
    problems: tuple[str, ...] = field(default=())

    def engine(self, grant: LeaseGrant | None = None, *, rules: RuleSet | None = None) -> Engine:
        """This function will give the engine of one run, under a grant of the lease or (a rehearsal) none."""
        return Engine(
            store=self.store,
            reader=self.salesforce.reader,
            writer=self.salesforce.writer,
            chat=self.chat,
            clock=self.salesforce.clock,
            rules=_as_us(rules or self.rules, self.identity),
            mapping=self.loaded.mapping,
            identity=self.identity,
            slack_cards=self.cards,
            desk=Desk(
                mode=Mode(self.settings.mode.value),
                operator_channel=self.settings.slack.operator_channel or None,
                creation_blocked=self.creation_blocked,
                keep_outbox=self.settings.keep_outbox,
                keep_journal=self.settings.keep_journal,
            ),
            grant=grant,
            still_ours=partial(self.holding.holds, grant) if grant else lambda: True,
            stopping=self.stopper.is_set,
        )


def system_now() -> datetime:
    """This function will read the system's clock, aware, UTC: for tokens, timeouts and logs, never for business."""
    return datetime.now(UTC)


def system_today(timezone: str = "UTC") -> date:
    """This function will give the system's date, for holidays and before Salesforce has said its own."""
    return system_now().astimezone(ZoneInfo(timezone)).date()


def environment() -> Mapping[str, str]:
    """This function will give the process's environment."""
    return os.environ


def load_configuration(paths: ConfigPaths, given: Mapping[str, str] | None = None) -> Loaded:
    """This function will load both files; raises ConfigRefusedError with every fault."""
    return load(paths.rules, paths.connections, environment=given or environment(), today=system_today())


def open_database(settings: Settings) -> Database:
    """This function will open the database; the folder of an SQLite file is made, the schema is not touched."""
    return open_engine(settings.store_url.get_secret_value())


def assemble(
    loaded: Loaded,
    *,
    transports: Transports | None = None,
    stopper: Stopper | None = None,
    binds: bool = True,
) -> Assembly:
    """This function will put everything together and make sure that state and org belong to each other.

    What only looks gives `binds=False`: a state without an org stays so, and is one org's from its first `run` on.
    Raises PermanentError where credentials are missing or the schema does not fit, WrongOrgError where the database
    belongs to another org, and what reaching Salesforce raises.
    """
    wires = transports or Transports()
    stop = stopper or Stopper()
    settings = loaded.settings
    if missing := settings.missing():
        raise PermanentError(f"not set: {', '.join(missing)}; docs/rules.md says where each comes from")
    salesforce = _salesforce(loaded, wires, stop)
    identity = salesforce.reader.identity()
    database = open_database(settings)
    wires.on_database(database)
    schema.prepare(database)
    store = SqlStore(database, identity.org_id)
    if binds or binding.bound_org(database) is not None:
        store.bind(org_id=identity.org_id)
    chat = _chat(settings, salesforce, wires, loaded.rules.calendar.timezone)
    return Assembly(
        settings=settings,
        rules=_with_automation(loaded, salesforce),
        loaded=loaded,
        database=database,
        store=store,
        salesforce=salesforce,
        chat=chat,
        cards=SlackCards(chat.workspace, monotonic=wires.monotonic),
        identity=identity,
        holding=Holding(store.leases, org_id=identity.org_id, owner=_owner(), monotonic=wires.monotonic),
        stopper=stop,
    )


def reassemble(running: Assembly, loaded: Loaded, *, transports: Transports | None = None) -> Assembly:
    """This function will put a changed configuration to work in a running process, under the same lease.

    Where nothing but rules changed, the connection stays, and with it the count of our API calls. Raises
    PermanentError where the database is another one (that takes a restart), WrongOrgError where the org is.
    """
    settings = loaded.settings
    if settings.store_url != running.settings.store_url:
        raise PermanentError("the database's address changed: restart csops-sync to move to another database")
    wires = transports or Transports()
    salesforce, identity = running.salesforce, running.identity
    if (settings, loaded.mapping) != (running.settings, running.loaded.mapping):
        salesforce = _salesforce(loaded, wires, running.stopper)
        identity = salesforce.reader.identity()
    if identity.org_id != running.identity.org_id:
        raise WrongOrgError(f"the state belongs to org {running.identity.org_id}, not to {identity.org_id}")
    chat = _chat(settings, salesforce, wires, loaded.rules.calendar.timezone)
    return replace(
        running,
        settings=settings,
        rules=_with_automation(loaded, salesforce),
        loaded=loaded,
        salesforce=salesforce,
        chat=chat,
        cards=SlackCards(chat.workspace, monotonic=wires.monotonic),
        identity=identity,
    )


def checked(assembly: Assembly) -> Assembly:
    """This function will compare mapping and rules with the org and Slack with the channels, and note what is wrong.

    Each problem names its line in YAML. Where one of them forbids it, the assembly creates nothing.
    """
    reader, rules = assembly.salesforce.reader, assembly.rules
    problems = list(reader.check())
    if not any(one.path == API_VERSION for one in problems):  # under another version nothing more can be asked
        asked = asked_record_types(rules, assembly.loaded.mapping)
        problems += rule_problems(rules, org=assembly.identity, asked=asked, usable=reader.record_types(asked))
    positions = assembly.loaded.positions
    lines = [f"{positions.get(one.path, one.path)}: {one.message}" for one in problems]
    blocking = [line for line, one in zip(lines, problems, strict=True) if one.blocks_creation]
    slack = assembly.chat.check(channels_of(assembly))
    return replace(
        assembly,
        creation_blocked="; ".join(blocking) or None,
        problems=(*lines, *(f"Slack: {text}" for text in slack)),
    )


@contextmanager
def planning(assembly: Assembly) -> Iterator[Engine]:
    """This function will give the engine that `plan` rehearses with: on the state, or before it is whole on a scratch.

    Raises what reading Salesforce raises, for a first load into the scratch.
    """
    engine = assembly.engine()
    if is_loaded(engine):
        yield engine
    else:
        with scratch(assembly) as store:
            yield rehearsed_in(engine, store)


@contextmanager
def scratch(assembly: Assembly) -> Iterator[SqlStore]:
    """This function will open an empty store for the same org that is gone at the end, with its file."""
    with TemporaryDirectory(prefix="csops-sync-plan-") as folder:
        database = open_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            schema.upgrade(database)
            yield SqlStore(database, assembly.identity.org_id)
        finally:
            database.dispose()


class Asks(Enum):
    """What is asked of Salesforce when state is opened without it: nothing, the time, or also who is who."""

    NOTHING = 0
    TIME = 1
    WHO = 2


@contextmanager
def opened_state(loaded: Loaded, *, by: str, asks: Asks = Asks.TIME) -> Iterator[tuple[Office, str]]:
    """This function will open state and rules for a person's questions and orders, and give the org's id.

    Salesforce may be down: the system tells the time then, and automation is shown as people. Raises PermanentError
    where the schema does not fit, or nothing was ever read.
    """
    with database_of(loaded) as database:
        schema.prepare(database)
        org_id = binding.bound_org(database)
        if org_id is None:
            raise PermanentError("nothing has been read yet: run `csops-sync run`, or `csops-sync sync` once")
        now, rules = _asked(loaded, asks)
        yield Office(store=SqlStore(database, org_id), rules=rules, now=now, by=by), org_id


@contextmanager
def database_of(loaded: Loaded) -> Iterator[Database]:
    """This function will open the configured database and let go of it at the end; its schema is not touched."""
    database = open_database(loaded.settings)
    try:
        yield database
    finally:
        database.dispose()


def schema_version(loaded: Loaded, *, upgrade: bool = False) -> str:
    """This function will give the schema's version; PermanentError unless it is this program's (or was made so)."""
    with database_of(loaded) as database:
        (schema.upgrade if upgrade else schema.check)(database)
        return schema.head()


def backup_database(loaded: Loaded, target: Path) -> None:
    """This function will copy the state to a file beside a running daemon (SQLite); see `adapters.store.backup`."""
    with database_of(loaded) as database:
        backup(database, target)


def _asked(loaded: Loaded, asks: Asks) -> tuple[datetime, RuleSet]:
    now, rules = system_now(), loaded.rules
    if asks is Asks.NOTHING or loaded.settings.missing():
        return now, rules
    salesforce = _salesforce(loaded, Transports(), Stopper())
    try:
        now = salesforce.clock.now()
        if asks is Asks.WHO:
            rules = _as_us(_with_automation(loaded, salesforce), salesforce.reader.identity())
    except OutsideError:
        return now, rules
    return now, rules


def _as_us(rules: RuleSet, identity: OrgIdentity) -> RuleSet:
    """Tell the rules as whom we write, so that our own edits are taken for nobody else's."""
    return replace(rules, ownership=replace(rules.ownership, our_user_id=identity.integration_user_id))


def channels_of(assembly: Assembly) -> tuple[str, ...]:
    """This function will list every channel that the rules and the operator use, each once."""
    used = [rule.announce.channel for rule in assembly.rules.renewals if rule.announce]
    return tuple(dict.fromkeys([assembly.settings.slack.operator_channel, *used]))


def _with_automation(loaded: Loaded, salesforce: Salesforce) -> RuleSet:
    names = loaded.settings.automation_usernames
    if not names:
        return loaded.rules
    ids = salesforce.reader.user_ids(sorted(names))
    if unknown := sorted(names - set(ids)):
        raise PermanentError(
            f"ownership.automation_users: Salesforce knows no user {', '.join(unknown)}; correct csops-sync.yaml"
        )
    ownership = loaded.rules.ownership
    known = ownership.automation_user_ids | frozenset(ids.values())
    return replace(loaded.rules, ownership=replace(ownership, automation_user_ids=known))


def _salesforce(loaded: Loaded, wires: Transports, stop: Stopper) -> Salesforce:
    org = loaded.settings.salesforce
    connection = SalesforceConnection(
        url=org.url,
        flow=Flow(org.auth.value),
        client_id=org.client_id,
        username=org.username,
        private_key=org.private_key,
        client_secret=org.client_secret,
        audience=org.audience,
        api_version=org.api_version,
        budget_share=float(org.api_share),
        write_reserve=float(org.write_reserve),
        org_ceiling=float(org.org_ceiling),
    )
    hooks = SalesforceHooks(
        system_clock=system_now, monotonic=wires.monotonic, wrap_adapter=wires.wrap_salesforce
    )
    return connect(connection, loaded.mapping, waiter=stop, hooks=hooks)


def _chat(settings: Settings, salesforce: Salesforce, wires: Transports, timezone: str) -> SlackChat:
    slack = settings.slack
    token = slack.token.get_secret_value() if slack.token else ""
    options = SlackOptions(
        token=token,
        base_url=slack.api_url,
        locale=settings.locale,
        timezone=timezone,
        overrides=slack.users,
        fallback=slack.fallback,
    )
    return SlackChat(
        options, clock=salesforce.clock, client_factory=wires.slack_client, monotonic=wires.monotonic
    )


def _owner() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
