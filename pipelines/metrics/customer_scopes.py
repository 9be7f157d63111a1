"""The scopes in which customers' staying is asked about, and the rules for too few of them."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from pipelines.metrics.scopes import PRODUCT
from pipelines.metrics.sufficiency import Minimum

COHORT = pl.col("cohort_month").dt.strftime("%Y-%m")
QUARTILE = pl.format("q{}", pl.col("richness_quartile_number"))
CUSTOMER_SCOPES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        **PRODUCT,
        "segment": pl.col("segment"),
        "cohort": COHORT,
        "richness_quartile": QUARTILE,
    }
)
TERM = "renewal_months"
CELL = ("scope_kind", "scope_id", TERM)


def minimums(customers: int, periods: int) -> tuple[Minimum, ...]:
    """What a curve of retention must have seen to be relied on."""
    return (
        Minimum(column="observed_period_count", least=periods, thing="periods"),
        Minimum(column="customer_count", least=customers, thing="customers"),
    )
