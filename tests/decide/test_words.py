"""The words of a reason: sizes on each scale, the rule of each status, what must be known besides."""

from __future__ import annotations

import pytest
from tests.decide.cases import INF, claim_of

from innoeval.decide.regions import bar
from innoeval.decide.words import lower, reason, remarks, size
from innoeval.records import Interval, Policy
from innoeval.records.verdict import PLAIN, Status


@pytest.mark.parametrize(
    ("scale", "value", "said"),
    [("relative", 0.15, "15 %"), ("relative", -0.02, "−2 %"), ("percentage_points", 5.0, "5 points"),
     ("percentage_points", 1.0, "1 point"), ("percentage_points", 0.5, "0.5 points"),
     ("absolute", 1234.0, "1,230"), ("absolute", 1.0, "1"), ("absolute", INF, "any size"),
     ("relative", -INF, "any size of worsening")],
)  # fmt: skip
def test_sizes(scale: str, value: float, said: str) -> None:
    assert size(value, claim_of(scale=scale, size=0.2, smallest_effect=None)) == said


@pytest.mark.parametrize(
    ("status", "ends", "says"),
    [("supported", (2.5, 5), "At least 2.5 is shown; more than 2 had to be."),
     ("partly_supported", (1.5, 5), "At least 1.5 is shown; more than 2 had to be."),
     ("inconclusive", (-1, 5), "Anything from −1 to 5 fits them."),
     ("inconclusive", (-INF, 5), "Anything up to 5 fits them."),
     ("inconclusive", (-1, INF), "Anything from −1 upwards fits them."),
     ("inconclusive", (-INF, INF), "They rule nothing out."),
     ("overstated", (-1, 3), "The improvement is at most 3; under 3.2 a claim of 4 does not stand."),
     ("refuted", (-1, 0.5), "The improvement is at most 0.5; from 1 on it would matter."),
     ("harmful", (-2, -1), "The change for the better is at most −1.")],
)  # fmt: skip
def test_the_rule_that_fired(status: Status, ends: tuple[float, float], says: str) -> None:
    claim = claim_of()
    said = reason(status, Interval(*ends), bar(claim, Policy()), claim)
    assert said == f"{PLAIN[status]} {says}"


@pytest.mark.parametrize(
    ("ends", "says"),
    [((1, 5), "improvement of at least 1, at most 5."),
     ((0, 5), "an improvement may be absent, at most 5."),
     ((-1, INF), "an improvement may be absent, at most any size.")],
)  # fmt: skip
def test_where_no_size_was_announced(ends: tuple[float, float], says: str) -> None:
    claim = claim_of(size=None, smallest_effect=None)
    status: Status = "partly_supported" if ends[0] > 0 else "inconclusive"
    said = reason(status, Interval(*ends), bar(claim, Policy()), claim)
    assert said == f"{PLAIN[status]} No size was announced and none declared to matter: {says}"


@pytest.mark.parametrize(
    ("size", "smallest", "policy", "said"),
    [(4.0, 1.0, {}, ()), (4.0, 4.0, {}, ()), (None, None, {}, ()),
     (4.0, None, {}, ("No smallest effect that matters was declared; 1, a quarter of the claim, is taken by default.",)),
     (4.0, None, {"default_smallest": 0.5}, ("No smallest effect was declared; 2 is taken by default.",)),
     (4.0, 5.0, {}, ("Even if true, the claimed improvement is smaller than what was declared to matter.",)),
     (None, 2.0, {}, ("No size was announced; the smallest effect that matters stands in for it.",))],
)  # fmt: skip
def test_what_else_must_be_known_of_the_bar(size, smallest, policy, said) -> None:
    claim = claim_of(size=size, smallest_effect=smallest)
    assert remarks(claim, bar(claim, Policy(**policy))) == said


def test_a_sentence_goes_on_after_a_comma() -> None:
    assert (lower("No unit."), lower("A"), lower("")) == ("no unit.", "a", "")
