"""The JSON Schema that editors complete and check a territory's files with: `python -m territory.schema` writes it.

One schema serves every file of a territory, because any file may hold any of the top-level keys; which of them are
missing altogether is the loader's to say.
"""

from __future__ import annotations

import json

from territory.loader import TERRITORIES
from territory.model import Territory

SCHEMA_FILE = TERRITORIES / "schema" / "territory.schema.json"


def schema_text() -> str:
    """The schema as it belongs into `SCHEMA_FILE`."""
    schema = Territory.model_json_schema()
    del schema["required"]
    schema["description"] = "One file of a territory: any of these keys, each in one file only."
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.parent.mkdir(exist_ok=True)
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
