"""The command line: verbs, exit codes, and errors that a person can read.

0 fine, 1 problems found, 2 usage, 3 unexpected, 130 interrupted. Results on stdout, everything else on stderr.
"""

import traceback
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Annotated

import typer

from csops_sync.app.refusals import RefusedError
from csops_sync.config.loader import ConfigRefusedError
from csops_sync.interfaces.cli import (
    commands_accuracy,
    commands_calibrate,
    commands_call,
    commands_check,
    commands_digest,
    commands_forecast,
    commands_look,
    commands_orders,
    commands_plan,
    commands_run,
)
from csops_sync.interfaces.cli.commands_db import db
from csops_sync.interfaces.cli.commands_outbox import outbox
from csops_sync.interfaces.cli.commands_silence import silence
from csops_sync.interfaces.cli.output import complain
from csops_sync.ports.errors import LeaseLostError, OutsideError, WrongOrgError

PROBLEMS, UNEXPECTED = 1, 3
_FORESEEN = (ConfigRefusedError, RefusedError, OutsideError, WrongOrgError, LeaseLostError)
_debug: ContextVar[bool] = ContextVar("debug", default=False)

app = typer.Typer(
    name="csops-sync",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Debug = Annotated[
    bool,
    typer.Option("--debug", envvar="CSOPS_SYNC_DEBUG", help="Show the trace of an error; before the verb."),
]


@app.callback()
def options(*, debug: Debug = False) -> None:
    """Open renewals in Salesforce in time, ask for nothing twice, and tell Slack."""
    _debug.set(debug)


for verb in (
    commands_run.run,
    commands_run.sandbox,
    commands_check.validate,
    commands_plan.plan,
    commands_plan.sync,
    commands_look.explain,
    commands_look.status,
    commands_forecast.forecast,
    commands_forecast.metrics,
    commands_forecast.bridge,
    commands_accuracy.accuracy,
    commands_calibrate.calibrate,
    commands_calibrate.backtest,
    commands_call.call,
    commands_call.calls,
    commands_digest.digest,
    commands_orders.adopt,
    commands_orders.unadopt,
    commands_orders.reopen,
    commands_orders.release,
    commands_orders.pause,
    commands_orders.resume,
    commands_plan.reconcile,
    commands_check.health,
    commands_check.schema,
):
    app.command()(verb)
app.add_typer(silence, name="silence")
app.add_typer(outbox, name="outbox")
app.add_typer(db, name="db")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; always ends in SystemExit."""
    _debug.set(False)
    given = list(arguments) if arguments is not None else None
    guarded(lambda: app(given, prog_name="csops-sync"))


def guarded(work: Callable[[], object]) -> None:
    """Do the work; an error is told in one line (with its trace, under --debug) and becomes the exit code."""
    try:
        work()
    except _FORESEEN as error:
        _trace()
        complain(str(error))
        raise SystemExit(PROBLEMS) from None
    except Exception as error:  # noqa: BLE001 - the last stop of a bug: it is told readably, and not hidden
        _trace()
        complain(
            f"unexpected {type(error).__name__}: {error}; this is a bug, `csops-sync --debug ...` shows its trace"
        )
        raise SystemExit(UNEXPECTED) from None


def _trace() -> None:
    if _debug.get():
        complain(traceback.format_exc())
