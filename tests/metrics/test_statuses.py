"""The words beside a number: the first reason wins, and only `ok` has none."""

import polars as pl

from pipelines.metrics.statuses import feed_is_loaded, first_reason, status_and_reason, verdict

VALUES = pl.LazyFrame({"value": [None, 1, 2, 3]})


def test_what_cannot_be_computed_outranks_what_is_provisional() -> None:
    rules = status_and_reason(
        not_computable=[(pl.col("value").is_null(), "no_value")],
        provisional=[(pl.col("value").fill_null(0) < 2, "small")],
    )
    rows = VALUES.select(rules).collect()
    assert rows["status"].to_list() == ["not_computable", "provisional", "ok", "ok"]
    assert rows["reason"].to_list() == ["no_value", "small", None, None]


def test_the_first_rule_that_holds_names_the_reason() -> None:
    reason = first_reason([(pl.col("value") > 2, "large"), (pl.col("value") > 1, "medium")])
    assert VALUES.select(reason).collect().to_series().to_list() == [None, None, "medium", "large"]


def test_without_rules_every_row_is_ok() -> None:
    rows = VALUES.select(status_and_reason(not_computable=[])).collect()
    assert rows["status"].unique().to_list() == ["ok"]
    assert rows.schema["reason"] == pl.String


def test_an_unknown_comparison_and_an_unjudged_row_have_no_verdict() -> None:
    words = VALUES.select(verdict(pl.col("value") > 1, judged=pl.col("value") < 3)).collect()
    assert words["verdict"].to_list() == [None, "breach", "pass", None]


def test_a_feed_without_rows_and_an_undeclared_feed_are_not_loaded() -> None:
    coverage = pl.LazyFrame({"feed": ["revenue", "customers"], "row_count": [0, 4]})
    assert not feed_is_loaded(coverage, "revenue").collect().item()
    assert not feed_is_loaded(coverage, "outcomes").collect().item()
    assert feed_is_loaded(coverage, "customers").collect().item()
