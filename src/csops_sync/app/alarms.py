"""What the daemon tells the operator in Slack, through the outbox like everything else, and each thing once."""

from csops_sync.app.engine import Engine
from csops_sync.app.operator_notices import operator_notice

_SHOWN = 10
_LONGEST = 2500


def tell_once(engine: Engine, *, key: str, text: str) -> bool:
    """This function will put a note to the operator into the outbox, unless one with this key was there before.

    Raises what the store raises, and TransientError where business time is not known.
    """
    with engine.store.transaction(engine.grant) as tx:
        if tx.outbox.get([f"operator/{key}"]):
            return False
        tx.outbox.put(operator_notice(engine, key=key, text=text[:_LONGEST]))
    return True


def refused_text(problems: tuple[str, ...]) -> str:
    """This function will say that a changed configuration is not taken, and why."""
    shown = [f"• {one}" for one in problems[:_SHOWN]]
    more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    return "\n".join(
        ["The changed configuration is refused; the rules of before stay in force.", *shown, *more]
    )


def stale_text(seconds: float, reasons: tuple[str, ...]) -> str:
    """This function will say that nothing could be read for too long, and what is known about it."""
    why = "; ".join(reasons) or "no error was reported"
    return f"No successful cycle for {round(seconds / 60) or 1} min: {why}"
