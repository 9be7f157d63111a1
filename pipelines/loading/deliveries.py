"""A file that is about to be read: where it stands, what it is, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.sources.quoting import literal_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from pipelines.loading.arrivals import Arrival
    from pipelines.loading.recognition import Recognised
    from pipelines.sources.feeds import Feed
    from pipelines.sources.format import Sample

CHUNK_BYTES = 256 << 20
CHUNK_FILES = 2000


@dataclass(frozen=True)
class LoadContext:
    """What every file of one load has in common."""

    run_id: str
    started_at: datetime
    latest_day: date


@dataclass(frozen=True)
class Delivery:
    """One recognised file of a feed, with the id that orders it among all files.

    Where its content was not surveyed beyond its beginning, it is checked as it is read.
    """

    file_id: int
    feed: Feed
    arrival: Arrival
    sha256: str
    sample: Sample
    recognised: Recognised
    is_surveyed: bool = True

    @property
    def literal_path(self) -> str:
        """The path as DuckDB must be given it."""
        return literal_path(str(self.arrival.location))

    @property
    def shape(self) -> tuple[object, ...]:
        """Files of one shape can be read by one statement."""
        sample = self.sample
        header = () if sample.container == "jsonl" else tuple(sample.columns.items())
        name = self.recognised.format.name
        return (
            name,
            self.arrival.mapping,
            sample.container,
            sample.compression,
            sample.delimiter,
            header,
            self.is_surveyed,
        )


def chunks_of(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """Files of one shape together, in the order of their ids, as one statement can take them."""
    by_shape: dict[tuple[object, ...], list[Delivery]] = {}
    for delivery in deliveries:
        by_shape.setdefault(delivery.shape, []).append(delivery)
    for alike in by_shape.values():
        yield from _within_limits(alike)


def _within_limits(deliveries: list[Delivery]) -> Iterator[list[Delivery]]:
    chunk: list[Delivery] = []
    size = 0
    for delivery in deliveries:
        size += delivery.arrival.size
        if chunk and (size > CHUNK_BYTES or len(chunk) == CHUNK_FILES):
            yield chunk
            chunk, size = [], delivery.arrival.size
        chunk.append(delivery)
    if chunk:
        yield chunk
