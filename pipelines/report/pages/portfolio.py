"""Portfolio: every model, dataset and pool with its return, and the traps they may stand in."""

from pipelines.report.declarations import Chart, Exhibit, Filter, Page

RANKED = Exhibit(
    title="Which model, dataset or pool is worth its cost?",
    table="marts.portfolio",
    columns=(
        "item_id", "item_kind", "rank_number", "net_usd", "roi_ratio", "roi_ratio_ci_low",
        "roi_ratio_ci_high", "cost_usd", "value_usd", "cost_share", "evidence_grade", "basis",
        "status", "reason",
    ),
    chart=Chart("points", ("roi_ratio",), labels=("item_id",), goal=0, goal_name="break-even"),
    filters=(Filter("item_kind", one=True),),
    order_by="item_kind desc, rank_number nulls last, item_id",
    note="The kinds look at the same dollars from several sides: they are not to be added.",
)  # fmt: skip
TRAPS = Exhibit(
    title="Which traps are we in?",
    table="marts.traps",
    columns=(
        "scope_id", "trap", "scope_kind", "usage_month", "is_flagged", "is_accepted",
        "at_stake_usd", "evidence", "fix", "value", "ci_low", "ci_high", "unit", "driver",
        "half_margin_months", "exception_reason", "status", "reason",
    ),
    chart=Chart("lines", ("at_stake_usd",), across="usage_month", series="scope_id"),
    filters=(Filter("trap", one=True), Filter("scope_kind"), Filter("is_flagged")),
    order_by="trap, coalesce(is_flagged, false) desc, usage_month desc,"
    " at_stake_usd desc nulls last",
)  # fmt: skip
PORTFOLIO = Page(
    name="portfolio",
    title="Portfolio",
    question="What is each asset worth, and which of them stand in a trap?",
    metrics=("intelligence_roi_ratio", "retrain_gain_points"),
    exhibits=(RANKED, TRAPS),
)
