"""What exports of time trackers have in common: which work an entry was, and which entry it is.

A file in the feed is taken to hold work on models and nothing else: filter the export by project.
The first line of ACTIVITIES whose words stand in the entry's task or tags says what it was; where
none does, it was maintenance. A model is named by `model:<name>` in the same places, if at all.

Trackers export no ids: an entry's is a hash of who did what when, without its hours and notes,
which corrections change. Two entries of one export may share it and both count; a newer export that
holds it replaces them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIVITIES = {
    "on_call": r"\bon[ _-]?call\b|\bpager|\bincident|\bstandby\b",
    "retraining": r"\b(?:re-?train|fine-?tun)",
    "monitoring": r"\b(?:monitor|alert|drift|dashboard)",
    "evaluation": r"\b(?:evaluat|eval\b|evals\b|benchmark)",
}
MODEL = r"\bmodel:([^\s,;]+)"


def activity_sql(places: Iterable[str]) -> str:
    """The activity, from the words in these columns."""
    words = f"lower({_words(places)})"
    cases = " ".join(
        f"when regexp_matches({words}, {literal(pattern)}) then {literal(activity)}"
        for activity, pattern in ACTIVITIES.items()
    )
    return f"case {cases} else 'maintenance' end"


def model_sql(places: Iterable[str]) -> str:
    """The model that these columns name; null where they name none."""
    return f"nullif(regexp_extract({_words(places)}, {literal(MODEL)}, 1), '')"


def entry_id_sql(tracker: str, columns: Iterable[str]) -> str:
    """A hash of the columns, in which an empty one keeps its place."""
    texts = ", ".join(f"coalesce({identifier(name)}, '')" for name in columns)
    return f"{literal(tracker + '-')} || left(sha256(concat_ws(chr(31), {texts})), 32)"


def _words(places: Iterable[str]) -> str:
    return f"concat_ws(' ', {', '.join(identifier(name) for name in places)})"
