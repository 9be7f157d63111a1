"""After the marts: whether the numbers to be published are there, explained and in agreement."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, FeedLike
from pipelines.quality.figure_checks import FIGURE_CHECKS
from pipelines.quality.published_marts import PUBLISHED_MARTS, PublishedMart
from pipelines.quality.rules import AtLeastRows, NoRows, fill

EMPTY_WITH_A_SOURCE = """
    select '{mart} is empty' as finding
    where not exists (select 1 from {batch}) and exists (select 1 from {source})
"""
NOT_COMPUTABLE_WITHOUT_REASON = """
    select * from {batch}
    where status = 'not_computable' and coalesce(trim(reason), '') = ''
"""


def checks(feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """The checks on `marts`; neither feeds nor assumptions change them."""
    del feeds, assumptions
    return (
        *(_is_not_empty(mart) for mart in PUBLISHED_MARTS if not mart.may_be_empty),
        *(_says_why(mart) for mart in PUBLISHED_MARTS),
        *FIGURE_CHECKS,
    )


def _is_not_empty(mart: PublishedMart) -> Check:
    name, source = mart.name, mart.source
    rule = NoRows(fill(EMPTY_WITH_A_SOURCE, mart=name, source=source)) if source else AtLeastRows()
    return Check(
        name=f"{name}_has_rows",
        description=f"{name} has rows" + (f" where {source} has" if source else ""),
        schema="marts",
        table=name,
        also_reads=(source,) if source else (),
        severity="critical",
        rule=rule,
        remedy=f"a join in pipelines/metrics/{name}.py drops everything",
    )


def _says_why(mart: PublishedMart) -> Check:
    return Check(
        name=f"{mart.name}_says_why_not",
        description="what is not computable has a reason",
        schema="marts",
        table=mart.name,
        column="reason",
        severity="critical",
        rule=NoRows(NOT_COMPUTABLE_WITHOUT_REASON),
        key=mart.key,
        remedy=f"name what is missing or zero in pipelines/metrics/{mart.name}.py",
    )
