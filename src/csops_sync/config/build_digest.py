"""From the checked `digest:` section to the domain's `DigestRules`."""

from collections.abc import Mapping

from csops_sync.config.models_digest import DigestSection
from csops_sync.domain.forecast.digest_rules import DigestRules


def digest_rules(section: DigestSection, *, channels: Mapping[str, str], locale: str) -> DigestRules:
    """This function will build the rules of the digest; `channels` are ids by name, `locale` that of all messages."""
    return DigestRules(
        channel=channels.get(section.channel, section.channel),
        weekday=section.weekday,
        at=section.at,
        due_within=section.due_within,
        mention=section.mention,
        locale=section.locale or locale,
    )
