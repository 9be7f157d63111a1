"""What a load has to say, in sentences."""

from pipelines.loading.arrivals import FileMessage
from pipelines.loading.load import LoadSummary


def files_line(summary: LoadSummary) -> str:
    """The load in one line: files by outcome, and rows that did not end in raw."""
    parts = [f"{summary.files_loaded:,} files"]
    counts = {
        "identical": summary.files_identical,
        "rejected": summary.files_rejected,
        "empty": summary.files_empty,
    }
    parts += [f"{count:,} {name}" for name, count in counts.items() if count]
    rows = {"quarantined": summary.rows_quarantined, "duplicate": summary.rows_duplicate}
    parts += [f"{count:,} rows {name}" for name, count in rows.items() if count]
    return " · ".join(parts)


def file_sentence(message: FileMessage) -> str:
    """One file's trouble: where, the rule, what was found and what to do."""
    return (
        f"{message.path} ({message.status}): {message.rule}: {message.reason};"
        f" remedy: {message.remedy}"
    )
