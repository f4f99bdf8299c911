"""The watch over the two files: between cycles a valid change is taken, a faulty one refused and said once."""

from csops_sync.app.alarms import refused_text, tell_once
from csops_sync.app.engine import Engine
from csops_sync.app.failures import judged
from csops_sync.app.installation import ConfigurationRefusedError, ConfigurationSource, Installation
from csops_sync.app.instruments import Instruments
from csops_sync.ports.errors import OutsideError, PermanentError, TransientError, WrongOrgError

_SETTLING_SECONDS = 1.0
_LOOKS = 5
_JOB = "configuration"


class ConfigurationWatch:
    """Knows which content was judged last. `look` is called between cycles and nowhere else.

    `judged` is the digest of the content at work, from before it was read, so that no later edit is missed. Without it
    the files are taken to be as they are now.
    """

    def __init__(
        self, source: ConfigurationSource, instruments: Instruments, *, judged: str | None = None
    ) -> None:
        self._source = source
        self._instruments = instruments
        self._judged = source.fingerprint() if judged is None else judged
        self._untold: tuple[str, tuple[str, ...]] | None = None

    def look(self, engine: Engine) -> Installation | None:
        """This function will give the installation of a change that holds; None where nothing changes.

        `engine` is the present one, through which the operator hears of a refusal. A file that is still being
        written is waited for.
        """
        seen = self._source.fingerprint()
        if seen == self._judged:
            self._tell(engine)
            return None
        seen = self._settled(seen)
        taken = self._take(seen)
        self._tell(engine)
        return taken

    def _settled(self, seen: str) -> str:
        for _ in range(_LOOKS):
            if self._instruments.stop.wait(_SETTLING_SECONDS):
                break
            again = self._source.fingerprint()
            if again == seen:
                break
            seen = again
        return seen

    def _take(self, seen: str) -> Installation | None:
        try:
            installation = self._source.take()
        except TransientError as error:
            self._postpone(error)
            return None
        except ConfigurationRefusedError as refused:
            self._refuse(seen, refused.problems)
            return None
        except (OutsideError, WrongOrgError) as error:
            self._refuse(seen, (str(error),))
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, the rules of before stay in force
            self._instruments.log.bug("configuration.failed", error)
            self._refuse(seen, (_unforeseen(error),))
            return None
        self._judged = seen
        self._untold = None
        self._instruments.health.succeeded(_JOB)
        self._instruments.health.note(refused=())
        self._instruments.meter.configuration(accepted=True)
        self._instruments.log.info("configuration.taken", rules_hash=installation.rules_hash)
        return installation

    def _postpone(self, error: TransientError) -> None:
        """Keep the change for the next look: the files hold, but the org could not be asked about them."""
        if self._instruments.health.failed(_JOB, judged(error)) == 1:
            self._instruments.log.warning("configuration.postponed", reason=str(error))

    def _refuse(self, seen: str, problems: tuple[str, ...]) -> None:
        self._judged = seen
        self._untold = (seen, problems)
        self._instruments.health.succeeded(_JOB)
        self._instruments.health.note(refused=problems)
        self._instruments.meter.configuration(accepted=False)
        for problem in problems:
            self._instruments.log.error("configuration.refused", problem=problem)

    def _tell(self, engine: Engine) -> None:
        """Put the operator's note into the outbox, or try again at the next look where that fails."""
        if self._untold is None:
            return
        seen, problems = self._untold
        try:
            tell_once(engine, key=f"configuration/{seen[:16]}", text=refused_text(problems))
        except (TransientError, PermanentError) as error:
            self._instruments.log.warning("operator.not_told", about="configuration", reason=str(error))
            return
        self._untold = None


def _unforeseen(error: Exception) -> str:
    """Name the kind alone: its words may quote what they choked on, and this goes to Slack."""
    return f"unexpected {type(error).__name__} while it was taken; this is a bug, the log has its traceback"
