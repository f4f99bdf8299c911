"""Values that cost less to make are the same values: what a dataclass promises holds for them."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from inspect import signature

import pytest
from pydantic import TypeAdapter

from csops_sync.domain.cheap_values import cheaply_made


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWide:
    """What it is without."""

    name: str
    size: int = 3
    parts: list[str] = field(default_factory=list)
    worth: float = 1.5
    note: str | None = None
    doubled: int = field(init=False)

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError(f"size is 0 or more, not {self.size}")
        object.__setattr__(self, "doubled", 2 * self.size)


@cheaply_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """Many fields, of every kind."""

    name: str
    size: int = 3
    parts: list[str] = field(default_factory=list)
    worth: float = 1.5
    note: str | None = None
    doubled: int = field(init=False)

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError(f"size is 0 or more, not {self.size}")
        object.__setattr__(self, "doubled", 2 * self.size)


@cheaply_made
@dataclass(frozen=True, slots=True)
class Narrow:
    """Few fields, by place."""

    left: int
    right: int = 7
    seen: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)


def parameters(cls: type) -> list[tuple[str, object, bool]]:
    return [(one.name, one.kind, one.default is one.empty) for one in signature(cls).parameters.values()]


MAKERS: list[Callable[[], Wide | Narrow]] = [lambda: Wide(name="a"), lambda: Narrow(1)]


def test_it_takes_what_the_dataclass_takes_and_fills_in_the_same() -> None:
    assert parameters(Wide) == parameters(PlainWide)
    assert asdict(Wide(name="a", worth=2.0)) == asdict(PlainWide(name="a", worth=2.0))
    assert (Narrow(1).right, Narrow(1, right=2).right, Narrow(1, 3).right) == (7, 2, 3)
    with pytest.raises(TypeError, match="name"):
        Wide()  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="positional"):
        Wide("a")  # type: ignore[call-arg]  # that is the point


def test_each_value_has_defaults_of_its_own() -> None:
    one, other = Wide(name="a"), Wide(name="a")
    one.parts.append("x")

    assert other.parts == []
    assert Narrow(1).seen is not Narrow(1).seen


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_frozen_has_no_dict_and_equals_its_like(make: Callable[[], Wide | Narrow]) -> None:
    made = make()
    name = fields(made)[0].name

    with pytest.raises(FrozenInstanceError):
        setattr(made, name, 2)
    assert not hasattr(made, "__dict__")
    assert made == make()
    assert repr(made) == repr(make())
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own
    assert copy.copy(made) == copy.deepcopy(made) == made


def test_it_can_be_hashed_where_its_fields_can() -> None:
    @cheaply_made
    @dataclass(frozen=True, slots=True)
    class Pair:
        one: int
        two: int

    assert {Pair(1, 2): "x"}[Pair(1, 2)] == "x"


def test_a_copy_with_another_value_is_checked_as_it_is_made() -> None:
    assert replace(Wide(name="a"), size=5).doubled == 10
    with pytest.raises(ValueError, match="0 or more"):
        replace(Wide(name="a"), size=-1)


def test_what_is_refused_while_it_is_made_was_never_another_class() -> None:
    with pytest.raises(ValueError, match="0 or more") as caught:
        Wide(name="a", size=-1)

    frames = [one.frame.f_locals.get("self") for one in caught.traceback]
    assert [type(one) for one in frames if one is not None] == [Wide] * 2


def test_it_is_read_from_json_as_any_dataclass() -> None:
    adapter = TypeAdapter(Narrow)

    assert adapter.validate_json('{"left": 4}') == Narrow(4)
    assert adapter.dump_python(Narrow(4)) == {"left": 4, "right": 7, "seen": {}}


def test_a_class_below_makes_its_own_kind() -> None:
    class Below(Wide):
        __slots__ = ()

    assert type(Below(name="a")) is Below


def test_fields_that_its_code_has_a_use_for_are_refused() -> None:
    with pytest.raises(TypeError, match="_kind"):

        @cheaply_made
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Odd:
            one: int
            two: int
            three: int
            four: int
            _kind: int


def test_what_has_no_slots_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="slots=True"):

        @cheaply_made
        @dataclass(frozen=True)
        class Open:
            name: str
