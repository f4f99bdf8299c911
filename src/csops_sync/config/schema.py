"""JSON Schemas of both files, from the same models that check them: editors complete and check as one types.

`python -m csops_sync.config.schema FOLDER` writes them.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from csops_sync.config.models_connections import ConnectionsFile
from csops_sync.config.models_rules import RulesFile
from csops_sync.config.section import Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: Mapping[str, tuple[str, type[Section]]] = {
    "rules.json": ("csops-sync rules", RulesFile),
    "csops-sync.json": ("csops-sync connections", ConnectionsFile),
}


def schemas() -> Mapping[str, str]:
    """This function will give the text of each schema file by its name."""
    return {name: _text(title, model) for name, (title, model) in _MODELS.items()}


def write_schemas(folder: Path) -> None:
    """This function will write the schema files into a folder that exists."""
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(title: str, model: type[Section]) -> str:
    schema = {"$schema": DIALECT, **model.model_json_schema(), "title": title}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
