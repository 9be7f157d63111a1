"""The frame of a page: head, navigation, the area's content, and where the numbers come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.quality.html_pages import Html, text
from pipelines.report.bundle import own_script, style
from pipelines.report.declarations import Page
from pipelines.report.reader import Published

# nothing may be fetched, whatever a page holds
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'"
)
FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title} · unit economics of AI</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><p class="brand">The unit economics of AI</p>
<nav aria-label="Areas"><ul>{navigation}</ul></nav></header>
<main id="content" tabindex="-1">
<h1>{heading}</h1>
{question}
{content}
</main>
<footer>{origin}</footer>
<script>{drawing}</script>
<script>{own}</script>
</body>
</html>
"""


@dataclass(frozen=True)
class Frame:
    """What all pages of a report share."""

    pages: Sequence[Page]
    origin: str
    drawing_script: str

    def page(self, page: Page, content: Iterable[Html]) -> str:
        """A whole page that refers to nothing but its neighbours."""
        return FRAME.format(
            policy=POLICY,
            title=text(page.title),
            heading=text(page.heading or page.title),
            question=Html(f'<p class="question">{text(page.question)}</p>')
            if page.question
            else "",
            style=style(),
            navigation="".join(_item(each, page) for each in self.pages),
            content="\n".join(content),
            origin=text(self.origin),
            drawing=_inline(self.drawing_script),
            own=_inline(own_script()),
        )


def origin(published: Published) -> str:
    """Which run the numbers are from, and how far they reach, in a sentence."""
    parts = ["Built from the published file; its tables hold every number shown."]
    runs = published.rows_of("ops.runs", "order by started_at desc limit 1")
    parts += [f"Run {run['run_id']}, as of {run['as_of_date']}." for run in runs]
    for row in published.rows_of("marts.scorecard", "order by metric_month desc limit 1"):
        parts.append(f"Logs and bills are complete through {row['complete_through_date']}.")
    return " ".join(parts)


def _item(page: Page, current: Page) -> str:
    mark = ' aria-current="page"' if page is current else ""
    return f'<li><a href="{page.file_name}"{mark}>{text(page.title)}</a></li>'


def _inline(script: str) -> str:
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
