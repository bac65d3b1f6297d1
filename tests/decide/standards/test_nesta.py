"""Nesta's levels: what is met, and what keeps a claim from the next one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.decide.evidence import ESTIMATE, evidence, item

from innoeval.decide.standards.nesta import nesta
from innoeval.records import Interval

_WORSE = replace(ESTIMATE, effect=0.0, conf_int=Interval(-0.5, 0.5))
_CAUSED = "An improvement is shown against comparison units, checks allowed for."
_BETTER = "The estimate lies above no improvement."
_ACCOUNT = "The claim names the innovation and the outcome that it is to improve."


@pytest.mark.parametrize(
    ("changes", "level", "answers", "rule"),
    [({}, "3", ("yes", "yes"), f"{_CAUSED} Levels 4 and 5 take further evaluations"),
     ({"improvement_shown": False}, "2", ("yes", "no"),
      f"{_BETTER} No improvement is shown against comparison units once checks are allowed for"),
     ({"sms_level": 2}, "2", ("yes", "no"), f"{_BETTER} There are no comparison units"),
     ({"estimate": _WORSE}, "1", ("no", "yes"), f"{_ACCOUNT} The estimate lies at or below no improvement"),
     ({"estimate": _WORSE, "improvement_shown": False}, "1", ("no", "no"),
      f"{_ACCOUNT} The estimate lies at or below no improvement")],
)  # fmt: skip
def test_the_level_reached_and_what_is_missing(
    changes: dict[str, object], level: str, answers: tuple[str, str], rule: str
) -> None:
    found = evidence(**changes)
    (standard,) = nesta(found)
    assert (standard.score, standard.rule) == (level, rule)
    assert item(nesta, "1", found).answer == "yes"
    assert (item(nesta, "2", found).answer, item(nesta, "3", found).answer) == answers
    assert [one.number for one in standard.items] == ["1", "2", "3", "4", "5"]


def test_nothing_is_scored_without_an_estimate() -> None:
    assert nesta(evidence(estimate=None)) == ()
