"""A telling as Slack takes it: its text and its blocks. Pure."""

from csops_sync.adapters.slack.blocks import Payload, lay_out
from csops_sync.adapters.slack.card_actions import card_actions
from csops_sync.adapters.slack.card_drafts import CardScene, card_draft
from csops_sync.adapters.slack.card_replies import page_draft, reply_draft, summary_draft
from csops_sync.domain.confidence.telling import (
    PostCard,
    PostOverflow,
    PostReply,
    PostSummary,
    UpdateCard,
    UpdateOverflow,
)

Written = PostCard | UpdateCard | PostReply | PostSummary | PostOverflow | UpdateOverflow


def render_telling(scene: CardScene, telling: Written, *, new_card_url: str = "") -> Payload:
    """This function will write a telling down; every one but a reaction has a text.

    `new_card_url` is the address of the card that took the place of this one.
    """
    texts = scene.texts.plain
    if isinstance(telling, PostReply):
        return lay_out(reply_draft(scene, telling), texts)
    if isinstance(telling, PostSummary):
        return lay_out(summary_draft(scene, telling), texts)
    if isinstance(telling, PostOverflow | UpdateOverflow):
        return lay_out(page_draft(scene, telling.page), texts)
    face = telling.face
    actions = card_actions(
        face,
        card_id=telling.card_id,
        key=telling.key,
        url=scene.link(face.opportunity_id),
        texts=scene.texts,
    )
    is_old = isinstance(telling, UpdateCard) and telling.continued_in is not None
    new_card = scene.texts.new_card(new_card_url) if is_old else ""
    return lay_out(card_draft(scene, face, new_card=new_card), texts, actions=actions)
