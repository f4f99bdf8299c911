"""The orgs that the sandbox can be started with, by name."""

from collections.abc import Callable, Mapping
from datetime import date

from csops_sync.sandbox.orgs.generated import generated_org
from csops_sync.sandbox.orgs.none import empty_org
from csops_sync.sandbox.orgs.ravenstack import ravenstack_org
from csops_sync.sandbox.orgs.small import small_org
from csops_sync.sandbox.seed import OrgSeed

_BUILDERS: Mapping[str, Callable[[int, int, date], OrgSeed]] = {
    "small": lambda _seed, _contracts, today: small_org(today=today),
    "generated": lambda seed, contracts, today: generated_org(seed=seed, contracts=contracts, today=today),
    "ravenstack": lambda _seed, _contracts, today: ravenstack_org(today=today),
    "none": lambda _seed, _contracts, _today: empty_org(),
}
NAMES = tuple(_BUILDERS)


def build(name: str, *, seed: int, contracts: int, today: date) -> OrgSeed:
    """This function will build the org `name` so that it is lively on `today`, a business date in the org's zone.

    `seed` and `contracts` shape `generated` only; the other orgs are what they are. Raises ValueError for a name that
    is not in `NAMES`.
    """
    builder = _BUILDERS.get(name)
    if builder is None:
        raise ValueError(f"no sandbox org is called {name!r}: choose one of {', '.join(NAMES)}")
    return builder(seed, contracts, today)
