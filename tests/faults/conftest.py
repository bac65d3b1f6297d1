"""A run that is half done, for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.runs import Half, half


@pytest.fixture
def run(tmp_path: Path) -> Half:
    """A run that is half done."""
    return half(tmp_path / "run.parquet")
