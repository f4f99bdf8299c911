"""Each kind of message, as a draft. Pure; `blocks.py` lays it out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from csops_sync.adapters.slack.daily import opened_daily
from csops_sync.adapters.slack.draft import Draft, Scene
from csops_sync.adapters.slack.mrkdwn import advice, bold, safe
from csops_sync.domain.facts import Scalar
from csops_sync.domain.intents import NoticeKind, NoticeLine
from csops_sync.domain.renewal import parse_key

WITHOUT_RENEWALS = frozenset({NoticeKind.BASELINE, NoticeKind.HELD, NoticeKind.OPERATOR})
MAX_BUTTONS = 5
MAX_FACTS = 10
MAX_OTHERS = 10
_PARAGRAPH_LENGTH = 1000
_ID_LENGTH = 64


def draft(scene: Scene) -> Draft:
    """This function will write down a message; it has lines unless its kind is in `WITHOUT_RENEWALS`."""
    return _WRITERS[scene.message.notice](scene)


def _opened(scene: Scene) -> Draft:
    line, words = scene.message.lines[0], scene.texts.catalogue
    because = scene.texts.because(line, today=scene.today)
    why = words.opened_because.format(because=because) if because else words.opened_plain
    drafted = _about_one(scene, words.opened, why=why)
    return replace(drafted, facts=(*drafted.facts, *_co_termed(scene, line)))


def _terminated(scene: Scene) -> Draft:
    return _about_one(scene, scene.texts.catalogue.terminated, deal=_deal(scene))


def _cancelling(scene: Scene) -> Draft:
    return _about_one(scene, scene.texts.catalogue.cancelling, deal=_deal(scene))


def _parallel(scene: Scene) -> Draft:
    line, words = scene.message.lines[0], scene.texts.catalogue
    template = words.parallel[len(line.others) > 1]
    drafted = _about_one(scene, template, n=str(len(line.others) + 1))
    hints = _adopt_hints(scene, line)
    return replace(drafted, buttons=_parallel_buttons(scene, line), remarks=(*hints, *drafted.remarks))


def _baseline(scene: Scene) -> Draft:
    words = scene.texts.catalogue
    drafted = _about_counts(scene, words.baseline)
    approve = drafted.paragraphs or (words.baseline_clear,)
    return replace(drafted, paragraphs=approve)


def _held(scene: Scene) -> Draft:
    return _about_counts(scene, scene.texts.catalogue.held)


def _operator(scene: Scene) -> Draft:
    facts = dict(scene.message.facts or {})
    said = [str(facts.pop(key)) for key in ("text", "advice") if facts.get(key)] or [scene.message.reason]
    return Draft(
        headline=scene.texts.catalogue.operator,
        facts=_named(scene, facts),
        paragraphs=[advice(entry, limit=_PARAGRAPH_LENGTH) for entry in said],
    )


_WRITERS: Mapping[NoticeKind, Callable[[Scene], Draft]] = {
    NoticeKind.OPENED: _opened,
    NoticeKind.OPENED_DAILY: opened_daily,
    NoticeKind.BASELINE: _baseline,
    NoticeKind.TERMINATED: _terminated,
    NoticeKind.CANCELLING: _cancelling,
    NoticeKind.PARALLEL: _parallel,
    NoticeKind.HELD: _held,
    NoticeKind.OPERATOR: _operator,
}


def _about_one(scene: Scene, template: str, **values: str) -> Draft:
    """Write a message about the first line: the sentence, its facts and its opportunity."""
    line, words = scene.message.lines[0], scene.texts.catalogue
    address = scene.texts.address(scene.called((line,)))
    headline = _sentence(template, address, account=bold(line.account_name), **values)
    url = scene.url(line)
    return Draft(
        headline=headline,
        facts=_facts(scene, line),
        buttons=((words.open_deal, url),) if url else (),
        remarks=(*scene.remarked((line,)), *scene.missing((line,))),
    )


def _facts(scene: Scene, line: NoticeLine) -> list[tuple[str, str]]:
    words, texts = scene.texts.catalogue, scene.texts
    days = (
        (words.renewal_date, line.renewal_date),
        (words.notice_deadline, line.notice_deadline),
        (words.budget_last_day, line.budget_last_day),
    )
    written = [(label, texts.date_with_days(day, today=scene.today)) for label, day in days if day]
    return [written[0], (words.amount, texts.money(line.amount, line.currency)), *written[1:]]


def _co_termed(scene: Scene, line: NoticeLine) -> list[tuple[str, str]]:
    """Name the other contracts that share this renewal, as many as fit."""
    if not line.others:
        return []
    numbers = scene.texts.catalogue.joiner.join(
        safe(number, limit=_ID_LENGTH) for number in line.others[:MAX_OTHERS]
    )
    ellipsis = "…" if len(line.others) > MAX_OTHERS else ""
    return [(scene.texts.catalogue.co_termed, f"{numbers}{ellipsis}")]


def _deal(scene: Scene) -> str:
    line, words = scene.message.lines[0], scene.texts.catalogue
    return words.deal_kept if line.opportunity_id or scene.url(line) else words.deal_not_made


def _parallel_buttons(scene: Scene, line: NoticeLine) -> list[tuple[str, str]]:
    words = scene.texts.catalogue
    several = len(line.others) > 1
    labels = [
        words.parallel_other_numbered.format(n=number) if several else words.parallel_other
        for number in range(1, len(line.others) + 1)
    ]
    ours = (words.parallel_ours, scene.url(line))
    others = zip(labels, (scene.links.get(other, "") for other in line.others), strict=True)
    return [button for button in (ours, *others) if button[1]][:MAX_BUTTONS]


def _adopt_hints(scene: Scene, line: NoticeLine) -> tuple[str, ...]:
    term = parse_key(line.renewal_key)
    template = scene.texts.catalogue.parallel_adopt
    if term is None:
        return ()
    return tuple(
        template.format(contract=term.contract_id, opportunity=safe(other, limit=_ID_LENGTH))
        for other in line.others[:1]
    )


def _about_counts(scene: Scene, headline: str) -> Draft:
    """Write a message about numbers, and how to approve them where they wait for that."""
    facts = dict(scene.message.facts or {})
    plan = safe(str(facts.pop("plan_hash", None) or ""), limit=_ID_LENGTH)
    words = scene.texts.catalogue
    return Draft(
        headline=headline,
        facts=_named(scene, facts),
        paragraphs=(words.review_and_approve.format(hash=plan),) if plan else (),
    )


def _named(scene: Scene, facts: Mapping[str, Scalar]) -> list[tuple[str, str]]:
    """Write named facts down; an empty or zero one is no news."""
    news = [(key, value) for key, value in facts.items() if value not in (None, "", 0)]
    return [scene.texts.fact(key, value) for key, value in news[:MAX_FACTS]]


def _sentence(template: str, address: str, **values: str) -> str:
    """Fill in a sentence; where it addresses nobody it begins with a capital."""
    if address:
        return template.format(address=address, **values)
    bare = template.removeprefix("{address}")
    return (bare[:1].upper() + bare[1:]).format(**values)
