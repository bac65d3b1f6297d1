"""Every comparison of units keeps what each unit adds, to the effect and to each of its parts."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from tests.staggered_panels import drawn, posed

from innoeval.designs import (
    CallawaySantAnna,
    DifferenceInDifferences,
    Dose,
    EventStudy,
    ExtendedTWFE,
    Imputation,
    StackedDiD,
    SunAbraham,
    SwitchingDiD,
    TripleDifference,
    TwoWayFixedEffects,
)
from innoeval.inference import HC, IID, Clustered
from innoeval.records import Estimate
from innoeval.records.saved import dump, load
from innoeval.stats.bands import simultaneous

STAGGERED = [
    CallawaySantAnna(), CallawaySantAnna(covariates=("x",)), CallawaySantAnna(weights="w"),
    Imputation(), Imputation(weights="cells", covariates=("x",)), SunAbraham(), ExtendedTWFE(),
    StackedDiD(), SwitchingDiD(exposure="on"), Dose(exposure="on"), TwoWayFixedEffects(),
    TwoWayFixedEffects(covariates=("x",), trends="unit"), EventStudy(), EventStudy(weights="w"),
]  # fmt: skip


def fitted(design: object, missing: float = 0.1) -> Estimate:
    """An estimate on a frame with three start dates."""
    frame = drawn(seed=3, n=90, missing=missing)
    on = (frame["first"] > 0) & (frame["year"] >= frame["first"])
    return design.fit(*posed(frame.assign(on=on.astype(float))))


def check(found: Estimate) -> None:
    """The sum of squares of influences over n² is the variance, of the effect and of each part."""
    n = len(found.influence)
    assert np.sqrt((found.influence**2).sum()) / n == pytest.approx(found.std_error, rel=1e-9)
    each = found.influences()
    assert each.shape == (n, len(found.components))
    errors = np.sqrt((each**2).sum(axis=0)) / n
    assert errors == pytest.approx([part.std_error for part in found.components], rel=1e-9)
    if found.covariance is not None:
        assert each.T @ each / n**2 == pytest.approx(found.covariance, abs=1e-12)


@pytest.mark.parametrize("design", STAGGERED, ids=str)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_squares_of_influences_are_variances(design: object, missing: float) -> None:
    found = fitted(design, missing)
    check(found)
    for by in ("event", "group", "calendar") if found.group_times else ():
        check(found.aggregate(by))


def test_triple_differences_sum_over_places() -> None:
    frame = drawn(seed=4, n=60)
    twice = [frame.assign(kind=k, place=frame["unit"], unit=frame["unit"] + k) for k in "01"]
    both = twice[0].assign(first=0)
    panel, claim = posed(pd.concat([twice[1], both], ignore_index=True))
    found = TripleDifference(within="kind", place="place").fit(panel, claim)
    by_place = found.influences().reshape(-1, 2, len(found.components)).sum(axis=1)
    errors = np.sqrt((by_place**2).sum(axis=0)) / found.n_units
    assert errors == pytest.approx([part.std_error for part in found.components], rel=1e-9)


def test_one_start_has_them_whatever_the_convention_of_errors() -> None:
    frame = drawn(seed=5, n=60, starts=(4, 0))
    plain = DifferenceInDifferences().fit(*posed(frame), inference=Clustered(small_sample="none"))
    n = plain.n_units
    errors = np.sqrt((plain.influences() ** 2).sum(axis=0)) / n
    assert errors == pytest.approx([part.std_error for part in plain.components], rel=1e-9)
    for choice in (HC(kind="HC1"), IID()):
        told = TwoWayFixedEffects().fit(*posed(frame), inference=choice)
        assert told.influence == pytest.approx(plain.influence, abs=1e-9)
        assert EventStudy().fit(*posed(frame), inference=choice).influences().shape == (n, 7)


def test_clusters_and_bands_follow_without_a_refit() -> None:
    frame = drawn(seed=6, n=90)
    region = frame["unit"].str[-1]
    panel, claim = posed(frame.assign(region=region))
    by_unit = EventStudy().fit(panel, claim, inference=Clustered(small_sample="none"))
    asked = EventStudy().fit(panel, claim, inference=Clustered(by="region", small_sample="none"))
    units = np.array([unit[-1] for unit in panel.units])
    sums = np.stack([by_unit.influences()[units == r].sum(axis=0) for r in np.unique(units)])
    cov = sums.T @ sums / len(units) ** 2
    assert cov == pytest.approx(asked.covariance, abs=1e-12)
    assert simultaneous(cov, 0.95, 999, 1) > 1.96


@pytest.mark.parametrize("design", STAGGERED, ids=str)
def test_workers_may_send_them_and_files_leave_them_out(design: object) -> None:
    found = fitted(design)
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - made a line before
    assert again == found
    assert again.influences() == pytest.approx(found.influences())
    read = load(Estimate, dump(found))
    assert read == found
    assert read.influences is None
