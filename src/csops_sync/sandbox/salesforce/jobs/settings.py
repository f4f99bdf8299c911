"""How fast bulk jobs go and how much they may do; set over the control endpoint by the switch `bulk`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkSettings:
    """A job is done after `polls` looks at it or `seconds` of the org's time, whichever comes first.

    `page_rows`: rows of a result page where the client asks for no fewer. `query_jobs`, `batches` (of 10,000 rows)
    and `storage_mb` (of query results) are allowances of 24 hours, `upload_bytes` of one upload. `hard_delete` is the
    user's permission for it.
    Source of the limits: Bulk API 2.0 limits of the developer limits quick reference.
    """

    polls: int = 2
    seconds: float = 2.0
    page_rows: int = 100_000
    query_jobs: int = 10_000
    batches: int = 15_000
    storage_mb: int = 976_562
    upload_bytes: int = 150_000_000
    hard_delete: bool = False

    @classmethod
    def read(cls, given: Mapping[object, object]) -> "BulkSettings":
        """This function will read settings from JSON, by default what is not named; ValueError says what is wrong."""
        defaults = {one.name: one.default for one in fields(cls)}
        for name, value in given.items():
            if name not in defaults:
                raise ValueError(
                    f"there is no bulk setting {name!r}; there are {', '.join(sorted(defaults))}"
                )
            if not _fits(value, defaults[str(name)]):
                raise ValueError(f"the bulk setting {name} does not take {value!r}")
        return cls(**given)  # type: ignore[arg-type]  # names and types have just been checked


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    wanted = (int, float) if isinstance(default, float) else int
    return isinstance(value, wanted) and value >= 0
