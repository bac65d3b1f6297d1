"""One number per unit: errors by clusters and by distance, written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from innoeval.errors import DesignError
from innoeval.inference import (
    CR2,
    HC,
    Clustered,
    Conley,
    ConleyTaber,
    FermanPinto,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
)
from innoeval.inference.groups import Groups, band, by_student, compare_groups, influence_of
from innoeval.stats.covariance import Counts

N = 12
TREATED = np.arange(N) < 6
CHANGES = np.random.default_rng(8).normal(size=(N, 2)) + TREATED[:, None]
#: Places on a line one degree, or one step, apart; units in pairs.
PLACE = np.arange(N, dtype=float)
GROUPS = Groups(
    contrasts=CHANGES, treated=TREATED, noise=np.linspace(0.5, 2, N), counts=Counts(120, 1, 12, 10),
    columns={"unit": np.array([f"u{i}" for i in range(N)]), "up": PLACE, "along": 0 * PLACE,
             "pair": np.arange(N) // 2, "people": 100.0 * (1 + PLACE)},
)  # fmt: skip


def scores() -> np.ndarray:
    """Units' shares of the first difference in means: ± residual / 6."""
    rest = np.where(TREATED, CHANGES[:, 0] - CHANGES[TREATED, 0].mean(), CHANGES[:, 0] - CHANGES[~TREATED, 0].mean())  # fmt: skip
    return np.where(TREATED, rest, -rest) / 6


def error_with(likeness: np.ndarray) -> float:
    return float(np.sqrt(scores() @ likeness @ scores()))


APART = np.abs(np.subtract.outer(PLACE, PLACE))
PAIRS = tuple((f"u{i}", f"u{i + 1}") for i in range(0, N, 2))


