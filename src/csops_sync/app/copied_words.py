"""What a created opportunity took over from won deals, in words of both languages: for journal and messages."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from csops_sync.app.step_words import JAPANESE
from csops_sync.domain.copying import CONTACT_ROLES, LINE_ITEMS, NotCopied
from csops_sync.domain.sentences import Sentence

_ENGLISH: Final[Mapping[NotCopied, str]] = {
    NotCopied.NO_DEAL: "no won opportunity by the contract's start is linked to it whose lines say what is sold now",
    NotCopied.NO_LINES: "the won opportunity has no recurring lines",
    NotCopied.HIDDEN: "they cannot be read; grant Read on them and on products and price books ({about})",
    NotCopied.INACTIVE: "no longer sold: {about}",
    NotCopied.CURRENCY: "they are in {about}, the renewal is not",
    NotCopied.PRICE_BOOKS: "they are of several price books, and an opportunity has one",
    NotCopied.TOO_MANY: "{about} are more than can be made in one call",
    NotCopied.REFUSED: "Salesforce refused them ({about})",
    NotCopied.UNANSWERED: "the answer to its creation was lost, and it has none",
    NotCopied.ROLES_HIDDEN: "contact roles cannot be read; grant Read on them ({about})",
}
_IN_JAPANESE: Final[Mapping[NotCopied, str]] = {
    NotCopied.NO_DEAL: "契約の開始日までに成立し、現在の販売内容を明細で示す商談が契約に関連付けられていません",
    NotCopied.NO_LINES: "成立した商談に継続の商品明細がありません",
    NotCopied.HIDDEN: "読み取れません。明細、商品、価格表の参照権限を付与してください({about})",
    NotCopied.INACTIVE: "販売を終了しています: {about}",
    NotCopied.CURRENCY: "通貨が {about} で、更新商談と異なります",
    NotCopied.PRICE_BOOKS: "複数の価格表にまたがっています。商談の価格表は 1 つです",
    NotCopied.TOO_MANY: "{about} 件は 1 回で作成できる件数を超えています",
    NotCopied.REFUSED: "Salesforce が拒否しました({about})",
    NotCopied.UNANSWERED: "作成の応答が失われ、明細がありません",
    NotCopied.ROLES_HIDDEN: "取引先責任者の役割を読み取れません。参照権限を付与してください({about})",
}
_ADVICE: Final = (
    "Line items were not copied: {why}. The amount was written instead; please add the lines by hand."
)
_ADVICE_JA: Final = (
    "商品明細はコピーされませんでした: {why}。金額を直接入力しています。明細は手で追加してください。"
)
_ROLES: Final = "Contact roles were not copied: {why}. Please add them by hand."
_ROLES_JA: Final = "取引先責任者の役割はコピーされませんでした: {why}。手で追加してください。"


def copied_words(copied: Mapping[str, Any] | None, *, language: str) -> str:
    """This function will say what was copied and what was not, ready to follow another clause; empty for nothing."""
    if not copied:
        return ""
    lines, roles = int(copied.get("lines") or 0), int(copied.get("roles") or 0)
    if language == JAPANESE:
        counted = [(lines, f"商品明細 {lines} 件"), (roles, f"取引先責任者の役割 {roles} 件")]
        said = "、".join(words for count, words in counted if count)
        parts = [f"{said}をコピー"] if said else []
        return "".join(f"。{one}" for one in (*parts, left_words(copied, language=language)) if one)
    counted = [(lines, _counted(lines, "line item")), (roles, _counted(roles, "contact role"))]
    said = " and ".join(words for count, words in counted if count)
    parts = [f"{said} copied"] if said else []
    return "".join(f"; {one}" for one in (*parts, left_words(copied, language=language)) if one)


def left_words(copied: Mapping[str, Any] | None, *, language: str) -> str:
    """This function will say why something was not copied and what to do; empty where nothing was left."""
    code = (copied or {}).get("not_copied")
    if not copied or code not in set(NotCopied):
        return ""
    why = NotCopied(code)
    words, advice, roles = (
        (_IN_JAPANESE, _ADVICE_JA, _ROLES_JA) if language == JAPANESE else (_ENGLISH, _ADVICE, _ROLES)
    )
    template = roles if why is NotCopied.ROLES_HIDDEN or copied.get("only_roles") else advice
    return template.format(why=words[why].format(about=copied.get("about") or "-"))


def copies_remark(asked: Collection[str]) -> Sentence | None:
    """This function will say what a renewal that is not opened yet will take over; None where that is nothing."""
    if LINE_ITEMS in asked and CONTACT_ROLES in asked:
        return Sentence(
            "remark.copies-both", "the lines and contact roles of the last won opportunity are copied"
        )
    if LINE_ITEMS in asked:
        return Sentence("remark.copies-lines", "the lines of the last won opportunity are copied")
    if CONTACT_ROLES in asked:
        return Sentence("remark.copies-roles", "the contact roles of the last won opportunity are copied")
    return None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
