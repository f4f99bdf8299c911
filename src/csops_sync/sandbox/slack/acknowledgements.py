"""What an app sends over a Socket Mode connection: acknowledgements, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from csops_sync.sandbox.slack.model import Json

_SHOWN = 200


class SocketMisuse(ValueError):  # noqa: N818  # it names what the client did
    """Something that came over a connection and acknowledges nothing; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """`{"envelope_id": ..., "payload"?: {...}}`."""

    envelope_id: str
    payload: Mapping[str, Json] = field(default_factory=dict)


def read_acknowledgement(text: str) -> Acknowledgement:
    """This function will read what came over a connection; SocketMisuse where it is no acknowledgement."""
    try:
        given: Json = json.loads(text)
    except ValueError:
        raise SocketMisuse(f"what comes over a connection is JSON, not {text[:_SHOWN]}") from None
    match given:
        case {"envelope_id": str(envelope_id), "payload": dict(payload), **rest} if not rest:
            return Acknowledgement(envelope_id=envelope_id, payload=payload)
        case {"envelope_id": str(envelope_id), **rest} if not rest or rest == {"payload": None}:
            return Acknowledgement(envelope_id=envelope_id)
        case _:
            raise SocketMisuse(f"an acknowledgement is {{envelope_id, payload?}}, not {text[:_SHOWN]}")
