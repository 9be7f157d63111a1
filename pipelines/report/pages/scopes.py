"""What pages share: drill-down by scope, newest month first, and not too many customers."""

from pipelines.report.declarations import CUSTOMERS_SHOWN, Filter

SCOPES = (Filter("scope_kind", one=True), Filter("scope_id"))
ONE_SCOPE = (Filter("scope_kind", one=True), Filter("scope_id", one=True))
CUSTOMER_ROWS = "scope_kind = 'customer'"
SCOPE_ORDER = "list_position(['product', 'feature', 'model', 'segment', 'customer'], scope_kind)"


def by_scope(weight: str) -> str:
    """Products first, then the members with most of `weight`, each from the newest month back."""
    total = f"sum({weight}) over (partition by scope_kind, scope_id)"
    return f"{SCOPE_ORDER}, {total} desc nulls last, scope_id, usage_month desc"


def with_largest_customers(table: str, weight: str) -> str:
    """A table without the customers beyond the CUSTOMERS_SHOWN with most of `weight`."""
    return f"""(
        select * from {table}
        where scope_kind <> 'customer' or scope_id in (
            select scope_id from {table}
            where scope_kind = 'customer'
            group by scope_id
            order by sum({weight}) desc nulls last, scope_id
            limit {CUSTOMERS_SHOWN}
        )
    )"""
