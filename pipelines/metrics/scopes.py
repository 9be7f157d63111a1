"""The same rows asked about the whole and about each of its parts."""

from collections.abc import Mapping

import polars as pl

PRODUCT: Mapping[str, pl.Expr] = {"product": pl.lit("all")}


def in_every_scope(rows: pl.LazyFrame, scopes: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """The rows once per scope, with `scope_kind` and `scope_id`; a missing name is '(unknown)'."""
    return pl.concat(
        rows.with_columns(
            scope_kind=pl.lit(kind), scope_id=pl.coalesce(member, pl.lit("(unknown)"))
        )
        for kind, member in scopes.items()
    )
