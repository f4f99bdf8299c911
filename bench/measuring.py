"""One step measured inside of the process that does it: seconds, its own CPU seconds, peak memory, API calls."""

import json
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

_COUNTED = "/services/data/v"
_KIB_PER_MB = 1024
_ADDITIONS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One step. `amount` is how much it did, in what the step counts; `peak_mb` is of the whole process."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    calls: int
    amount: int


class CallCounter(BaseAdapter):
    """Counts the calls that Salesforce counts (REST, without logins), and passes each on."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner
        self.calls = 0

    def send(  # type: ignore[override]  # the stubs name each option; we pass them through
        self,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401 - requests' own keyword arguments
    ) -> requests.Response:
        """This method will count a request and send it."""
        self.calls += urlsplit(request.url or "").path.startswith(_COUNTED)
        return self._inner.send(request, **options)

    def close(self) -> None:
        """This method will close what is below."""
        self._inner.close()


def measured(work: Callable[[], int], counted: Callable[[], int]) -> Measured:
    """This function will do the work, which says how much it did, and measure it; `counted` gives the calls so far."""
    calls, cpu, began = counted(), _cpu_seconds(), time.perf_counter()
    amount = work()
    return Measured(
        seconds=time.perf_counter() - began,
        cpu_seconds=_cpu_seconds() - cpu,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_MB,
        calls=counted() - calls,
        amount=amount,
    )


def loop_ms() -> float:
    """This function will say how fast the machine is at this moment: a million additions, best of five."""
    return min(_timed(lambda: sum(range(_ADDITIONS))) for _ in range(5)) * 1000


def as_line(one: Measured) -> str:
    """This function will write a measurement as one line for the process that asked."""
    return json.dumps(asdict(one))


def from_line(line: str) -> Measured:
    """This function will read it back."""
    values: Mapping[str, Any] = json.loads(line)
    return Measured(**values)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
