"""A job's result: CSV rows that are written once, kept deflated, and cut on row borders for whoever asks.

Blocks are deflated one by one so that a page is put together from them as they are: a client that accepts gzip gets
the very bytes that are kept, and the server does next to nothing.
"""

import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\x03"
_DEFLATE_END = b"\x03\x00"
_FASTEST = 1
_MODULUS = 1 << 32


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some bytes in raw deflate, ended on a byte's border; their checksum and their length before deflating."""

    deflated: bytes
    checksum: int
    length: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows. `ends` are the offsets of their ends in the text; `first` is the number of the first."""

    piece: _Piece
    first: int
    ends: "array[int]"

    def text(self, start: int, stop: int) -> bytes:
        """Give the rows from `start` to before `stop`, counted in this block."""
        begin = self.ends[start - 1] if start else 0
        return zlib.decompress(self.piece.deflated + _DEFLATE_END, -zlib.MAX_WBITS)[
            begin : self.ends[stop - 1]
        ]


class Pages:
    """A header and rows. Pages repeat the header, as Salesforce's do."""

    def __init__(self, header: bytes) -> None:
        self._header = _piece(header)
        self._header_text = header
        self._blocks: list[_Block] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes of the rows as they are written."""
        return sum(block.piece.length for block in self._blocks)

    def add(self, rows: Sequence[bytes]) -> None:
        """This function will keep a block of rows, each with its line end."""
        if not rows:
            return
        ends, end = array("I"), 0
        for row in rows:
            end += len(row)
            ends.append(end)
        self._blocks.append(_Block(_piece(b"".join(rows)), self._count, ends))
        self._count += len(rows)

    def text(self, start: int, stop: int) -> bytes:
        """This function will give the header and the rows from `start` to before `stop`."""
        parts = [block.text(low, high) for block, low, high in self._cut(start, stop)]
        return b"".join([self._header_text, *parts])

    def gzipped(self, start: int, stop: int) -> bytes:
        """This function will give `text` as one gzip member."""
        pieces = [self._header]
        for block, low, high in self._cut(start, stop):
            whole = high - low == len(block.ends)
            pieces.append(block.piece if whole else _piece(block.text(low, high)))
        checksum = 0
        for piece in pieces:
            checksum = _joined(checksum, piece)
        length = sum(piece.length for piece in pieces) % _MODULUS
        tail = checksum.to_bytes(4, "little") + length.to_bytes(4, "little")
        return b"".join([_GZIP_HEAD, *(piece.deflated for piece in pieces), _DEFLATE_END, tail])

    def _cut(self, start: int, stop: int) -> Iterator[tuple[_Block, int, int]]:
        for block in self._blocks:
            low, high = max(start - block.first, 0), min(stop - block.first, len(block.ends))
            if low < high:
                yield block, low, high


def _piece(text: bytes) -> _Piece:
    work = zlib.compressobj(_FASTEST, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = work.compress(text) + work.flush(zlib.Z_FULL_FLUSH)
    return _Piece(deflated, zlib.crc32(text), len(text))


def _joined(checksum: int, piece: _Piece) -> int:
    """Give the checksum of two texts in a row from the checksum of each: CRC-32 is linear over as many zeros."""
    zeros = bytes(piece.length)
    return zlib.crc32(zeros, checksum) ^ zlib.crc32(zeros) ^ piece.checksum
