"""Frozen values that cost less to make: for the few kinds of which one cycle makes tens of thousands.

A frozen dataclass sets each field through `object.__setattr__`, which looks the name up every time. Deciding about a
thousand changes of confidence makes 120,000 values, and a fifth of its time went there. With `cheaply_made` on top a
dataclass stays what it is (frozen, slots, its signature, `replace`, pickling); only its `__init__` is another one:

    @cheaply_made
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Card: ...

Of many fields, the value is an ordinary class of the same slots while it is filled, and its own from then on. Of few,
the slots themselves set them.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")
_FEW = 4
"""Up to so many fields the two changes of class cost more than they save."""
_NOT_GIVEN = object()


def cheaply_made(cls: type[T]) -> type[T]:
    """This function will give a frozen dataclass with slots an `__init__` that costs less.

    Raises:
        TypeError: it has no slots of its own, has fields of a base class, or fields named like what is made here.
    """
    every = fields(cls)  # type: ignore[arg-type]  # any class may come: what is no dataclass raises TypeError
    names = [one.name for one in every]
    if sorted(names) != sorted(cls.__dict__.get("__slots__", ())):
        raise TypeError(
            f"{cls.__name__} has other slots than fields; give it slots=True and no base with fields"
        )
    scope: dict[str, Any] = {"_not_given": _NOT_GIVEN, "_kind": None, "_set_class": object.__setattr__}
    few = len(names) <= _FEW
    if not few:
        scope["_open"] = type(f"_Open{cls.__name__}", (), {"__slots__": tuple(names)})
    body = _few(every, cls, scope) if few else _many(every)
    made = _compiled(cls, every, [*body, *_after(cls)], scope)
    if taken := scope.keys() & set(names):
        raise TypeError(
            f"{cls.__name__} has fields named as its __init__ names things: {', '.join(sorted(taken))}"
        )
    cls.__init__ = made  # type: ignore[method-assign]  # that is the point
    return cls


def _few(every: tuple["Field[Any]", ...], cls: type, scope: dict[str, Any]) -> Iterator[str]:
    for one in every:
        scope[f"_set_{one.name}"] = cls.__dict__[one.name].__set__
        if (value := _value(one)) is not None:
            yield f"_set_{one.name}(self, {value})"


def _many(every: tuple["Field[Any]", ...]) -> Iterator[str]:
    yield "_kind = self.__class__"  # a class below it, perhaps
    yield "_set_class(self, '__class__', _open)"
    yield from (f"self.{one.name} = {value}" for one in every if (value := _value(one)) is not None)
    yield "self.__class__ = _kind"


def _after(cls: type) -> Iterator[str]:
    if hasattr(cls, "__post_init__"):
        yield "self.__post_init__()"


def _value(one: "Field[Any]") -> str | None:
    """Give the expression that a field is set to; None where only `__post_init__` knows."""
    if one.default_factory is not MISSING:
        made = f"_default_{one.name}()"
        return made if not one.init else f"{made} if {one.name} is _not_given else {one.name}"
    if one.init:
        return one.name
    return None if one.default is MISSING else f"_default_{one.name}"


def _compiled(
    cls: type, every: tuple["Field[Any]", ...], body: list[str], scope: dict[str, Any]
) -> Callable[..., None]:
    parameters = ["self"]
    for is_kw_only in (False, True):
        chosen = [one for one in every if one.init and one.kw_only is is_kw_only]
        parameters += ["*"] if is_kw_only and chosen else []
        parameters += [_parameter(one) for one in chosen]
    for one in every:
        if one.default_factory is not MISSING:
            scope[f"_default_{one.name}"] = one.default_factory
        elif one.default is not MISSING:
            scope[f"_default_{one.name}"] = one.default
    lines = "\n    ".join(body or ["pass"])
    source = f"def __init__({', '.join(parameters)}):\n    {lines}\n"
    exec(source, scope)  # noqa: S102 - made of field names alone, as dataclasses does it
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    made.__annotations__ = dict(vars(cls)["__init__"].__annotations__)
    return made


def _parameter(one: "Field[Any]") -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=_not_given"
    return one.name if one.default is MISSING else f"{one.name}=_default_{one.name}"
