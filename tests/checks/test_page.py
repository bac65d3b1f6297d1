"""The page of checks says what the checks and the policy say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from innoeval.checks import CHECKS
from innoeval.checks.page import page
from innoeval.records import Policy

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    written = (DOCS / "methods" / "checks.md").read_text("utf-8")
    assert written == page(), "run: python -m innoeval.checks.page > docs/methods/checks.md"


def test_every_gate_and_weight_names_a_check_and_every_gate_its_interval() -> None:
    known = {check.name for check in CHECKS}
    assert len(known) == len(CHECKS)
    policy = Policy()
    assert {gate.check for gate in policy.gates} <= known
    assert {name for name, _ in policy.check_weights} <= known
    assert set(policy.fatal) <= known
    assert [gate.check for gate in policy.gates if not gate.interval] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_asks_states_its_null_and_names_its_source(check: object) -> None:
    text = type(check).__doc__ or ""
    assert check.question.endswith("?")  # type: ignore[attr-defined]
    assert "References" in text
    assert re.search(r"doi:10\.|ISBN|arXiv", text)
    assert re.search(r"Null: |fact|Facts|A cross-check", text)
