"""The page of the record: how many files each reader was given, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def page(runs: Sequence[Mapping[str, Any]]) -> str:
    """Markdown from the runs of a record."""
    return ""
