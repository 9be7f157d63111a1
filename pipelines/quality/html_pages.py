"""Plain, self-contained HTML: a page with its style inside, and tables that escape every value."""

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --stop: #b3261e; --warn: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --stop: #ff8a80; --warn: #ffc46b; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
caption, th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; }
caption { font-weight: 600; font-size: 1.15rem; padding-left: 0; }
th, td { border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; background: #8882; padding: .6rem; }
.stop { font-weight: 700; color: var(--stop); }
.warn { font-weight: 700; color: var(--warn); }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def text(value: object) -> Html:
    """A value as HTML shows it; NULL is an empty cell."""
    if isinstance(value, Html):
        return value
    return Html("" if value is None else escape(str(value)))


def marked(value: object, mark: str) -> Html:
    """A value that also carries its meaning as colour, never as colour alone."""
    return Html(f'<span class="{escape(mark)}">{text(value)}</span>')


def link(target: str, label: object) -> Html:
    """A link to a page beside this one."""
    return Html(f'<a href="{escape(target)}">{text(label)}</a>')


def paragraph(value: object) -> Html:
    """One paragraph."""
    return Html(f"<p>{text(value)}</p>")


def folded(label: object, code: object) -> Html:
    """Code that a reader unfolds."""
    return Html(f"<details><summary>{text(label)}</summary><pre>{text(code)}</pre></details>")


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """A table with a caption and column headings; the first cell of a row names the row."""
    head = "".join(f'<th scope="col">{text(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{_cells(row)}</tr>\n" for row in rows)
    return Html(
        f"<table>\n<caption>{text(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
    )


def page(title: str, content: Iterable[Html]) -> str:
    """A whole page that refers to no other address."""
    return PAGE.format(title=text(title), style=STYLE, content="\n".join(content))


def _cells(row: Sequence[object]) -> str:
    name, *values = row
    cells = "".join(f"<td>{text(value)}</td>" for value in values)
    return f'<th scope="row">{text(name)}</th>{cells}'
