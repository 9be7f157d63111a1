"""The JavaScript that draws: Vega, Vega-Lite and Vega-Embed, out of an installed package."""

from importlib.metadata import version
from pathlib import Path

SNIPPET = "window.vegaEmbed = vegaEmbed;"
ASSETS = Path(__file__).parent / "assets"


def drawing_script(cache: Path) -> str:
    """The libraries as one script; bundling takes seconds, so each version is kept once built."""
    kept = cache / f"vega-{version('vl-convert-python')}.js"
    if kept.is_file():
        return kept.read_text("utf-8")
    # loads a JavaScript engine: only when there is something to bundle
    from vl_convert import javascript_bundle  # noqa: PLC0415  # as said above

    script: str = javascript_bundle(SNIPPET)
    cache.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(".part")
    draft.write_text(script, "utf-8")
    draft.replace(kept)
    return script


def own_script() -> str:
    """What makes charts, filters and downloads out of the tables of a page."""
    return (ASSETS / "report.js").read_text("utf-8")


def style() -> str:
    """How a page looks: light and dark, narrow and wide, on paper."""
    return (ASSETS / "report.css").read_text("utf-8")
