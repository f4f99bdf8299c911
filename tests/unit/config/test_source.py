"""YAML 1.2, read so that nothing can be misread, and within limits."""

import pytest

from csops_sync.config.problems import Position
from csops_sync.config.source import MAX_BYTES, Marks, parse


def test_values_are_read_as_yaml_1_2_reads_them() -> None:
    """`on` and `no` are words, a time is no number of seconds."""
    text = b"on: no\ntime: 12:30:45\nten: 010\noctal: 0o17\nhex: 0xff\nday: 2026-01-01\nbig: 1e3\nnone: ~\nyes: true\n"

    assert parse(text, file="f").value == {
        "on": "no",
        "time": "12:30:45",
        "ten": 10,
        "octal": 15,
        "hex": 255,
        "day": "2026-01-01",
        "big": 1000.0,
        "none": None,
        "yes": True,
    }


def test_every_key_and_value_has_its_place() -> None:
    """Columns count characters."""
    marks = parse("概要: x\nb:\n  - c: [1, 2]\n".encode(), file="f").marks

    assert marks["概要",] == Marks(key=Position(1, 1), value=Position(1, 5), block=Position(1, 1))
    assert marks["b", 0, "c", 1] == Marks(key=Position(3, 12), value=Position(3, 12), block=Position(3, 12))


def test_all_duplicate_keys_are_found_and_the_rest_is_read() -> None:
    """The first one stands."""
    document = parse(b"a: 1\nb: 2\na: 3\nb: 4\nc: 5\n", file="f")

    assert [each.line for each in document.problems] == [3, 4]
    assert document.value == {"a": 1, "b": 2, "c": 5}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: 1\n" + b"#" * MAX_BYTES, "is larger than"),
        (b"a: " + b"[" * 60 + b"]" * 60, "nested deeper"),
        (b"a: [" + b"1," * 21_000 + b"]", "holds more than"),
        (b"a: &a [*a]", "nested in itself"),
        (b"a: &a {<<: *a}", "merged into itself"),
        (b"%YAML 1.1\n---\na: 1\n", "another YAML version"),
        (b"a: \xff", "is not UTF-8"),
        (b"a: \x07", "control character"),
        (b"- a\n", "no block of"),
    ],
)
def test_what_is_too_much_or_no_plain_yaml_is_refused_as_a_whole(content: bytes, words: str) -> None:
    """Before anything large is built."""
    document = parse(content, file="f")

    assert not document.readable
    assert words in document.problems[0].message


def test_aliases_that_multiply_are_refused_before_they_fill_memory() -> None:
    """Nine lines that would be a billion values."""
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for last, this in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{this}: &{this} [{', '.join([f'*{last}'] * 10)}]")

    document = parse("\n".join(lines).encode(), file="f")

    assert "aliases expand" in document.problems[0].message


def test_an_alias_has_the_place_of_its_anchor() -> None:
    """There the fault is mended."""
    document = parse(b"a: &x {k: 1}\nb: *x\n", file="f")

    assert document.value == {"a": {"k": 1}, "b": {"k": 1}}
    assert document.place(("b", "k")) == Position(1, 11)
    assert document.place(("b",), at_key=True) == Position(2, 1)


def test_merged_blocks_give_what_the_block_does_not_say_itself() -> None:
    """Its own keys first, then the merged ones in order."""
    document = parse(b"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*b, *a], z: 3}\n", file="f")

    assert isinstance(document.value, dict)
    assert document.value["c"] == {"x": 1, "y": 2, "z": 3}


def test_a_place_that_is_not_in_the_file_is_its_parents_key() -> None:
    """That is where the missing key belongs."""
    document = parse(b"a:\n  b: 1\n", file="f")

    assert document.place(("a", "missing")) == Position(1, 1)
    assert document.place(("a", "b", "deep", 3)) == Position(2, 3)


def test_windows_line_ends_and_a_byte_order_mark_do_not_shift_positions() -> None:
    """Editors on Windows write both."""
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: !x 2\r\n", file="f")

    (problem,) = document.problems
    assert (problem.line, problem.column) == (2, 4)
    assert problem.excerpt == "    b: !x 2\n       ^"
