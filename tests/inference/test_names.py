"""Every inference in words, as an estimate carries it."""

from __future__ import annotations

import pytest

from innoeval.inference import (
    CR2,
    CR3,
    HC,
    Choice,
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
from innoeval.inference.names import named

G = "times G/(G − 1) × (n − 1)/(n − K), K "
FACTORS = {
    "none": "no small-sample factor (CR0)", "plm": "no small-sample factor (CR0) as in plm",
    "groups": "times G/(G − 1)", "clubSandwich": "times G/(G − 1) as in clubSandwich",
    "slopes": f"{G}the slopes alone", "two_windows": f"{G}the slopes and two windows",
    "diff-diff": f"{G}the slopes and two windows as in diff-diff",
    "nonnested": f"{G}without nested fixed effects", "all": f"{G}every coefficient",
    "pyfixest": f"{G}without nested fixed effects as in pyfixest",
    "sandwich": f"{G}every coefficient as in sandwich",
    "observations": "times n/(n − K), K the slopes alone",
}  # fmt: skip


@pytest.mark.parametrize("convention", FACTORS)
def test_factors_of_clustered_errors(convention) -> None:
    said = named(Clustered(small_sample=convention), 10, 20)
    assert said == f"clustered by unit, {FACTORS[convention]}, t(G − 1)"


@pytest.mark.parametrize(
    ("choice", "said"),
    [(Clustered(by=("unit", "period"), small_sample="groups"),
      "clustered by unit and period, times G/(G − 1), t(G − 1)"),
     (DriscollKraay(), ("by period with ⌊T^(1/4)⌋ lags (Driscoll and Kraay), "
                       "no small-sample factor (CR0), t(G − 1)")),
     (DriscollKraay(lags=3), ("by period with 3 lags (Driscoll and Kraay), "
                             "no small-sample factor (CR0), t(G − 1)")),
     (CR2(), "clustered by unit, CR2 with Satterthwaite degrees of freedom"),
     (CR2(df="welch"), "clustered by unit, CR2 with Welch degrees of freedom"),
     (CR3(by="region"), "clustered by region, CR3, t(G − 1)"),
     (Jackknife(), "clustered by unit, jackknife (CV3), t(G − 1)"),
     (HC(kind="HC3"), "HC3, every cell taken as independent, t(n − K)"),
     (DonaldLang(), "Student's t(N − 2) on the units' changes (Donald and Lang)"),
     (Multiplier(weights="mammen", draws=1999),
      "influence functions by unit, Mammen multipliers (1,999 draws) for the band"),
     (Conley(coordinates=("x", "y"), cutoff=2.5), "units within 2.5 alike (Conley), normal law"),
     (Conley(neighbours=(("a", "b"),)), "units that are neighbours alike (Conley), normal law"),
     (WildClusterBootstrap(), ("wild cluster bootstrap by unit (Rademacher weights, restricted, "
                              "9,999 draws), interval by inversion")),
     (WildClusterBootstrap(weights="webb", restricted=False, by="region", draws=99),
      "wild cluster bootstrap by region (Webb weights, unrestricted, 99 draws), interval by inversion"),
     # 3 of 13 units in 286 ways; 10 of 30 in more than are drawn, and the actual choice.
     (Randomization(), ("randomisation over 286 choices of treated units, each measured by the units' "
                       "own noise before the start, interval by inversion")),
     (Randomization(statistic="t", draws=199),
      "randomisation over 200 choices of treated units on t, interval by inversion"),
     (Randomization(statistic="coefficient"),
      "randomisation over 286 choices of treated units, interval by inversion"),
     # Three residuals of ten units, with repetition: 1,000 ways.
     (ConleyTaber(), "residuals of comparison units (Conley and Taber) (1,000 draws of comparison units)"),
     (FermanPinto(), ("residuals of comparison units rescaled by noise before the start "
                     "(Ferman and Pinto) (1,000 draws of comparison units)")),
     (FermanPinto(sizes="people", draws=99), ("residuals of comparison units rescaled by size (people) "
                                             "(Ferman and Pinto) (99 draws of comparison units)"))],
)  # fmt: skip
def test_every_choice_with_three_treated_units_and_ten_others(choice: Choice, said: str) -> None:
    assert named(choice, 3, 10) == said
