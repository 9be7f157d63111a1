"""Loading as the first stage of a run: what was delivered, and whether anything is new."""

from functools import partial

import duckdb

from pipelines.console import Report, StageOutcome
from pipelines.loading.forgetting import forget_files
from pipelines.loading.load import LoadSummary, load
from pipelines.loading.messages import file_sentence, files_line
from pipelines.night import Night
from pipelines.warehouse import connect, give_up_cached_pages


def load_landing(night: Night, outcome: StageOutcome, report: Report) -> None:
    """Load what is new; says on the night whether there is nothing to build or publish."""
    with connect(night.settings) as connection:
        if night.settings.full_refresh:
            forget_files(connection, night.settings.landing, night.feeds.values())
        summary = load(
            connection,
            landing=night.settings.landing,
            listing=night.listing,
            feeds=night.feeds,
            run_id=night.run_id,
            as_of=night.settings.as_of,
            min_age_seconds=night.settings.min_age_seconds,
            pseudonym_key=night.settings.pseudonym_key,
            report=report,
            between_chunks=partial(give_up_cached_pages, connection, night.settings),
        )
        night.unchanged = _nothing_to_do(night, connection, summary)
    if summary.files_read or night.settings.full_refresh:
        night.kept = frozenset()
    outcome.count, outcome.remark = summary.rows_loaded, files_line(summary)
    sentences = [file_sentence(message) for message in summary.messages]
    for sentence in sentences:
        night.console.complain(f"warning: {sentence}")
    night.warnings += sentences


def _nothing_to_do(
    night: Night, connection: duckdb.DuckDBPyConnection, summary: LoadSummary
) -> bool:
    pending = connection.execute("select count(*) from ops.pending_days").fetchone()
    is_pending = pending is not None and pending[0] > 0
    is_published = night.settings.published_file.is_file()
    is_due = night.rebuild_all or night.is_new_month
    return is_published and not (summary.files_read or is_pending or is_due)
