"""Tellings of confidence as JSON, as the outbox keeps them."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from csops_sync.domain.confidence.telling import Telling

_FORM: TypeAdapter[Telling] = TypeAdapter(Annotated[Telling, Field(discriminator="kind")])


def encode_telling(telling: Telling) -> str:
    """This function will write a telling as JSON text."""
    return _FORM.dump_json(telling).decode()


def decode_telling(payload: str) -> Telling:
    """This function will read a telling back; raises ValueError where the text is none."""
    return _FORM.validate_json(payload)
