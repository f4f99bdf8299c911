"""Result pages: what is kept deflated is what was added, cut where it is asked for."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csops_sync.sandbox.salesforce.bulk.cells import double, texts
from csops_sync.sandbox.salesforce.jobs.dialect import Dialect
from csops_sync.sandbox.salesforce.jobs.pages import Pages
from csops_sync.sandbox.salesforce.schema import Field, Json

_HEADER = b'"Id"\n'
_BLOCKS = st.lists(st.lists(st.text().map(lambda text: text.encode() + b"\n"), max_size=5), max_size=5)


@given(blocks=_BLOCKS, cut=st.tuples(st.integers(0, 26), st.integers(0, 26)))
def test_a_page_is_the_header_and_the_rows_between_its_borders(
    blocks: list[list[bytes]], cut: tuple[int, int]
) -> None:
    pages = Pages(_HEADER)
    for block in blocks:
        pages.add(block)
    rows = [row for block in blocks for row in block]
    start, stop = cut
    expected = b"".join([_HEADER, *rows[start:stop]])
    assert len(pages) == len(rows)
    assert pages.text(start, stop) == expected
    assert gzip.decompress(pages.gzipped(start, stop)) == expected


def test_a_page_is_one_gzip_member_so_that_no_client_stops_after_the_first() -> None:
    pages = Pages(_HEADER)
    pages.add([b"1\n", b"2\n"])
    pages.add([b"3\n"])
    assert pages.gzipped(0, 3).count(b"\x1f\x8b\x08") == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0.0"),
        (1200.0, "1200.0"),
        (-0.5, "-0.5"),
        (9_999_999.99, "9999999.99"),
        (10_000_000.0, "1.0E7"),
        (80_000_000.0, "8.0E7"),
        (99_213_206.0, "9.9213206E7"),
        (-16_147_805_824_397.0, "-1.6147805824397E13"),
        (0.001, "0.001"),
        (0.00025, "2.5E-4"),
    ],
)
def test_a_double_is_written_as_java_writes_it(value: float, written: str) -> None:
    assert double(value) == written


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("string", 'says "yes"', 'says ""yes""'),
        ("string", None, ""),
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("currency", 12_000_000.0, "1.2E7"),
        ("int", 12_000_000, "12000000"),
        ("date", "2026-04-01", "2026-04-01"),
        ("datetime", "2026-04-01T00:00:00.000+0000", "2026-04-01T00:00:00.000Z"),
        ("datetime", None, ""),
        ("anyType", 12_000_000.0, "1.2E7"),
        ("anyType", True, "true"),
    ],
)
def test_a_cell_is_written_by_its_fields_type(kind: str, value: Json, written: str) -> None:
    assert texts(Field(name="F", label="F", type=kind), [value]) == [written]


def test_a_row_has_every_cell_in_quotes_and_the_jobs_delimiter_and_line_end() -> None:
    assert Dialect().row(["a", 'b"c', ""]) == b'"a","b""c",""\n'
    assert Dialect("TAB", "CRLF").row(["a", "b"]) == b'"a"\t"b"\r\n'
