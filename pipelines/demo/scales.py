"""How large the generated company is: three sizes of one business."""

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from pipelines.errors import UsageError


@dataclass(frozen=True, slots=True)
class Instance:
    """A rented machine with one GPU: its type and its list price, USD per hour."""

    name: str
    list_usd_per_hour: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """One size: calls and sign-ups of the whole period, and the machines that serve them.

    `committed_nodes` is the part of the chat pool that never scales down and is bought under a
    commitment.
    """

    name: str
    requests: int
    signups: int
    committed_nodes: int
    training_nodes: int
    chat_instance: Instance
    batch_instance: Instance
    training_instance: Instance

    @property
    def relative_size(self) -> int:
        """Volume of bought work relative to the small company."""
        return max(1, self.requests // 50_000)


_T4 = Instance("g4dn.xlarge", Decimal("0.5260"))
_L4 = Instance("g6.xlarge", Decimal("0.8048"))
_A10G = Instance("g5.4xlarge", Decimal("1.6240"))

SCALES = MappingProxyType(
    {
        "small": Scale("small", 50_000, 110, 1, 1, _T4, _T4, _T4),
        "medium": Scale("medium", 1_000_000, 2_200, 2, 4, _A10G, _L4, _A10G),
        "large": Scale("large", 10_000_000, 22_000, 16, 40, _A10G, _L4, _A10G),
    }
)


def scale_named(size: str) -> Scale:
    """The size of that name. Errors: UsageError when there is none."""
    if size not in SCALES:
        names = ", ".join(SCALES)
        raise UsageError("a demo company has a known size", f"size {size!r}", f"one of {names}")
    return SCALES[size]
