"""Triple differences by hand, against pyfixest and diff-diff, and on bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from innoeval.designs import TripleDifference
from innoeval.errors import DesignError
from innoeval.records import Claim, Estimate, Panel, Policy


def two_kinds(
    seed: int = 1,
    places: int = 40,
    T: int = 6,
    missing: float = 0.0,
    starts: tuple[int, ...] = (3, 4, 0),
) -> pd.DataFrame:
    """An eligible and another unit in each place; shocks to places and to kinds; effect 2."""
    rng = np.random.default_rng(seed)
    start = rng.choice(starts, places)
    rows = []
    shock, kinds = rng.normal(size=(places, T)), rng.normal(size=(2, T)) * 2
    for p in range(places):
        drift = (start[p] > 0) * np.maximum(np.arange(T) - start[p] + 1, 0) * 0.5
        for kind in (0, 1):
            y = rng.normal() + shock[p] + kinds[kind] + drift + rng.normal(size=T) * 0.5
            y = y + 2.0 * kind * (start[p] > 0) * (np.arange(T) >= start[p])
            rows += [(f"p{p:02d} {'ab'[kind]}", f"p{p:02d}", kind, 2000 + t, y[t],
                      2000 + start[p] if start[p] else 0, w) for t, w in enumerate(rng.uniform(.5, 2, T))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["unit", "place", "old", "year", "y", "first", "w"])
    if missing:
        frame = frame[rng.random(len(frame)) > missing]
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def asked(frame: pd.DataFrame) -> tuple[Panel, Claim]:
    panel = Panel(frame=frame, unit="unit", period="year", freq="year", outcomes=("y",),
                  covariates=("place", "old", "w"))  # fmt: skip
    first = frame[(frame["first"] > 0) & (frame["old"] == 1)].groupby("unit")["first"].first()
    claim = Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0, scale="absolute",
                  treated={unit: str(year) for unit, year in first.items()})  # fmt: skip
    return panel, claim


def fitted(frame: pd.DataFrame, **more: object) -> Estimate:
    return TripleDifference(within="old", place="place", **more).fit(*asked(frame))


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("weights", [None, "w"])
def test_equals_pyfixest(missing: float, weights: str | None) -> None:
    frame = two_kinds(missing=missing)
    ours = fitted(frame, weights=weights)
    on = (frame["first"] > 0) & (frame["old"] == 1) & (frame["year"] >= frame["first"])
    frame["cell"] = np.where(on, frame["first"] * 10000 + frame["year"], 0)
    frame["kind_year"] = frame["old"] * 10000 + frame["year"]
    frame["cohort_year"] = frame["first"] * 10000 + frame["year"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyfixest as pf

        peer = pf.feols("y ~ i(cell, ref=0) | unit + kind_year + cohort_year", frame,
                        vcov={"CRV1": "place"}, weights=weights,
                        ssc=pf.ssc(k_adj=False, G_adj=False)).tidy()  # fmt: skip
    ratios = set()
    for part in ours.components:
        row = peer.loc[next(name for name in peer.index if f"{part.cohort}{part.period}" in name)]
        assert part.estimate == pytest.approx(row["Estimate"], abs=1e-7)
        ratios.add(round(part.std_error / row["Std. Error"], 5))
    assert len(ratios) == 1  # one small-sample factor
    assert 1 < ratios.pop() < 1.2
    assert ours.n_clusters == frame["place"].nunique()


def test_one_start_and_complete_data_give_the_difference_of_differences() -> None:
    frame = two_kinds(seed=2, starts=(3, 0))
    wide = frame.pivot_table(index=["first", "old", "unit"], columns="year", values="y")
    change = wide.loc[:, 2003:].mean(axis=1) - wide.loc[:, :2002].mean(axis=1)
    gap = change.groupby(["first", "old"]).mean()
    by_hand = (gap[2003, 1] - gap[2003, 0]) - (gap[0, 1] - gap[0, 0])
    assert fitted(frame).effect == pytest.approx(by_hand, abs=1e-10)


def test_two_periods_equal_diff_diff() -> None:
    frame = two_kinds(seed=3, T=2, starts=(1, 0))
    frame["treated"], frame["post"] = (frame["first"] > 0).astype(int), frame["year"] - 2000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from diff_diff import TripleDifference as Peer

        peer = Peer(estimation_method="reg").fit(
            frame, outcome="y", group="treated", partition="old", post="post"
        )
    assert fitted(frame).effect == pytest.approx(peer.att, abs=1e-8)


def test_shocks_to_places_and_to_kinds_do_not_count() -> None:
    frame = two_kinds(seed=4)
    plain = fitted(frame)
    number = frame["first"] * 3 + (frame["year"] - 2000) ** 2 * (frame["first"] > 0)
    moved = fitted(frame.assign(y=frame["y"] + number + frame["old"] * (frame["year"] - 2000) ** 3))
    assert moved.effect == pytest.approx(plain.effect, abs=1e-8)
    assert moved.std_error == pytest.approx(plain.std_error, abs=1e-8)
    assert abs(plain.effect - 2) < 4 * plain.std_error


def test_the_influence_of_units_sums_to_the_error_by_place() -> None:
    frame = two_kinds(seed=5, missing=0.1)
    ours = fitted(frame)
    units = sorted(frame["unit"].unique())
    by_place = pd.Series(ours.influence).groupby([unit[:3] for unit in units]).sum()
    assert np.sqrt((by_place**2).sum()) / ours.n_units == pytest.approx(ours.std_error)


def test_bad_input_is_named() -> None:
    frame = two_kinds(seed=6)
    design = TripleDifference(within="old", place="place")
    panel, claim = asked(frame)
    with pytest.raises(DesignError, match="there is no column 'region'"):
        TripleDifference(within="old", place="region").fit(panel, claim)
    with pytest.raises(DesignError, match="write 1 for eligible"):
        TripleDifference(within="place", place="place").fit(panel, claim)
    with pytest.raises(DesignError, match="'w' changes within"):
        TripleDifference(within="old", place="w").fit(panel, claim)
    first = next(iter(claim.treated))
    twisted = Claim(id="c", innovation="i", outcome="y", better="higher", size=1.0, scale="absolute",
                    treated={**{u: s for u, s in claim.treated.items() if u != first},
                             first.replace(" b", " a"): "2003"})  # fmt: skip
    with pytest.raises(DesignError, match="treated in the claim but not eligible") as caught:
        design.fit(panel, twisted)
    assert "eligible in a treated place but not treated" in str(caught.value)
    gone = frame[(frame["first"] == 0) | (frame["old"] == 1)]
    with pytest.raises(DesignError, match="no treated place has a unit that is not eligible"):
        design.fit(*asked(gone))
    gone = frame[(frame["first"] > 0) | (frame["old"] == 1)]
    with pytest.raises(DesignError, match="no untreated place has a unit that is not eligible"):
        design.fit(*asked(gone))
    with pytest.raises(DesignError, match="write 0 or more"):
        TripleDifference(within="old", place="place", anticipation=-1)
    assert "too few" in design.objections(panel, claim, Policy(few_treated=39))[0]
    assert design.objections(panel, claim, Policy()) == ()
