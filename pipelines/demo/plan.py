"""Everything that is decided before the first call is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.customers import Customers, generate_customers
from pipelines.demo.demand import expected_calls
from pipelines.demo.fleet import planned_nodes, spike_hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pipelines.demo.period import Period
    from pipelines.demo.scales import Scale


@dataclass(frozen=True)
class Plan:
    """The company before chance: period, customers, expected calls, GPU nodes by hour."""

    scale: Scale
    period: Period
    seed: int
    customers: Customers
    expected: NDArray[np.float64]
    nodes: Mapping[str, NDArray[np.int64]]
    spikes: frozenset[int]

    def rng(self, stream: int, day: int) -> np.random.Generator:
        """Chance for one purpose and day, the same whatever else was drawn before."""
        return np.random.default_rng([self.seed, stream, day])


def plan_company(scale: Scale, period: Period, seed: int) -> Plan:
    """The plan of a company of this size, period and seed."""
    expected = expected_calls(scale, period)
    return Plan(
        scale=scale,
        period=period,
        seed=seed,
        customers=generate_customers(scale, period, seed),
        expected=expected,
        nodes=planned_nodes(scale, period, expected),
        spikes=spike_hours(period),
    )
