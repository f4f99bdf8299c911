"""`csops-sync explain`: a contract, its renewals, why each opens when it does, and what has happened since. Pure."""

from collections.abc import Iterator

from csops_sync.app.confidence_views import CardRow
from csops_sync.app.views import ComingAmount, ContractHeader, ExplainView, RenewalView, StepRow
from csops_sync.interfaces.cli.render_columns import Column, clean, table
from csops_sync.interfaces.cli.render_values import local_text, money_text

_STEPS = (Column(minimum=15, gap=2), Column(), Column())
_CARDS = (Column(gap=2), Column(gap=2), Column())
_EVENTS = (Column(gap=2), Column(minimum=11, gap=2), Column())


def explain_text(view: ExplainView) -> str:
    """This function will write an explanation down for people, ending in a newline."""
    lines = [_header(view.contract), *(f"  {clean(remark)}" for remark in view.remarks)]
    if not view.renewals:
        lines.append("No renewal of this contract is known.")
    for position, renewal in enumerate(view.renewals):
        if position:
            lines.append("")
        lines.extend(_renewal(renewal, view.timezone))
    return "\n".join(lines) + "\n"


def _header(contract: ContractHeader) -> str:
    amount = f"{money_text(contract.amount)} a year" if contract.amount else "no amount on record"
    amount = ", ".join((amount, *map(_coming, contract.coming)))
    start = contract.start.isoformat() if contract.start else "no start date"
    end = f"to {contract.end}" if contract.end else "with no end"
    run = ", ".join((f"{start} {end}", *contract.terms))
    return clean(" · ".join((f"Contract {contract.number}", contract.account_name, amount, run)))


def _coming(one: ComingAmount) -> str:
    """Write what later terms add: `+¥600,000 from 2027-03-01`."""
    sign = "" if one.added.amount < 0 else "+"
    return f"{sign}{money_text(one.added)} from {one.effective}"


def _renewal(renewal: RenewalView, timezone: str) -> Iterator[str]:
    yield f"Renewal for the term from {renewal.renewal_date}"
    yield ""
    yield f"  {_opening(renewal)}"
    if renewal.steps:
        yield from table([_step(step) for step in renewal.steps], _STEPS)
    yield from (f"  {clean(remark)}" for remark in renewal.remarks)
    if renewal.events:
        yield ""
        rows = [(local_text(event.at, timezone), event.name, event.text) for event in renewal.events]
        yield from table(rows, _EVENTS, indent=2)
    if renewal.cards:
        yield ""
        yield from table([_card(card) for card in renewal.cards], _CARDS, indent=2)


def _card(card: CardRow) -> tuple[str, str, str]:
    note = f"; note: {card.note}" if card.note else ""
    return f"card in {card.channel}", card.text + note, card.message or ""


def _opening(renewal: RenewalView) -> str:
    if renewal.open_date is None:
        return f"not opened: {clean(renewal.state)}"
    rule = f"     rule {renewal.rule}, {renewal.origin}" if renewal.rule else ""
    return f"opens {renewal.open_date} ({renewal.open_date:%a}){rule}"


def _step(step: StepRow) -> tuple[str, str, str]:
    mark = f"     <- {step.mark}" if step.mark else ""
    return step.name, step.day.isoformat(), f"{step.text}{mark}"
