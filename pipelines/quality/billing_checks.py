"""The checks on `raw.gpu_billing`: what the rows of a FOCUS bill cannot say one by one."""

from datetime import date, timedelta

from pipelines.quality.checks import Check, FeedLike
from pipelines.quality.rules import InSet, NoRows, fill, literal

# A cent and a hundredth: below either, two costs of a charge differ by rounding.
TOLERATED_AMOUNT = "0.01"
TOLERATED_SHARE = "0.01"

CHARGES = """
    with charges as (select * from {batch})
    select
        load_files.path, charges._line, charges.ChargePeriodStart, charges.ChargeCategory,
        charges.ChargeClass, charges.ChargeDescription, charges.BilledCost, charges.EffectiveCost
    from charges
    inner join ops.load_files on charges._file_id = load_files.file_id
    where {condition}
"""
EFFECTIVE_IS_NOT_BILLED = """
    charges.ChargeCategory = 'Usage'
        and coalesce(charges.CommitmentDiscountId, '') = ''
        and abs(charges.EffectiveCost - charges.BilledCost) > {amount}
        and abs(charges.EffectiveCost - charges.BilledCost) > {share} * abs(charges.BilledCost)
"""
NEGATIVE_WITHOUT_CAUSE = """
    least(charges.BilledCost, charges.EffectiveCost) < 0
        and charges.ChargeCategory not in ('Credit', 'Adjustment')
        and coalesce(charges.ChargeClass, '') <> 'Correction'
"""
USED_IN_THE_FUTURE = """
    charges.ChargeCategory = 'Usage' and cast(charges.ChargePeriodStart as date) > {latest}
"""


def billing_checks(bill: FeedLike, as_of: date) -> tuple[Check, ...]:
    """Whether the amounts and periods of the bill can be taken at their word."""
    latest = literal(as_of + timedelta(days=1))
    return (
        *_amount_checks(bill),
        _charge_class_is_known(bill),
        _check(
            bill,
            "usage_is_not_from_the_future",
            "no usage is billed for later than the day after the run's date",
            fill(USED_IN_THE_FUTURE, latest=latest),
            "run with a later --as-of, or deliver the bill again with times in UTC",
            column=bill.event_time,
        ),
    )


def _amount_checks(bill: FeedLike) -> tuple[Check, ...]:
    return (
        _check(
            bill,
            "effective_cost_is_exact",
            "without a commitment, the effective cost of usage is what was billed"
            " (else the provider rounds or estimates it)",
            fill(EFFECTIVE_IS_NOT_BILLED, amount=TOLERATED_AMOUNT, share=TOLERATED_SHARE),
            "ask the provider for unrounded effective costs; billed amounts tie to the invoice"
            " either way",
            column="EffectiveCost",
        ),
        _check(
            bill,
            "negative_costs_have_a_cause",
            "only credits, adjustments and corrections are negative",
            NEGATIVE_WITHOUT_CAUSE,
            "check the charge with the provider; it lowers the cost of its period",
            column="BilledCost",
        ),
    )


def _charge_class_is_known(bill: FeedLike) -> Check:
    return Check(
        name="charge_class_is_known",
        description="a charge is a correction of an earlier period or has no class",
        schema="raw",
        table=bill.name,
        column="ChargeClass",
        severity="warning",
        rule=InSet(("Correction",)),
        key=("ChargeClass",),
        remedy="export the bill as FOCUS 1.0 or later, which knows the one class Correction",
    )


def _check(
    bill: FeedLike, name: str, description: str, condition: str, remedy: str, *, column: str | None
) -> Check:
    return Check(
        name=name,
        description=description,
        schema="raw",
        table=bill.name,
        column=column,
        also_reads=("ops.load_files",),
        severity="warning",
        rule=NoRows(fill(CHARGES, condition=condition.strip())),
        key=("path", "_line"),
        remedy=remedy,
    )
