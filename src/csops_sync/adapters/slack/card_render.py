"""A telling as Slack takes it: its text and its blocks. Pure."""

from csops_sync.adapters.slack.blocks import Payload, lay_out
from csops_sync.adapters.slack.card_actions import card_actions
from csops_sync.adapters.slack.card_drafts import CardScene, card_draft
from csops_sync.adapters.slack.card_replies import reply_draft, summary_draft
from csops_sync.domain.confidence.telling import PostCard, PostReply, PostSummary, UpdateCard

Written = PostCard | UpdateCard | PostReply | PostSummary


def render_telling(scene: CardScene, telling: Written) -> Payload:
    """This function will write a telling down; every one but a reaction has a text."""
    texts = scene.texts.plain
    if isinstance(telling, PostReply):
        return lay_out(reply_draft(scene, telling), texts)
    if isinstance(telling, PostSummary):
        return lay_out(summary_draft(scene, telling), texts)
    face = telling.face
    actions = card_actions(
        face,
        card_id=telling.card_id,
        key=telling.key,
        url=scene.link(face.opportunity_id),
        texts=scene.texts,
    )
    return lay_out(card_draft(scene, face), texts, actions=actions)
