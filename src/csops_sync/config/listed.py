"""One value may stand where a list of values is asked for."""

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


def _as_list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


class _Listed(BeforeValidator):
    """Makes a list of a single value, and tells the JSON Schema so."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Offer the item's schema beside the list's."""
        schema = handler(core)
        return {"anyOf": [schema["items"], schema]}


listed = _Listed(_as_list)
