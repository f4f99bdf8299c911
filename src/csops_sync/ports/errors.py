"""What can go wrong outside, in five kinds. Adapters translate their vendor's errors into these and nothing else."""


class OutsideError(Exception):
    """Base of all errors that come from Salesforce or Slack; `code` is the vendor's own, for people to look up."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class TransientError(OutsideError):
    """Nothing was done; try again, not before `retry_after` seconds where the other side said so."""

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class UnknownOutcomeError(OutsideError):
    """A write was sent and no answer came: it may or may not have happened. Find out before sending again."""


class PermanentError(OutsideError):
    """The other side refuses this, and will again: a person must change something."""


class AuthFailedError(OutsideError):
    """The credentials are refused. Do not loop; say which ones, and what to grant."""


class ConflictError(OutsideError):
    """The record changed since it was read (412), or is gone: read again and decide again."""


class BudgetExceededError(TransientError):
    """The share of the API allowance that is ours is used up; reads wait, writes keep their reserve."""


class LeaseLostError(Exception):
    """Another process owns the org now; whatever this one was about to commit is dropped."""


class WrongOrgError(Exception):
    """The state in the database belongs to another Salesforce org than the credentials lead to."""
