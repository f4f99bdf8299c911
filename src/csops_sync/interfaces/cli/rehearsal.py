"""`csops-sync run --sandbox --once`: a baseline, a business day later the openings, and then nothing to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from csops_sync.app.confidence.telling_words import is_telling
from csops_sync.app.cycle import CycleReport, run_cycle
from csops_sync.app.delivery import has_work, run_delivery
from csops_sync.app.engine import Engine
from csops_sync.app.forecast.digest_form import is_digest
from csops_sync.app.payload import decode
from csops_sync.bootstrap import Assembly
from csops_sync.domain.intents import CreateOpportunity, Message
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.sandbox_child import SandboxChild
from csops_sync.ports.crm import Role
from csops_sync.ports.store import OutboxRow, OutboxStatus

AT_LEAST = 3
_PASSES = 20
_SHOWN = 5
_EVERYTHING = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """One cycle with its delivery: what it sent, and what it left held."""

    report: CycleReport
    opened: Sequence[CreateOpportunity]
    messages: Sequence[Message]
    others: int
    held: int
    refused: Sequence[str]
    calls: int


def rehearse(assembly: Assembly, sandbox: SandboxChild, say: Callable[[str], None]) -> int:
    """This function will run three cycles on the sandbox, say what each did, and give the exit code.

    1 where the second opened and announced fewer than three renewals, or the third did anything at all.
    """
    say(f"CRM page   {sandbox.crm_page}\nSlack page {sandbox.slack_page}\n")
    for problem in assembly.problems:
        say(f"! {problem}")
    first = _step(assembly)
    say(_baseline_text(assembly, first))
    sandbox.advance_business_days(1)
    second = _step(assembly)
    say(_opening_text(assembly, second))
    third = _step(assembly)
    say(_quiet_text(assembly, third))
    announced = sum(len(message.lines) for message in second.messages)
    enough = min(len(second.opened), announced) >= AT_LEAST
    quiet = not (third.opened or third.messages or third.others)
    say(_verdict(second, announced, fine=enough and quiet))
    return 0 if enough and quiet else 1


def _step(assembly: Assembly) -> Step:
    """Run one cycle under the lease and deliver until nothing is due."""
    grant = assembly.holding.claim()
    engine = assembly.engine(grant)
    before = {row.key for row in _sent(engine)}
    calls = engine.reader.usage().ours
    report = run_cycle(engine)
    for _ in range(_PASSES):
        assembly.holding.claim()
        run_delivery(engine)
        if not has_work(engine):
            break
    rows = [row for row in _sent(engine) if row.key not in before]
    fresh = [decode(row.payload) for row in rows if not is_telling(row) and not is_digest(row)]
    with engine.store.reading() as tx:
        held = tx.outbox.counts().get(OutboxStatus.HELD, 0)
        parked = tx.outbox.with_status(OutboxStatus.PARKED, limit=_EVERYTHING)
    opened = [one for one in fresh if isinstance(one, CreateOpportunity)]
    messages = [one for one in fresh if isinstance(one, Message)]
    return Step(
        report=report,
        opened=opened,
        messages=messages,
        others=len(rows) - len(opened) - len(messages),
        held=held,
        refused=[f"{row.key}: {row.error}" for row in parked],
        calls=engine.reader.usage().ours - calls,
    )


def _sent(engine: Engine) -> Sequence[OutboxRow]:
    with engine.store.reading() as tx:
        return tx.outbox.with_status(OutboxStatus.SENT, limit=_EVERYTHING)


def _baseline_text(assembly: Assembly, step: Step) -> str:
    engine = assembly.engine()
    with engine.store.reading() as tx:
        contracts, accounts = tx.mirror.count(Role.CONTRACT), tx.mirror.count(Role.ACCOUNT)
    return (
        f"1. {engine.today()}  the baseline: {contracts} contracts of {accounts} customers read; "
        f"{step.held} renewals that fell due before are held for approval "
        f"(`csops-sync sync --approve {step.report.held}`); "
        f"{len(step.messages)} summary posted; {step.calls} API calls\n"
    )


def _opening_text(assembly: Assembly, step: Step) -> str:
    today = assembly.engine().today()
    rows = [
        [str(one.values.get("name")), str(one.renewal_date), _amount(one), one.rule, one.reason]
        for one in step.opened
    ]
    told = [f"   told {one.channel}: {one.reason}" for one in step.messages]
    head = f"2. {today}  a business day later: {len(step.opened)} renewals opened; {step.calls} API calls"
    columns = [Column(), Column(), Column(right=True), Column(), Column()]
    return "\n".join([head, *table(rows, columns, indent=3), *told, *_refused_lines(step), ""])


def _refused_lines(step: Step) -> Sequence[str]:
    """Say why something is missing: what Salesforce or Slack refused, the first few of it."""
    shown = [f"   ! could not be sent: {clean(one)}" for one in step.refused[:_SHOWN]]
    more = len(step.refused) - _SHOWN
    return [*shown, f"   ! and {more} more"] if more > 0 else shown


def _quiet_text(assembly: Assembly, step: Step) -> str:
    return (
        f"3. {assembly.engine().today()}  once more: {len(step.opened)} renewals opened, "
        f"{len(step.messages)} messages, {step.others} other writes; {step.calls} API calls\n"
    )


def _verdict(step: Step, announced: int, *, fine: bool) -> str:
    words = f"{len(step.opened)} renewals opened, {announced} announced, and the next cycle had nothing to do"
    return f"Fine: {words}." if fine else f"Not as it must be: {words}? See the lines above."


def _amount(create: CreateOpportunity) -> str:
    amount = create.values.get("amount")
    return f"{amount:,}" if isinstance(amount, int) else str(amount or "-")
