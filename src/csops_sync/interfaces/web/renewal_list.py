"""Which renewals a list shows, in which order, and which page of them: pure, over the lines of a report."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from csops_sync.app.forecast.report_values import Basis, RenewalLine
from csops_sync.domain.forecast.landing import Landing
from csops_sync.domain.money import Money
from csops_sync.interfaces.web.dashboard_data import Choice, RenewalQuery, RenewalsPage, Scope, SortKey

PAGE_SIZE = 50
UNRATED = "-"
UNOPENED = "unopened"
_LAST = "\U0010ffff"
type _Ordered = tuple[object, ...]


def type_word(landing: Landing) -> str:
    """This function will give the type that a renewal is counted under, `unopened` where it has none yet."""
    return landing.type.value if landing.type is not None else UNOPENED


def at_risk(line: RenewalLine) -> Money | None:
    """This function will give what of the prior amount is not expected to land; None where it cannot be judged."""
    base = line.landing.base
    if line.state.prior is None or base is None or base.currency != line.state.prior.currency:
        return None
    return line.state.prior - base


def matching(lines: Iterable[RenewalLine], query: RenewalQuery, scope: Scope) -> list[RenewalLine]:
    """This function will give the renewals that match within a scope, in the order asked for."""
    found = [line for line in lines if scope.sees(line) and _matches(line, query)]
    found.sort(key=lambda line: line.state.key)
    found.sort(key=_ORDER[query.sort], reverse=query.descending)
    return found


def page_of(
    lines: Sequence[RenewalLine], query: RenewalQuery, *, basis: Basis, everything: Sequence[RenewalLine]
) -> RenewalsPage:
    """This function will cut one page out of what matches; a page beyond the last is the last.

    `everything` is what the reader may see at all: the filters offer what is in it.
    """
    pages = max(1, -(-len(lines) // PAGE_SIZE))
    page = min(query.page, pages)
    return RenewalsPage(
        basis=basis,
        lines=tuple(lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        terms=len(lines),
        due=_sum((line.state.prior for line in lines if line.landing.amount is not None), basis.currency),
        landing=_sum((line.landing.amount for line in lines), basis.currency),
        unjudged=sum(line.landing.amount is None for line in lines),
        page=page,
        pages=pages,
        ranks=tuple(sorted({line.state.rank for line in everything if line.state.rank})),
        csms=_csms(everything),
        segments=tuple(
            sorted({line.state.grouping.segment for line in everything if line.state.grouping.segment})
        ),
    )


def _matches(line: RenewalLine, query: RenewalQuery) -> bool:
    state = line.state
    asked = (
        (query.type, type_word(line.landing)),
        (query.standing, state.standing.value),
        (query.rank, state.rank or UNRATED),
        (query.csm, state.grouping.csm_id or UNRATED),
        (query.segment, state.grouping.segment or UNRATED),
    )
    return (
        all(not wanted or wanted == found for wanted, found in asked)
        and (query.first is None or state.end >= query.first)
        and (query.last is None or state.end <= query.last)
        and query.text.casefold() in f"{line.account}\n{line.contract}".casefold()
    )


def _sum(amounts: Iterable[Money | None], currency: str) -> Money:
    total = Money(Decimal(0), currency)
    for amount in amounts:
        if amount is not None and amount.currency == currency:
            total += amount
    return total


def _csms(lines: Iterable[RenewalLine]) -> tuple[Choice, ...]:
    names = {line.state.grouping.csm_id: line.csm for line in lines}
    return tuple(
        sorted(
            (Choice(value=one, name=name or one) for one, name in names.items() if one),
            key=lambda choice: (choice.name, choice.value),
        )
    )


def _amount(money: Money | None) -> _Ordered:
    return (money is not None, money.amount if money is not None else 0)


_ORDER: dict[SortKey, Callable[[RenewalLine], _Ordered]] = {
    SortKey.DUE: lambda line: (line.state.end,),
    SortKey.ACCOUNT: lambda line: (line.account.casefold(),),
    SortKey.PRIOR: lambda line: _amount(line.state.prior),
    SortKey.NEW: lambda line: _amount(line.state.new),
    SortKey.LANDING: lambda line: _amount(line.landing.amount),
    SortKey.RISK: lambda line: _amount(at_risk(line)),
    SortKey.RANK: lambda line: (line.state.rank or _LAST,),
    SortKey.TYPE: lambda line: (type_word(line.landing),),
    SortKey.CSM: lambda line: (line.csm or _LAST,),
}
