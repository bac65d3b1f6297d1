"""Sources: where panels are read from, and everything that dirty exports need."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from innoeval.sources.service_records import Records, records  # comes with `import innoeval`

if TYPE_CHECKING:
    from innoeval.sources import metrics
    from innoeval.sources.quality import Profile, profile
    from innoeval.sources.read import read_panel

__all__ = ["Profile", "Records", "metrics", "profile", "read_panel", "records"]

_LATER = {
    "Profile": "innoeval.sources.quality",
    "profile": "innoeval.sources.quality",
    "read_panel": "innoeval.sources.read",
}


def __getattr__(name: str) -> object:
    if name == "metrics":
        return import_module("innoeval.sources.metrics")
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'innoeval.sources' has no attribute '{name}'")
