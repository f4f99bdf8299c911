"""Holding an org: the lease, and the certainty right before each write that it is still ours."""

from collections.abc import Callable
from threading import Lock

from csops_sync.ports.store import LeaseGrant, Leases

TTL_SECONDS = 10.0
_MARGIN_SECONDS = 2.0


class Holding:
    """One process's hold on one org. Thread-safe: a heartbeat renews it while a cycle runs.

    The deadline is counted on a monotonic clock from before the claim was sent, less a margin, so that a process that
    was stopped (SIGSTOP, a sleeping machine) finds out before it writes, without asking anybody.
    """

    def __init__(
        self,
        leases: Leases,
        *,
        org_id: str,
        owner: str,
        monotonic: Callable[[], float],
        ttl_seconds: float = TTL_SECONDS,
    ) -> None:
        self._leases = leases
        self._org_id = org_id
        self._owner = owner
        self._monotonic = monotonic
        self._ttl = ttl_seconds
        self._lock = Lock()
        self._grant: LeaseGrant | None = None
        self._deadline = 0.0

    def claim(self) -> LeaseGrant | None:
        """This function will take or renew the lease; None where another process holds it."""
        with self._lock:
            began = self._monotonic()
            self._grant = self._leases.claim(org_id=self._org_id, owner=self._owner, ttl_seconds=self._ttl)
            self._deadline = began + self._ttl - _MARGIN_SECONDS
            return self._grant

    def still_ours(self) -> bool:
        """This function will say whether the lease surely holds for the length of one commit."""
        return self._grant is not None and self._monotonic() < self._deadline

    def holds(self, grant: LeaseGrant) -> bool:
        """This function will say the same of one grant: a hold that was lost and won again is another one."""
        current = self._grant
        return current is not None and current.epoch == grant.epoch and self._monotonic() < self._deadline

    def release(self) -> None:
        """This function will give the lease back, if it is held."""
        with self._lock:
            if self._grant is not None:
                self._leases.release(self._grant)
                self._grant = None

    def holder(self) -> LeaseGrant | None:
        """This function will say who holds the org now."""
        return self._leases.holder(self._org_id)
