"""Style and scripts of a page; the libraries that draw lie in the package and load nothing."""

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
# Vega, Vega-Lite and Vega-Embed as vl-convert bundles them around this line
SNIPPET = "window.vegaEmbed = vegaEmbed;"


def drawing_script() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    return (ASSETS / "vendor" / "vega.js").read_text("utf-8")


def own_script() -> str:
    """What makes charts, filters and downloads out of the tables of a page."""
    return (ASSETS / "report.js").read_text("utf-8")


def style() -> str:
    """How a page looks: light and dark, narrow and wide, on paper."""
    return (ASSETS / "report.css").read_text("utf-8")
