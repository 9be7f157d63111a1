"""The descriptions of tables and columns, as the dbt manifest holds them."""

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import RunFailedError


@dataclass(frozen=True)
class Description:
    """What a published table says of itself and of each of its columns."""

    table: str
    columns: dict[str, str]


def read_descriptions(manifest_path: Path) -> dict[tuple[str, str], Description]:
    """Descriptions by (schema, table) of every model, seed and source.

    Errors: RunFailedError when the manifest is missing.
    """
    if not manifest_path.is_file():
        raise RunFailedError(
            "publishing needs the manifest that dbt writes",
            str(manifest_path),
            "run `unitecon run` first",
        )
    manifest = json.loads(manifest_path.read_text("utf-8"))
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return {
        (node["schema"], node.get("identifier") or node["name"]): Description(
            table=node["description"],
            columns={
                name: column["description"] for name, column in node.get("columns", {}).items()
            },
        )
        for node in nodes
        if node["resource_type"] in ("model", "seed", "source")
    }
