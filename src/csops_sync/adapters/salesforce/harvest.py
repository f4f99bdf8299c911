"""What a pull brings: in memory while it is little, beyond that in a temporary file, so that no pull takes all memory.

A mass update in the org (a new field filled for everybody) stamps every row anew: a million of them would take 1.6 GB.
"""

import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO, Final
from weakref import finalize

import orjson

from csops_sync.adapters.salesforce.answers import JsonObject
from csops_sync.adapters.salesforce.records import Extractor, rows_of
from csops_sync.ports.crm import Role, Row

AT_ONCE: Final = 20_000  # rows in memory, some 30 MB
_FAST: Final = 1  # compression: a tenth of the size, in a fraction of the time that reading took


class Harvest:
    """Takes the pages of a pull, by role. A row that comes twice among those in memory counts once, as it came last."""

    def __init__(self, extractors: Mapping[Role, Extractor], *, at_once: int = AT_ONCE) -> None:
        self._extractors = extractors
        self._at_once = at_once
        self._recent: dict[tuple[Role, str], Row] = {}
        self._stored: StoredRows | None = None

    def __call__(self, key: str, records: Sequence[JsonObject]) -> None:
        """This function will take one page of the query `key`, a role."""
        for row in rows_of(self._extractors[Role(key)], records):
            known = self._recent.get((row.role, row.id))
            if known is None or row.stamp_ms >= known.stamp_ms:
                self._recent[row.role, row.id] = row
        if len(self._recent) >= self._at_once:
            self._store()

    def rows(self) -> Collection[Row]:
        """This function will give everything, in the order in which it came; what is not in memory may come twice."""
        if self._stored is None:
            return tuple(self._recent.values())
        self._store()
        return self._stored

    def _store(self) -> None:
        if self._stored is None:
            self._stored = StoredRows()
        self._stored.add(list(self._recent.values()))
        self._recent.clear()


class StoredRows(Collection[Row]):
    """Rows in a temporary file that is gone with this object. They can be walked through again and again."""

    def __init__(self) -> None:
        file: IO[bytes] = tempfile.TemporaryFile(prefix="csops-sync-pull-")  # noqa: SIM115  # closed with this object
        self._file = file
        self._sizes: list[int] = []
        self._count = 0
        finalize(self, file.close)

    def add(self, rows: Sequence[Row]) -> None:
        """This function will append rows."""
        cells = [(row.role, row.id, row.parent_id, row.stamp_ms, row.deleted, row.values) for row in rows]
        packed = zlib.compress(orjson.dumps(cells), _FAST)
        self._file.seek(sum(self._sizes))
        self._file.write(packed)
        self._sizes.append(len(packed))
        self._count += len(rows)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        start = 0
        for size in self._sizes:
            self._file.seek(start)
            for role, record_id, parent_id, stamp, deleted, values in orjson.loads(
                zlib.decompress(self._file.read(size))
            ):
                yield Row(Role(role), record_id, parent_id, stamp, deleted, values)
            start += size

    def __contains__(self, wanted: object) -> bool:
        return any(row == wanted for row in self)
