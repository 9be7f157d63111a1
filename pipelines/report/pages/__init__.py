"""The pages of the report, one module an area, in the order of the navigation."""

from pipelines.report.pages.compute import COMPUTE
from pipelines.report.pages.customers import CUSTOMERS
from pipelines.report.pages.data import DATA
from pipelines.report.pages.decay import DECAY
from pipelines.report.pages.learning import LEARNING
from pipelines.report.pages.margin import MARGIN
from pipelines.report.pages.overview import OVERVIEW
from pipelines.report.pages.portfolio import PORTFOLIO
from pipelines.report.pages.pricing import PRICING
from pipelines.report.pages.quality import QUALITY

PAGES = (
    OVERVIEW,
    MARGIN,
    COMPUTE,
    LEARNING,
    DECAY,
    DATA,
    CUSTOMERS,
    PRICING,
    PORTFOLIO,
    QUALITY,
)

__all__ = ["OVERVIEW", "PAGES"]
