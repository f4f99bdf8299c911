"""The JSON Schemas under config/schema are those of the models."""

import json

import pytest
from tests.fakes.configuration import SHIPPED

from csops_sync.config.schema import schemas, write_schemas

_STALE = "run: python -m csops_sync.config.schema config/schema"


@pytest.mark.parametrize("name", ["rules.json", "csops-sync.json"])
def test_a_schema_file_is_what_the_models_say(name: str) -> None:
    """Written anew by the command in the message."""
    assert (SHIPPED / "schema" / name).read_text("utf-8") == schemas()[name], _STALE


def test_unknown_keys_are_refused_in_editors_too() -> None:
    """As the loader refuses them."""
    for text in schemas().values():
        schema = json.loads(text)
        blocks = [schema, *schema["$defs"].values()]
        assert all(block["additionalProperties"] is False for block in blocks if "properties" in block)


def test_every_key_of_a_schema_has_its_explanation() -> None:
    """Editors show it."""
    for text in schemas().values():
        schema = json.loads(text)
        for block in [schema, *schema["$defs"].values()]:
            for name, key in block.get("properties", {}).items():
                assert "description" in key or "$ref" in key, name


def test_the_schemas_can_be_written_into_a_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As the command does."""
    folder = tmp_path_factory.mktemp("schema")

    write_schemas(folder)

    assert sorted(path.name for path in folder.iterdir()) == ["csops-sync.json", "rules.json"]


def test_shipped_files_name_their_schema() -> None:
    """Relative to the file, so that it works in a copy."""
    for path in sorted(SHIPPED.glob("*.yaml")):
        first = path.read_text("utf-8").splitlines()[0]
        name = first.removeprefix("# yaml-language-server: $schema=./")
        assert (SHIPPED / name).is_file(), path.name
