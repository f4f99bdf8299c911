"""The operator hears once of a customer of whose people the rules want to mention one whom Salesforce does not name."""

from collections.abc import Iterable, Mapping

from csops_sync.app.confidence.moves import Told
from csops_sync.app.confidence.scenes import Scene
from csops_sync.app.engine import Engine
from csops_sync.app.operator_notices import operator_notice
from csops_sync.ports.store import Transaction

_TEXTS = {
    "ja": (
        "{account} の確度の変化で、{paths} に当たる有効なユーザーが見つかりません。{instead}"
        "Salesforce の担当者とその上司を確認してください。"
    ),
    "en": (
        "The confidence of {account} changed, and no active user was found for {paths}. {instead}"
        "Check the people in charge and their managers in Salesforce."
    ),
}
_INSTEAD = {
    "ja": ("代わりに {fallback} に知らせました。", "代わりには誰にも知らせていません。"),
    "en": ("{fallback} was mentioned instead. ", "Nobody was mentioned instead. "),
}


def notice_unmet(
    engine: Engine,
    tx: Transaction,
    told: Iterable[Told],
    *,
    scenes: Mapping[str, Scene],
    fallback: str | None,
) -> None:
    """This function will put a notice to the operator into the outbox for each customer and mention, once ever."""
    locale = engine.rules.locale
    named, nobody = _INSTEAD[locale]
    for one in (found for found in told if found.unmet):
        instead = named.format(fallback=fallback) if _calls(one, fallback) else nobody
        account = scenes[one.move.opportunity_id].book.account
        paths = ", ".join(dict.fromkeys(one.unmet))
        text = _TEXTS[locale].format(account=account.name, paths=paths, instead=instead)
        rows = operator_notice(engine, key=f"unmet/{account.id}/{paths}", text=text)
        known = {row.key for row in tx.outbox.get([row.key for row in rows])}
        tx.outbox.put([row for row in rows if row.key not in known])


def _calls(told: Told, fallback: str | None) -> bool:
    """Say whether the fallback is mentioned with a move: not where it is whoever made the change."""
    return any(fallback in getattr(one, "mentions", ()) for one in told.tellings)
