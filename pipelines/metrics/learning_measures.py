"""The scorecard's measures of learning, decay and data."""

from pipelines.metrics.measure import Measure

LEARNING_COST_RATIO = Measure(
    metric="learning_cost_ratio",
    source="learning_cost_ratio",
    unit="usd_per_point",
    value="learning_cost_ratio",
    numerator="learning_cost_usd",
    without_numerator="no_release",
    denominator="gain_points",
    without_denominator="no_release",
    better="lower",
    has_goal=True,
    has_interval=True,
    has_status=True,
)
INTELLIGENCE_ROI = Measure(
    metric="intelligence_roi_ratio",
    source="intelligence_roi",
    unit="percent_per_thousand_usd",
    value="intelligence_roi_ratio",
    numerator="improvement_percent",
    without_numerator="no_release",
    denominator="compute_thousand_usd",
    without_denominator="no_release",
    better="higher",
    has_goal=True,
    has_interval=True,
    has_status=True,
)
MONTHLY_DECAY = Measure(
    metric="monthly_decay_share",
    source="model_decay_rate",
    unit="share_per_month",
    value="monthly_decay_share",
    numerator=None,
    without_numerator="no_measured_traffic",
    better="lower",
    has_goal=True,
    has_interval=True,
    has_status=True,
)
DATA_EFFICIENCY = Measure(
    metric="data_efficiency_share",
    source="data_efficiency_score",
    unit="share",
    value="data_efficiency_share",
    numerator="used_record_count",
    without_numerator="no_records",
    denominator="collected_record_count",
    without_denominator="no_records",
    better="higher",
    has_goal=True,
    has_status=True,
)
RETRAIN_GAIN = Measure(
    metric="retrain_gain_points",
    source="retrain_verdicts",
    unit="points",
    value="gain_points",
    numerator=None,
    without_numerator="no_release",
    better="higher",
    has_goal=True,
    has_interval=True,
    has_status=True,
)
LEARNING_MEASURES = (
    LEARNING_COST_RATIO,
    INTELLIGENCE_ROI,
    MONTHLY_DECAY,
    DATA_EFFICIENCY,
    RETRAIN_GAIN,
)
