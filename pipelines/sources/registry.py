"""The formats there are: every module of this package that exports FORMAT, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import pipelines.sources
from pipelines.sources.format import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Feed


@cache
def all_formats() -> Mapping[str, Format]:
    """Every format by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(pipelines.sources.__path__))
    modules = (importlib.import_module(f"pipelines.sources.{name}") for name in names)
    found = (getattr(module, "FORMAT", None) for module in modules)
    return {entry.name: entry for entry in found if isinstance(entry, Format)}


def formats_of(feed: Feed) -> tuple[Format, ...]:
    """The formats a feed is read from: vendors' own first, the general canonical one last."""
    vendors = [entry for entry in all_formats().values() if feed.name in entry.feeds]
    return (*vendors, *([all_formats()["canonical"]] if feed.is_canonical else []))
