"""What an operator has paused: the hand, not the eye. Asked before each thing is sent, so that it works at once."""

from csops_sync.app.engine import Engine

PAUSED = "paused"
PAUSE_ALL = "all"
PAUSE_SLACK = "slack"


def paused_hand(engine: Engine) -> str | None:
    """This function will say what is paused: everything, Slack alone, or nothing."""
    with engine.store.reading() as tx:
        return tx.progress.setting(PAUSED)
