"""What stored answers, users' devices and smaller models save, as far as quality held."""

from collections.abc import Mapping

import polars as pl

from pipelines.metrics.intervals import Z, needed_count, newcombe_of
from pipelines.metrics.ratio import positive, ratio

POINTS = 100
WAYS = ("stored_answer", "on_device", "smaller_model")
CLOUD = "cloud"
PLACE = ("usage_month", "feature")
RATE = "usd_per_token"
OUTCOMES = ("judged_outcome_count", "good_outcome_count")
REFERENCE = {
    RATE: "reference_rate",
    "score_share": "reference_score_share",
    "item_count": "reference_item_count",
}
OF_A_WAY = (
    "saving_usd",
    "unproven_saving_usd",
    "quality_points",
    "quality_points_ci_low",
    "quality_points_ci_high",
    "outcome_count",
    "needed_outcome_count",
)
SAVINGS = tuple(f"{way}_{name}" for way in WAYS for name in OF_A_WAY)


def savings(serving: pl.LazyFrame, *, margin_points: float, decision_power: float) -> pl.LazyFrame:
    """One row per month and model, '(all)' among them, with the columns of every way of saving.

    estimate = delivered tokens x cost per token of the reference - own cost, idle time left out on
    both sides: a call that is not made frees no idle machine. The reference serves the same feature
    in the same month from the cloud: the same model, or, for a smaller model, the dearest one.

    Quality = share of judged outcomes that are good, all outcomes so far, less the reference's;
    features are weighted by tokens, intervals are Newcombe's, added by squares (Zou & Donner 2008).
    An estimate counts where the lower end is at least -`margin_points`; else it is unproven.
    """
    cells = _cells(serving)
    rows = pl.concat([_stored_or_on_device(cells), _smaller(cells)]).with_columns(**_differences())
    measured = pl.concat(
        [_by_model(rows, pl.col("model"), margin_points), _by_model(rows, None, margin_points)]
    ).with_columns(_needed(margin_points, decision_power))
    wide = measured.select("usage_month", "model").unique()
    for way in WAYS:
        names = {name: f"{way}_{name}" for name in OF_A_WAY}
        one = measured.filter(pl.col("way") == way).select("usage_month", "model", *names)
        wide = wide.join(one.rename(names), on=["usage_month", "model"], how="left", validate="1:1")
    return wide


def _cells(serving: pl.LazyFrame) -> pl.LazyFrame:
    """Each month's calls with their cost per token and every outcome so far."""
    so_far = [
        pl.col(name).cum_sum().over("feature", "model", "serving_way", order_by="usage_month")
        for name in OUTCOMES
    ]
    judged, good = (pl.col(name) for name in OUTCOMES)
    return serving.with_columns(so_far).with_columns(
        ratio(pl.col("served_usd"), positive(pl.col("delivered_tokens"))).alias(RATE),
        score_share=ratio(good, judged),
        item_count=positive(judged),
    )


def _stored_or_on_device(cells: pl.LazyFrame) -> pl.LazyFrame:
    key = [*PLACE, "model"]
    cloud = cells.filter(pl.col("serving_way") == CLOUD).select(*key, *REFERENCE)
    others = cells.filter(pl.col("serving_way").is_in(WAYS))
    joined = others.join(cloud.rename(REFERENCE), on=key, how="left", validate="m:1")
    return joined.with_columns(way=pl.col("serving_way"))


def _smaller(cells: pl.LazyFrame) -> pl.LazyFrame:
    """The calls of a feature's cheaper models, beside the dearest model of the same month."""
    cloud = cells.filter((pl.col("serving_way") == CLOUD) & (pl.col(RATE) > 0))
    dearest = cloud.sort(RATE, "model", descending=[True, False]).unique(
        PLACE, keep="first", maintain_order=True
    )
    reference = dearest.select(*PLACE, *REFERENCE).rename(REFERENCE)
    joined = cloud.join(reference, on=PLACE, how="left", validate="m:1")
    return joined.filter(pl.col(RATE) < pl.col("reference_rate")).with_columns(
        way=pl.lit("smaller_model")
    )


def _differences() -> Mapping[str, pl.Expr]:
    scores = ("score_share", "item_count")
    independent = newcombe_of(*scores, *(REFERENCE[name] for name in scores))
    estimate = pl.col("delivered_tokens") * pl.col("reference_rate")
    return {
        "estimate_usd": estimate - pl.col("served_usd").cast(pl.Float64),
        "difference": pl.col("score_share") - pl.col("reference_score_share"),
        "low": independent.struct.field("low"),
        "high": independent.struct.field("high"),
    }


def _by_model(rows: pl.LazyFrame, model: pl.Expr | None, margin_points: float) -> pl.LazyFrame:
    """Sums and quality per model, or, without one, for all: counted is what each model's held."""
    cell = ["usage_month", "way", "model"]
    own_low = POINTS * _combined("low").over(cell)
    is_measured = pl.col("difference").is_not_null()
    judged = rows.with_columns(is_counted=is_measured & (own_low >= -margin_points))
    is_counted = pl.col("is_counted").fill_null(value=False)
    estimate = pl.col("estimate_usd")
    name = pl.lit("(all)") if model is None else model
    sums = judged.group_by(name.alias("model"), "usage_month", "way").agg(
        estimate_usd=estimate.sum(),
        counted_usd=estimate.filter(is_counted).sum(),
        estimate_count=estimate.count(),
        outcome_count=pl.col("judged_outcome_count").filter(is_measured).sum(),
        quality_points=POINTS * _combined("difference"),
        quality_points_ci_low=POINTS * _combined("low"),
        quality_points_ci_high=POINTS * _combined("high"),
    )
    has_estimate = pl.col("estimate_count") > 0
    return sums.with_columns(
        saving_usd=pl.when(has_estimate).then("counted_usd"),
        unproven_saving_usd=pl.when(has_estimate).then(
            pl.col("estimate_usd") - pl.col("counted_usd")
        ),
    )


def _combined(end: str) -> pl.Expr:
    """The difference over features weighted by tokens, or an end of its interval."""
    is_measured = pl.col("difference").is_not_null()
    tokens = pl.when(is_measured).then("delivered_tokens")
    weight = ratio(tokens, positive(tokens.sum()))
    centre = pl.when(is_measured.any()).then((weight * pl.col("difference")).sum())
    if end == "difference":
        return centre
    distance = (weight * (pl.col(end) - pl.col("difference"))) ** 2
    reach = distance.sum().sqrt()
    return centre - reach if end == "low" else centre + reach


def _needed(margin_points: float, power: float) -> pl.Expr:
    """Judged outcomes that would decide whether quality fell; null where it is decided."""
    low, high = pl.col("quality_points_ci_low"), pl.col("quality_points_ci_high")
    distance = pl.col("quality_points") + margin_points
    needed = needed_count(pl.col("outcome_count"), (high - low) / (2 * Z), distance, power=power)
    is_open = (low < -margin_points) & (high >= -margin_points)
    return pl.when(is_open).then(needed).alias("needed_outcome_count")
