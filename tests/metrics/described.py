"""What the YAML of a mart says it publishes."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "models" / "marts"


def columns_of(mart: str) -> list[str]:
    """The described columns of a mart, in their order."""
    [model] = yaml.safe_load((FOLDER / f"{mart}.yml").read_text("utf-8"))["models"]
    return [column["name"] for column in model["columns"]]