@pytest.mark.parametrize(
    ("choice", "likeness"),
    [(Conley(coordinates=("up", "along"), cutoff=2.0, distance="straight"), APART <= 2),
     (Conley(coordinates=("along", "up"), cutoff=1.5, distance="straight", fading=True),
      np.clip(1 - APART / 1.5, 0, None)),
     # A degree of latitude is 111.2 km.
     (Conley(coordinates=("up", "along"), cutoff=112.0), APART <= 1),
     (Conley(coordinates=("up", "along"), cutoff=111.0), APART < 1),
     (Conley(coordinates=("up", "along"), cutoff=223.0, fading=True), np.clip(1 - APART * 111.195 / 223, 0, None)),
     (Conley(neighbours=PAIRS), np.subtract.outer(np.arange(N) // 2, np.arange(N) // 2) == 0),
     (Conley(neighbours=(*PAIRS, ("u0", "nobody"))), np.subtract.outer(np.arange(N) // 2, np.arange(N) // 2) == 0)],
)  # fmt: skip
def test_errors_by_distance(choice, likeness) -> None:
    found = compare_groups(choice, GROUPS, 0.95)
    error = error_with(np.asarray(likeness, dtype=float))
    assert found.std_error[0] == pytest.approx(error, rel=1e-4)
    assert found.effect[0] == pytest.approx(
        CHANGES[TREATED, 0].mean() - CHANGES[~TREATED, 0].mean()
    )
    assert found.df[0] == np.inf
    assert found.p_value[0] == pytest.approx(2 * norm.sf(abs(found.effect[0]) / error), rel=1e-3)
    assert found.high[0] - found.effect[0] == pytest.approx(norm.ppf(0.975) * error, rel=1e-3)


@pytest.mark.parametrize(("by", "n_groups"), [("unit", 12), ("pair", 6)])
def test_clusters_and_their_factor(by, n_groups) -> None:
    code = np.arange(N) // (1 if by == "unit" else 2)
    plain = error_with((np.subtract.outer(code, code) == 0).astype(float))
    g = n_groups / (n_groups - 1)
    # 120 cells, one slope, 12 units nested and 10 periods: 1 + 10 coefficients.
    for convention, factor in (("none", 1), ("groups", g), ("nonnested", g * 119 / 109)):
        found = compare_groups(Clustered(by=by, small_sample=convention), GROUPS, 0.9)
        assert found.std_error[0] == pytest.approx(plain * np.sqrt(factor))
        assert found.df[0] == n_groups - 1
        reach = student.ppf(0.95, n_groups - 1) * found.std_error[0]
        assert found.effect[0] - found.low[0] == pytest.approx(reach)
    wild = compare_groups(WildClusterBootstrap(by=by, draws=99), GROUPS, 0.9)
    assert wild.std_error[0] == pytest.approx(plain * np.sqrt(g * 119 / 109))
    assert np.isnan(wild.df).all()


def test_influence_gives_the_variance_of_a_difference_in_means() -> None:
    influence = influence_of(CHANGES, TREATED)
    plain = error_with(np.eye(N))
    assert (influence[:, 0] ** 2).sum() / N**2 == pytest.approx(plain**2)
    assert influence[TREATED].sum(axis=0) == pytest.approx([0, 0], abs=1e-12)
    few = np.arange(N) < 2
    rest = CHANGES[few, 0] - CHANGES[few, 0].mean()
    assert influence_of(CHANGES, few)[few, 0] == pytest.approx(rest * N / 2)
    rest = CHANGES[~few, 0] - CHANGES[~few, 0].mean()
    assert influence_of(CHANGES, few)[~few, 0] == pytest.approx(-rest * N / 10)
    assert norm.ppf(0.95) < band(Multiplier(draws=1999), GROUPS, 0.9) < 2.6
    found = compare_groups(Multiplier(), GROUPS, 0.95)
    assert (found.std_error[0], found.df[0]) == (pytest.approx(plain), np.inf)


def test_a_negative_variance_sets_no_bound() -> None:
    found = by_student(np.array([1.0, 2.0, 3.0]), np.array([4.0, -1.0, 0.0]), 10.0, 0.95)
    assert found.std_error[0] == 2.0
    assert (found.low[1], found.high[1], found.p_value[1]) == (-np.inf, np.inf, 1.0)
    assert np.isnan(found.std_error[1])
    assert (found.std_error[2], found.low[2], found.high[2], found.p_value[2]) == (
        0.0,
        3.0,
        3.0,
        0.0,
    )
    assert found.high[0] == pytest.approx(1 + 2 * student.ppf(0.975, 10))
    assert found.df.tolist() == [10.0] * 3
    with pytest.raises(DesignError, match="negative variance"):
        by_student(np.array([1.0]), np.array([-1.0]), 10.0, 0.95)


def test_sizes_scale_residuals_where_they_are_named() -> None:
    louder = CHANGES[5:] * np.linspace(3, 0.3, 7)[:, None]
    one = Groups(contrasts=louder, treated=np.arange(7) < 1, noise=GROUPS.noise[5:],
                 counts=GROUPS.counts, columns={k: v[5:] for k, v in GROUPS.columns.items()})  # fmt: skip
    found = [compare_groups(choice, one, 0.8).std_error[0] for choice in
             (ConleyTaber(), FermanPinto(), FermanPinto(sizes="people"))]  # fmt: skip
    assert len({round(float(error), 6) for error in found}) == 3
    assert np.isnan(compare_groups(Randomization(draws=99), one, 0.8).df).all()


def test_some_units_and_one_question() -> None:
    some = np.arange(N) % 2 == 0
    part = GROUPS.only(some, 1)
    assert part.contrasts.tolist() == CHANGES[some, 1:2].tolist()
    assert part.treated.tolist() == TREATED[some].tolist()
    assert part.noise.tolist() == GROUPS.noise[some].tolist()
    assert part.columns["unit"].tolist() == [f"u{i}" for i in range(0, N, 2)]
    assert part.codes("pair").tolist() == [0, 1, 2, 3, 4, 5]
    assert GROUPS.codes("pair").tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_which_choices_stand_on_units() -> None:
    with pytest.raises(DesignError, match="needs cells"):
        compare_groups(HC(), GROUPS, 0.95)
    welch, alike = (
        compare_groups(CR2(df=df), GROUPS, 0.95).df for df in ("welch", "satterthwaite")
    )
    assert alike == pytest.approx([10, 10])
    a, b = (CHANGES[mask, 0].var(ddof=1) / 6 for mask in (TREATED, ~TREATED))
    assert welch[0] == pytest.approx((a + b) ** 2 / (a**2 / 5 + b**2 / 5))
