"""Makes the pictures of the README anew: the demo's printed run, and its report's first screen."""

import os
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from report_support import chromium, visit

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
LAPTOP = {"width": 1440, "height": 900}
# as wide as a terminal; what is longer is cut, as there
COLUMNS = 110
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #12161b; } pre { margin: 0; padding: 20px; color: #eef2f6;
font: 15px/1.35 "DejaVu Sans Mono", monospace; display: inline-block; }</style>
<pre>$ unitecon demo --size small\n%s</pre>
<script>document.documentElement.dataset.drawnIn = "light"</script>"""


def main() -> None:
    """Run the demo in a folder of its own and take both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipelines", "demo", "--size", "small"]
        environment = {**os.environ, "UNITECON_HOME": "data", "PYTHONUNBUFFERED": "1"}
        run = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        home = Path(folder) / "data"
        said = Path(folder) / "run.html"
        said.write_text(TERMINAL % escape(_as_on_screen(run.stdout, folder)), "utf-8")
        with chromium() as browser:
            with visit(browser, home / "published" / "report" / "index.html", viewport=LAPTOP) as v:
                v.page.screenshot(path=IMAGES / "report.png")
            with visit(browser, said, viewport=LAPTOP) as v:
                v.page.locator("pre").screenshot(path=IMAGES / "run.png")


def _as_on_screen(said: str, folder: str) -> str:
    """What the run said, to the line that tells what is published, on one screen."""
    lines = said.replace(f"{folder}/", "").splitlines()
    end = next(at for at, line in enumerate(lines) if line.startswith("published "))
    cut = (line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1]}…" for line in lines[: end + 1])
    return "\n".join(cut)


if __name__ == "__main__":
    main()
