"""Who is refused from how many clusters on, in which words, and what is granted with a warning."""

from __future__ import annotations

from math import nan

import pytest

from innoeval.inference import (
    CR2,
    CR3,
    HC,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
)
from innoeval.inference.refusals import caution, fewest_comparison, fewest_treated, refusal

#: Choices by the fewest treated, and comparison, clusters.
FEWEST = {
    (1, 2): (Randomization(), ConleyTaber(), FermanPinto(), DonaldLang()),
    (2, 2): (CR2(), WildClusterBootstrap()),
    (6, 6): (Clustered(), HC(), CR3(), Jackknife(), Multiplier(), DriscollKraay(),
             Conley(neighbours=(("a", "b"),)), WildClusterBootstrap(restricted=False)),
}  # fmt: skip
ALL = [(numbers, choice) for numbers, choices in FEWEST.items() for choice in choices]


@pytest.mark.parametrize(("numbers", "choice"), ALL, ids=lambda one: type(one).__name__)
def test_refused_below_and_granted_from_the_fewest_on(numbers, choice) -> None:
    ours, theirs = numbers
    assert (fewest_treated(choice), fewest_comparison(choice)) == numbers
    assert refusal(choice, ours, theirs) is None
    words = (
        f"{type(choice).__name__} needs at least {ours} treated and {theirs} comparison clusters, "
    )
    often = ": with fewer it rejects a true null far too often; use "
    few = refusal(choice, ours - 1, theirs)
    instead = (
        "Randomization() or FermanPinto()" if ours <= 2 else "Randomization() or CR2()"
    )  # fmt: skip
    assert few == f"{words}and there are {ours - 1} and {theirs}{often}{instead}"
    other = refusal(choice, ours, theirs - 1)
    assert other == f"{words}and there are {ours} and {theirs - 1}{often}CR2() or DonaldLang()"


@pytest.mark.parametrize(
    ("choice", "treated", "ratio", "says"),
    [(HC(), 20, 1.0, "take a unit's periods as independent"), (DriscollKraay(), 20, 1.0, "many periods"),
     (Conley(neighbours=(("a", "b"),)), 20, 1.0, "no small-sample factor"),
     (WildClusterBootstrap(), 5, 1.0, "rejects too seldom"), (WildClusterBootstrap(), 6, 1.0, None),
     (DonaldLang(), 5, 1.51, "were 1.5 times as noisy as the others"), (DonaldLang(), 5, 1.5, None),
     (DonaldLang(), 6, 3.0, None), (ConleyTaber(), 1, 2.24, "were 2.2 times as noisy"),
     (ConleyTaber(), 1, nan, None), (Randomization(statistic="coefficient"), 1, 2.0, "too sure"),
     (Randomization(statistic="t"), 1, 2.0, "too sure"), (Randomization(), 1, 9.0, None),
     (FermanPinto(), 1, 9.0, None), (Clustered(), 6, 9.0, None), (CR2(), 2, 9.0, None)],
)  # fmt: skip
def test_cautions(choice, treated, ratio, says) -> None:
    found = caution(choice, treated, ratio)
    assert (found is None) == (says is None)
    assert says is None or says in found
