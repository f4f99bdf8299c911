"""Texts with placeholders: Jinja2 in a sandbox, checked when they are loaded, bounded when they are rendered.

What a template may do is an allow-list: name values, filter them, compare, choose. There are no loops, calls or
arithmetic, so that no rule file can keep the daemon busy or fill its memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from csops_sync.config.problems import did_you_mean, one_of
from csops_sync.config.section import text
from csops_sync.config.vocabulary import ACCOUNT, CONTRACT, Vocabulary, vocabulary_of

LONGEST_SOURCE = 2_000
LONGEST_OUTPUT = 4_000
NAMES = {
    "renewal": frozenset({"date", "key", "open_date", "notice_deadline", "prior"}),
    "term": frozenset({"start", "end_date"}),
    "csm": frozenset({"name"}),
}
_ALWAYS_THERE = frozenset({"account.id", "account.name", "contract.id", "contract.number"})
ROOTS = (ACCOUNT, CONTRACT, *NAMES)
_RENDER_ERRORS = (TemplateError, TypeError, AttributeError, LookupError, ArithmeticError)
_FILTERS = ("date", "money", "default", "lower", "trim", "truncate", "upper")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.Keyword, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Test, nodes.Concat,
)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """Names in templates are mapped names and never Python attributes: `account.values` is a field, not a method."""

    def getattr(self, obj: object, attribute: str) -> object:
        """Look a name up in a mapping; anything else has no names."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A checked template; equal where source, locale and currency are."""

    source: str
    locale: str = "en"
    currency: str = "JPY"
    _template: Template = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        environment = _environment(self.locale, self.currency)
        object.__setattr__(self, "_template", environment.from_string(self.source))

    def render(self, context: Mapping[str, object]) -> str:
        """This function will fill in the placeholders; a value that is None becomes nothing.

        Raises:
            ValueError: a placeholder has no value, or a filter was given something that it cannot format.
        """
        parts: list[str] = []
        length = 0
        try:
            for part in self._template.generate(dict(context)):
                parts.append(part)
                length += len(part)
                if length > LONGEST_OUTPUT:
                    raise ValueError(
                        f"template {self.source!r} gives more than {LONGEST_OUTPUT:,} characters"
                    )
        except _RENDER_ERRORS as error:
            raise ValueError(f"template {self.source!r} cannot be filled in: {error}") from error
        return "".join(parts)


def read_template(value: object, info: ValidationInfo) -> str:
    """This function will check a template's source against the words that this org's mapping knows.

    Raises:
        ValueError: it is broken, too long, uses what is not allowed, or names a value that there is not.
    """
    source = text(value)
    check_template(source, vocabulary_of(info))
    return source


def check_template(source: str, vocabulary: Vocabulary) -> None:
    """This function will check a template's syntax, what it uses, and what it names; raises as `read_template`."""
    if len(source) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE:,} characters")
    try:
        tree = _environment("en", "JPY").parse(source)
    except TemplateSyntaxError as error:
        raise ValueError(f"is a broken template: {error.message}") from None
    _check_nodes(tree)
    _check_names(tree, vocabulary)


def _check_nodes(tree: nodes.Template) -> None:
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__.lower()
            raise ValueError(f"may not use `{what}`: templates name values, filter and compare them, no more")  # noqa: TRY004 - a fault of the file
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            known = f"; there are {one_of(_FILTERS)}{did_you_mean(node.name, _FILTERS)}"
            raise ValueError(f"uses the filter {node.name!r}, which there is not{known}")


def _check_names(tree: nodes.Template, vocabulary: Vocabulary) -> None:
    attributes = {id(node.node): node for node in tree.find_all(nodes.Getattr)}
    for name in tree.find_all(nodes.Name):
        if name.name not in ROOTS:
            suggestion = did_you_mean(name.name, ROOTS)
            raise ValueError(
                f"names {name.name!r}, which there is not; begin with {one_of(ROOTS)}{suggestion}"
            )
        attribute = attributes.get(id(name))
        if attribute is None:
            raise ValueError(f"names {name.name!r} as a whole; write one of its values, as in account.name")
        if id(attribute) in attributes:
            raise ValueError(f"names a part of {name.name}.{attribute.attr}, which has none")
        _check_attribute(name.name, attribute.attr, vocabulary)


def _check_attribute(root: str, name: str, vocabulary: Vocabulary) -> None:
    if f"{root}.{name}" in _ALWAYS_THERE:
        return
    if root in (ACCOUNT, CONTRACT):
        vocabulary.check_path(f"{root}.{name}", roles=(ACCOUNT, CONTRACT))
    elif name not in NAMES[root]:
        known = NAMES[root]
        raise ValueError(
            f"names {root}.{name}, which there is not; there is {one_of(sorted(known))}{did_you_mean(name, known)}"
        )


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _environment(locale: str, currency: str) -> _Environment:
    environment = _Environment(undefined=StrictUndefined, autoescape=False, finalize=_blank_if_none)
    known = Locale.parse(locale)  # once: by its name it would be looked for on the disk for each placeholder
    environment.filters["date"] = lambda value, pattern="medium": _date(value, pattern, known)
    environment.filters["money"] = lambda value, unit=None: _money(value, unit or currency, known)
    return environment


def _blank_if_none(value: Any) -> Any:  # noqa: ANN401 - Jinja2 hands over whatever a placeholder holds
    return "" if value is None else value


def _date(value: object, pattern: str, locale: Locale) -> str:
    """Format by a CLDR pattern, `yyyy-MM`, or one of short, medium, long and full."""
    if value is None:
        return ""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if not isinstance(day, date):
        raise ValueError(f"{value!r} is not a date; give `| date` a date")  # noqa: TRY004 - one kind of error for a template
    return format_date(day, format=pattern, locale=locale)


def _money(value: object, currency: str, locale: Locale) -> str:
    if value is None:
        return ""
    try:
        return format_currency(Decimal(str(value)), currency, locale=locale)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount; give `| money` a number") from None


TemplateText = Annotated[
    str,
    PlainValidator(read_template),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["{{ account.name }} renewal"]}),
]
