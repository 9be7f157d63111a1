"""The checks on the ledger of files, `ops.load_files`: what became of every delivered row."""

from collections.abc import Iterable, Mapping

from pipelines.quality.checks import Check, Severity, share_assumption
from pipelines.quality.rules import NoRows, fill

ROWS_UNACCOUNTED_FOR = """
    select feed, path, status, rows_read, rows_loaded, rows_quarantined, rows_duplicate
    from {batch}
    where coalesce(rows_read, 0)
        <> coalesce(rows_loaded, 0) + coalesce(rows_quarantined, 0) + coalesce(rows_duplicate, 0)
"""
RAW_IS_NOT_LEDGER = """
    with rows_per_file as (select _file_id, count(*) as raw_rows from {batch} group by _file_id),
    files as (select * from ops.load_files where feed = '{feed}')
    select
        coalesce(files.path, 'no file has the number ' || rows_per_file._file_id) as path,
        files.rows_loaded,
        rows_per_file.raw_rows
    from files
    full outer join rows_per_file on files.file_id = rows_per_file._file_id
    where coalesce(files.rows_loaded, 0) <> coalesce(rows_per_file.raw_rows, 0)
"""
QUARANTINE_IS_NOT_LEDGER = """
    with rows_per_file as (select file_id, count(*) as kept_rows from {batch} group by file_id)
    select
        coalesce(load_files.path, 'no file has the number ' || rows_per_file.file_id) as path,
        load_files.rows_quarantined,
        rows_per_file.kept_rows
    from ops.load_files
    full outer join rows_per_file on load_files.file_id = rows_per_file.file_id
    where coalesce(load_files.rows_quarantined, 0) <> coalesce(rows_per_file.kept_rows, 0)
"""
TOO_MANY_QUARANTINED = """
    select feed, path, rows_read, rows_quarantined, rows_quarantined / rows_read as quarantine_share
    from {batch}
    where status = 'loaded' and rows_quarantined > {maximum} * rows_read
"""
LOAD_AGAIN = "load again with --full-refresh; if it comes back, keep the file and report a defect"
# A file delivered again under its name leaves its earlier records behind: the newest one counts.
NEWEST_RECORDS = """
    with newest_record_per_path as (
        select *
        from {batch}
        qualify row_number() over (partition by feed, path order by file_id desc) = 1
    )
    select feed, path, rule, reason, unknown_columns
    from newest_record_per_path
    where {condition}
"""


def ledger_checks(feeds: Iterable[str], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """Whether every row of every file ended in one place, and which files need a look.

    Errors: UsageError for a missing assumption.
    """
    maximum = share_assumption(assumptions, "max_quarantine_share")
    return (
        EVERY_ROW_IS_ACCOUNTED_FOR,
        *(_raw_holds_what_was_loaded(feed) for feed in feeds),
        QUARANTINE_HOLDS_WHAT_WAS_KEPT_OUT,
        _few_rows_are_quarantined(maximum),
        *DELIVERY_CHECKS,
    )


def _check(name: str, description: str, severity: Severity, query: str, remedy: str) -> Check:
    return Check(
        name=name,
        description=description,
        schema="ops",
        table="load_files",
        severity=severity,
        rule=NoRows(query),
        key=("path",),
        remedy=remedy,
    )


def _raw_holds_what_was_loaded(feed: str) -> Check:
    return Check(
        name=f"{feed}_holds_what_was_loaded",
        description=f"raw.{feed} has, of every file, as many rows as the ledger says were loaded",
        schema="raw",
        table=feed,
        also_reads=("ops.load_files",),
        severity="critical",
        rule=NoRows(fill(RAW_IS_NOT_LEDGER, feed=feed)),
        key=("path",),
        remedy=LOAD_AGAIN,
    )


def _few_rows_are_quarantined(maximum: float) -> Check:
    return _check(
        "few_rows_are_quarantined",
        f"no loaded file has more than {maximum:g} of its rows in quarantine",
        "critical",
        fill(TOO_MANY_QUARANTINED, maximum=maximum),
        "deliver a corrected file under the same name, or raise max_quarantine_share",
    )


EVERY_ROW_IS_ACCOUNTED_FOR = _check(
    "every_row_is_accounted_for",
    "rows read = rows loaded + quarantined + duplicate, in every file",
    "critical",
    ROWS_UNACCOUNTED_FOR,
    LOAD_AGAIN,
)
QUARANTINE_HOLDS_WHAT_WAS_KEPT_OUT = Check(
    name="quarantine_holds_what_was_kept_out",
    description="quarantine.rows has, of every file, as many rows as the ledger says were kept out",
    schema="quarantine",
    table="rows",
    also_reads=("ops.load_files",),
    severity="critical",
    rule=NoRows(QUARANTINE_IS_NOT_LEDGER),
    key=("path",),
    remedy=LOAD_AGAIN,
)
DELIVERY_CHECKS = (
    _check(
        "no_file_is_rejected",
        "every delivered file could be read",
        "warning",
        fill(NEWEST_RECORDS, condition="status = 'rejected'"),
        "`unitecon status` says why; deliver a corrected file under the same name",
    ),
    _check(
        "no_file_is_empty",
        "every delivered file has rows",
        "warning",
        fill(NEWEST_RECORDS, condition="status = 'empty'"),
        "deliver the file again, or remove it if there was nothing to deliver",
    ),
    _check(
        "no_column_is_unknown",
        "every column of a delivered file is a declared one",
        "warning",
        fill(NEWEST_RECORDS, condition="coalesce(unknown_columns, '') not in ('', '[]')"),
        "nothing of these columns was loaded: rename them as declared, or drop them",
    ),
)
