"""The orgs that the sandbox can be started with: by name, or described in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from csops_sync.sandbox.orgs.generated import generated_org
from csops_sync.sandbox.orgs.history import QUARTERS, history_org
from csops_sync.sandbox.orgs.none import empty_org
from csops_sync.sandbox.orgs.org_file import file_org
from csops_sync.sandbox.orgs.ravenstack import ravenstack_org
from csops_sync.sandbox.orgs.small import small_org
from csops_sync.sandbox.seed import OrgSeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an org is asked for; `history` is how many quarters of a past, None for the org's own."""

    seed: int
    contracts: int
    today: date
    history: int | None = None


_BUILDERS: Mapping[str, Callable[[Wish], OrgSeed]] = {
    "small": lambda wish: small_org(today=wish.today),
    "generated": lambda wish: generated_org(
        seed=wish.seed, contracts=wish.contracts, today=wish.today, history=wish.history or 0
    ),
    "ravenstack": lambda wish: ravenstack_org(today=wish.today),
    "none": lambda _wish: empty_org(),
    "history": lambda wish: history_org(
        seed=wish.seed, customers=wish.contracts, today=wish.today, quarters=wish.history or QUARTERS
    ),
}
NAMES = tuple(_BUILDERS)


FILES = (".yaml", ".yml")


def is_known(name: str) -> bool:
    """This function will say whether an org can be built by this name: one of `NAMES`, or a YAML file."""
    return name in NAMES or name.endswith(FILES)


def build(name: str, *, seed: int, contracts: int, today: date, history: int | None = None) -> OrgSeed:
    """This function will build the org `name` so that it is lively on `today`, a business date in the org's zone.

    `seed`, `contracts` and `history` (quarters of a past) shape `generated` and `history` only, where `contracts` are
    customers; the other orgs are what they are. Raises ValueError for a name that is neither in `NAMES` nor a YAML
    file's, and OrgFileError for a file that describes no org.
    """
    builder = _BUILDERS.get(name)
    if builder is not None:
        return builder(Wish(seed=seed, contracts=contracts, today=today, history=history))
    if is_known(name):
        return file_org(Path(name), today=today)
    raise ValueError(f"no sandbox org is called {name!r}: choose one of {', '.join(NAMES)}, or a YAML file")
