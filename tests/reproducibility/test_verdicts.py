"""On this machine, with these versions, the verdicts are the committed ones."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from tests.reproducibility.verdicts import COMMITTED, differences, largest_gap, verdicts

COMMAND = "python -m tests.reproducibility.verdicts --write"


def test_the_sample_gets_its_committed_verdicts() -> None:
    committed = json.loads(COMMITTED.read_text("utf-8"))
    told = differences(committed, verdicts())
    assert not told, f"if this is meant, run {COMMAND}: {told}"


@pytest.mark.parametrize("key", ["status", "certainty", "design", "data"])
def test_what_differs_is_told(key: str) -> None:
    committed = json.loads(COMMITTED.read_text("utf-8"))
    other = deepcopy(committed)
    first = next(iter(committed["claims"]))
    other["claims"][first][key] = "other"
    other["claims"][first]["numbers"]["effect"] += 1e-12
    assert [text.split()[1] for text in differences(committed, other)] == [key]
    other["claims"][first]["numbers"]["effect"] += 1.0
    assert largest_gap(committed, other) > 1e-3
    assert len(differences(committed, other)) == 2
