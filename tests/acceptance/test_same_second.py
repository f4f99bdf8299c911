"""A person's edit in the second of our write passes Salesforce's guard; the history finds it, and it is put back."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import pytest
import requests
from requests.adapters import BaseAdapter
from tests.fakes.rig import Rig, running

from csops_sync.bootstrap import Transports


class BeforePatch(BaseAdapter):
    """Lets something happen right before the next guarded update goes out, once."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner
        self.happen: Callable[[], None] | None = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        happen = self.happen
        if happen is not None and "If-Unmodified-Since" in _text(request.body):
            self.happen = None
            happen()
        return self._inner.send(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
        )

    def close(self) -> None:
        self._inner.close()


def _text(body: bytes | str | None) -> str:
    return body.decode() if isinstance(body, bytes) else body or ""


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(today=date(2026, 4, 1)) as made:
        yield made


def test_an_edit_of_the_same_second_is_put_back_and_stays(rig: Rig) -> None:
    wires: list[BeforePatch] = []

    def wrap(inner: BaseAdapter) -> BaseAdapter:
        wires.append(BeforePatch(inner))
        return wires[-1]

    rig.transports = Transports(wrap_salesforce=wrap)
    sold = rig.sell("同じ秒", start=date(2025, 7, 2))
    rig.sync()
    rig.next_day(3)
    (opened,) = rig.renewals()
    csm = rig.csm()
    rig.sandbox.advance(days=1)
    rig.sandbox.update("Opportunity", opened["Id"], {"NextStep": "見積"}, by=csm)
    rig.change(sold.contract, months=14)
    for wire in wires:
        wire.happen = lambda: rig.sandbox.update(
            "Opportunity", opened["Id"], {"CloseDate": "2026-06-20"}, by=csm
        )
    rig.sync()
    (overtaken,) = rig.renewals()
    assert overtaken["CloseDate"] == "2026-09-01"

    rig.next_day()
    rig.next_day()

    (kept,) = rig.renewals()
    assert (kept["CloseDate"], kept["Renewal_Date__c"]) == ("2026-06-20", "2026-09-02")
