"""The orgs that the sandbox can be started with: by name, or described in a file."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from csops_sync.sandbox.orgs.generated import generated_org
from csops_sync.sandbox.orgs.none import empty_org
from csops_sync.sandbox.orgs.org_file import file_org
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


FILES = (".yaml", ".yml")


def is_known(name: str) -> bool:
    """This function will say whether an org can be built by this name: one of `NAMES`, or a YAML file."""
    return name in NAMES or name.endswith(FILES)


def build(name: str, *, seed: int, contracts: int, today: date) -> OrgSeed:
    """This function will build the org `name` so that it is lively on `today`, a business date in the org's zone.

    `seed` and `contracts` shape `generated` only; the other orgs are what they are. Raises ValueError for a name that
    is neither in `NAMES` nor a YAML file's, and OrgFileError for a file that describes no org.
    """
    builder = _BUILDERS.get(name)
    if builder is not None:
        return builder(seed, contracts, today)
    if is_known(name):
        return file_org(Path(name), today=today)
    raise ValueError(f"no sandbox org is called {name!r}: choose one of {', '.join(NAMES)}, or a YAML file")
