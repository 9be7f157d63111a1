"""A figure's months as a small line beside the answer, in the colours of the page."""

from collections.abc import Sequence

from pipelines.quality.html_pages import Html, text
from pipelines.report.reader import Row
from pipelines.report.units import written

WIDTH, HEIGHT, EDGE = 320, 104, 10
FEWEST = 2


def trend_line(rows: Sequence[Row], name: str, unit: str, table: str) -> Html:
    """The months of a figure, oldest first; a month without a value is a gap in the line.

    `table` is where the page has the same numbers.
    """
    known = [row for row in rows if row["value"] is not None]
    if len(known) < FEWEST:
        return Html()
    values = [float(row["value"]) for row in known]
    low, high = min(*values, 0.0), max(*values, 0.0)
    span = (high - low) or 1.0
    places = [_place(at, row, len(rows), low, span) for at, row in enumerate(rows)]
    zero = _height(0.0, low, span)
    x, y = next(place for place in reversed(places) if place)
    first, last = rows[0]["metric_month"], rows[-1]["metric_month"]
    return Html(
        f'<figure class="trend"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{text(_words(known, name, unit))}">'
        f'<line class="zero" x1="0" x2="{WIDTH}" y1="{zero:.1f}" y2="{zero:.1f}"/>'
        f'<path d="{_path(places)}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="5"/></svg>'
        f"<figcaption>{first:%b %Y} to {last:%b %Y}; dashed: zero."
        f' <a href="{table}">Every month</a></figcaption></figure>'
    )


def _place(at: int, row: Row, count: int, low: float, span: float) -> tuple[float, float] | None:
    if row["value"] is None:
        return None
    across = EDGE + at * (WIDTH - 2 * EDGE) / (count - 1)
    return across, _height(float(row["value"]), low, span)


def _height(value: float, low: float, span: float) -> float:
    return HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    steps = []
    is_drawing = False
    for place in places:
        if place:
            steps.append(f"{'L' if is_drawing else 'M'}{place[0]:.1f} {place[1]:.1f}")
        is_drawing = place is not None
    return "".join(steps)


def _words(known: Sequence[Row], name: str, unit: str) -> str:
    first, last = known[0], known[-1]
    lowest = min(known, key=lambda row: row["value"])
    highest = max(known, key=lambda row: row["value"])
    told = (("from", first), ("to", last), ("lowest", lowest), ("highest", highest))
    parts = [f"{word} {written(row['value'])} in {row['metric_month']:%B %Y}" for word, row in told]
    return f"{name} by month in {unit}: {', '.join(parts)}."
