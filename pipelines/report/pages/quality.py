"""Data quality: do documents tie out, what is missing, what was restated, what the checks found."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

# per document only where they differ; a large company has thousands that agree
TIES = """(
    select
        source_feed, document_month, currency, count(*) as document_count,
        count(*) filter (where verdict = 'breach') as breach_count,
        sum(document_amount) as document_amount, sum(ledger_amount) as ledger_amount,
        sum(difference_amount) as difference_amount, sum(unmatched_amount) as unmatched_amount,
        sum(quarantined_rows) as quarantined_rows
    from marts.reconciliation
    group by source_feed, document_month, currency
)"""
FILES = """(
    select
        feed, count(*) as file_count, sum(rows_read)::bigint as rows_read,
        sum(rows_loaded)::bigint as rows_loaded,
        sum(rows_quarantined)::bigint as rows_quarantined,
        sum(rows_duplicate)::bigint as rows_duplicate,
        count(*) filter (where status = 'rejected') as rejected_file_count,
        max(loaded_at) as loaded_at
    from ops.load_files
    group by feed
)"""
LAST_RUN = "run_id = (select arg_max(run_id, started_at) from ops.runs)"
RECONCILED = Exhibit(
    title="Does the ledger hold what the documents say?",
    table="marts.reconciliation",
    columns=(
        "source_feed", "document_month", "currency", "difference_amount", "document_amount",
        "ledger_amount", "unmatched_amount", "document_count", "breach_count", "quarantined_rows",
    ),
    chart=Chart("lines", ("document_amount", "ledger_amount"), across="document_month"),
    filters=(Filter("source_feed", one=True), Filter("currency", one=True)),
    relation=TIES,
    order_by="sum(document_amount) over (partition by source_feed, currency) desc, source_feed,"
    " currency, document_month desc",
)  # fmt: skip
UNTIED = Exhibit(
    title="Which documents do not tie out?",
    table="marts.reconciliation",
    columns=(
        "document_id", "document_month", "source_feed", "currency", "difference_amount",
        "document_amount", "ledger_amount", "explanation", "status", "reason",
    ),
    where="verdict = 'breach'",
    none="None: every document ties out.",
    order_by="document_month desc, abs(difference_amount) desc",
)  # fmt: skip
RESTATED = Exhibit(
    title="What did late or corrected data move?",
    table="marts.restatements",
    columns=(
        "metric_month", "metric", "first_value", "current_value", "change_value", "unit",
        "change_share", "first_reported_date", "restatement_count", "first_status", "status",
        "reason",
    ),
    chart=Chart("lines", ("first_value", "current_value"), across="metric_month"),
    filters=(Filter("metric", one=True),),
    order_by="metric, metric_month desc",
    none="Nothing: no month that was over has moved since it was first reported.",
)  # fmt: skip
READINESS = Exhibit(
    title="Which numbers can be computed, and what would unlock the rest?",
    table="marts.metric_readiness",
    columns=(
        "metric", "is_ready", "missing_feeds", "improving_feeds_missing", "would_unlock",
        "required_feeds", "mart", "status", "reason",
    ),
    filters=(Filter("is_ready"),),
    order_by="is_ready, metric",
)  # fmt: skip
ALERTS = Exhibit(
    title="What should somebody look at?",
    table="ops.alerts",
    columns=("metric", "scope", "severity", "since", "message"),
    filters=(Filter("severity"),),
    none="Nothing is out of line.",
    order_by="severity, metric, scope",
    customer_rows="metric = 'customer_spend'",
)
ROWS = Exhibit(
    title="What became of the delivered rows?",
    table="ops.load_files",
    columns=(
        "feed", "file_count", "rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate",
        "rejected_file_count", "loaded_at",
    ),
    chart=Chart("bars", ("rows_loaded",), labels=("feed",)),
    relation=FILES,
    order_by="rows_quarantined desc, feed",
)  # fmt: skip
CHECKS = Exhibit(
    title="What did the checks of the last run find?",
    table="ops.quality_results",
    columns=(
        "description", "gate", "table_name", "severity", "status", "unexpected_rows",
        "observed_value", "expected_value",
    ),
    filters=(Filter("status"), Filter("gate")),
    where=LAST_RUN,
    order_by="status = 'passed', gate, position",
)  # fmt: skip
QUALITY = Page(
    name="quality",
    title="Data quality",
    question="Can the numbers be trusted, and what is missing?",
    exhibits=(READINESS, ALERTS, RECONCILED, UNTIED, RESTATED, ROWS, CHECKS),
)
