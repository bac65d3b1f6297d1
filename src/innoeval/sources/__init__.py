"""Sources: where panels are read from, and everything that dirty exports need."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from innoeval.sources.service_records import Records, records  # comes with `import innoeval`

if TYPE_CHECKING:
    from innoeval.sources import metrics
    from innoeval.sources.read import read_panel

__all__ = ["Records", "metrics", "read_panel", "records"]


def __getattr__(name: str) -> object:
    if name == "metrics":
        return import_module("innoeval.sources.metrics")
    if name == "read_panel":
        return import_module("innoeval.sources.read").read_panel
    raise AttributeError(f"module 'innoeval.sources' has no attribute '{name}'")
