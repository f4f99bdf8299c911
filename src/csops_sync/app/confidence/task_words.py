"""What a Task says of an answer: what was answered, which move it was about, and by whom. Pure."""

from collections.abc import Mapping, Sequence

from csops_sync.domain.confidence.card import Card
from csops_sync.domain.confidence.ranks import Outcome, Standing

_SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "acknowledged": "確度の変化に対応（{net}）: {account}",
        "note": "確度についてのメモ（{net}）: {account}",
    },
    "en": {
        "acknowledged": "Took over a change of confidence ({net}): {account}",
        "note": "Note on confidence ({net}): {account}",
    },
}
_ABOUT = {
    "ja": {"acknowledged": "{person} が対応: {way}", "note": "{person} のメモ: {way}"},
    "en": {"acknowledged": "Taken over by {person}: {way}", "note": "A note by {person}: {way}"},
}
_CLOSED: Mapping[str, Mapping[Outcome, str]] = {
    "ja": {Outcome.WON: "受注", Outcome.LOST: "失注"},
    "en": {Outcome.WON: "won", Outcome.LOST: "lost"},
}
_UNRATED = {"ja": "未評価", "en": "unrated"}
_ARROW = " → "


def task_subject(card: Card, about: str, *, locale: str) -> str:
    """This function will name the answer and the move, before the account, whose name may be cut where it is long."""
    path = card.face.path
    net = _way((*path[:1], *path[1:][-1:]), locale)
    return _SUBJECTS[locale][about].format(net=net, account=card.face.account_name)


def task_description(card: Card, about: str, *, person: str, text: str, locale: str) -> str:
    """This function will say who answered and every step of the move; a note's own words stand first."""
    said = _ABOUT[locale][about].format(person=person, way=_way(card.face.path, locale))
    return "\n".join(filter(None, [text, f"— {said}"]))


def _way(path: Sequence[Standing], locale: str) -> str:
    return _ARROW.join(_standing(one, locale) for one in path)


def _standing(one: Standing, locale: str) -> str:
    if one.outcome is not Outcome.OPEN:
        return _CLOSED[locale][one.outcome]
    return one.rank or _UNRATED[locale]
