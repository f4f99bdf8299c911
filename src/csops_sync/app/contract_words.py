"""The terms of a contract in words: whether it renews by itself, and how long before its end it may be stopped."""

from collections.abc import Iterator

from csops_sync.app.decision_words_ja import span_ja
from csops_sync.app.step_words import ENGLISH, JAPANESE
from csops_sync.domain.facts import Contract


def contract_terms(contract: Contract, *, language: str = ENGLISH) -> tuple[str, ...]:
    """This function will name the terms: `renews by itself`, `60 days' notice`."""
    return tuple(_japanese(contract) if language == JAPANESE else _english(contract))


def _english(contract: Contract) -> Iterator[str]:
    if contract.auto_renews:
        yield "renews by itself"
    if contract.notice:
        words = str(contract.notice)
        yield f"{words}' notice" if words.endswith("s") else f"{words}'s notice"


def _japanese(contract: Contract) -> Iterator[str]:
    if contract.auto_renews:
        yield "自動更新"
    if contract.notice:
        yield f"解約通知は {span_ja(contract.notice)}前まで"
