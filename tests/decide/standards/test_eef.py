"""Padlocks that threats take off, for every number of high and moderate risks."""

from __future__ import annotations

import pytest
from tests.decide.evidence import evidence, finding, item

from innoeval.decide.standards.eef import padlocks

#: One check of each of the six threats.
CHECKS = ("pre_trend", "comparison_jump", "spillover", "attrition", "undeclared_break", "metric")
#: Padlocks off by the number of moderate risks; a row for none, one and two high ones.
OFF = ((0, 0, 0, 1, 1, 2, 2), (1, 2, 2, 2, 2, 2), (2, 2, 2, 2, 2))


@pytest.mark.parametrize(
    ("high", "moderate", "off"),
    [(h, m, off) for h, row in enumerate(OFF) for m, off in enumerate(row)],
)
def test_by_numbers_of_risks(high: int, moderate: int, off: int) -> None:
    status = ["problem"] * high + ["cannot_tell"] * moderate
    status += ["clear"] * (len(CHECKS) - len(status))
    (found,) = padlocks(evidence(*map(finding, CHECKS, status)))
    assert found.score == f"{off} padlock{'' if off == 1 else 's'} off"
    threats = "1 threat" if high == 1 else f"{high} threats"
    assert found.rule == (
        f"{threats} with high and {moderate} with moderate risk; "
        "the rating that they are taken from is the assessor's"
    )
    words = ["high"] * high + ["moderate"] * moderate
    assert [one.answer for one in found.items] == words + ["low"] * (6 - len(words))


def test_what_no_check_could_ask_takes_nothing_off() -> None:
    found = evidence(*(finding(check, "not_applicable") for check in CHECKS))
    assert padlocks(found)[0].score == "0 padlocks off"
    asked = item(padlocks, "missing data", found)
    assert (asked.answer, asked.rule) == ("not judged", "No check could ask this of these data.")
    assert padlocks(evidence(estimate=None)) == ()
