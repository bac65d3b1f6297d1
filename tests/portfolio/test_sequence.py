"""Versions and looks: what trying again costs, and that it turns no noise into a win."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.portfolio import looked
from tests.panels import claim_on, panel_of
from tests.portfolio.portfolios import made

import innoeval as ie
from innoeval.errors import DesignError, RunError
from innoeval.portfolio import versions, watch


def test_versions_spend_less_and_less() -> None:
    seen = {"found_low": 0.1, "found_high": 4.0}
    found = versions(
        made([
            {"id": "v1", **seen}, {"id": "v2", "version_of": "v1", **seen},
            {"id": "v3", "version_of": "v2", **seen}, {"id": "alone", **seen},
        ])
    )  # fmt: skip
    assert found["id"].tolist() == ["v1", "v2", "v3"]
    assert found["sequence"].tolist() == ["v1"] * 3
    assert found["spends"].tolist() == pytest.approx([0.05 / 2, 0.05 / 6, 0.05 / 12])
    assert found["conf_low"].is_monotonic_decreasing
    assert set(found["suggestion"]) == {"go on: these data cannot tell yet"}


def test_planned_versions_share_alike_and_no_more_is_left() -> None:
    rows = [{"id": f"v{i}", "version_of": f"v{i - 1}" if i else "", "found_low": 2.0,
             "found_high": 6.0} for i in range(3)]  # fmt: skip
    found = versions(made(rows), planned=2)
    assert found["spends"].tolist() == [0.025, 0.025, 0.0]
    assert found["suggestion"].tolist()[0] == "stop: an improvement is shown"
    assert found["conf_low"].tolist()[2] == -np.inf
    assert found["suggestion"].tolist()[2].startswith("go on")


def test_two_versions_of_one_are_two_tries() -> None:
    rows = [{"id": "a"}, {"id": "b", "version_of": "a"}, {"id": "c", "version_of": "a"}]
    assert versions(made(rows))["version"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("ends", "word"),
    [((-3.0, -1.0), "got worse"), ((-0.3, 0.1), "ruled out"), ((-1.0, 3.0), "go on")],
)
def test_suggestions(ends: tuple[float, float], word: str) -> None:
    seen = {"found_low": ends[0], "found_high": ends[1]}
    found = versions(made([{"id": "a", **seen}, {"id": "b", "version_of": "a", **seen}]), planned=2)
    assert word in found["suggestion"][0]


def test_versions_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(RunError, match="a version of 'desk-1', which is not in the portfolio"):
        versions(made([{"id": "desk-2", "version_of": "desk-1"}]))
    with pytest.raises(RunError, match="a version of itself"):
        versions(made([{"id": "a", "version_of": "b"}, {"id": "b", "version_of": "a"}]))


def test_looks_at_nothing_find_something_at_most_so_often() -> None:
    """Ten monthly looks at panels without effect: a slice of docs/calibration/portfolio.md."""
    found = looked(0.0, 12, seed=5)
    # 12 draws: at 5 % more than 2 are seen in 2 % of such tests.
    assert found.planned <= 2 / 12
    assert found.always <= 2 / 12
    assert found.naive >= found.planned


def test_a_real_effect_is_seen_early_and_wrong_looks_are_refused() -> None:
    case = ie.simulate.draw(seed=3, n_units=30, n_treated=15, n_after=12, size=3.0)
    found = watch(case.claim, case.panel, ["2023-04", "2023-08"], until="2023-12")
    assert found["suggestion"].tolist() == ["stop: an improvement is shown"] * 2
    assert found["spent"].iloc[-1] < 0.05
    for looks in ([], ["2022-12"], ["2023-05", "2023-04"]):
        with pytest.raises(RunError, match="must rise, begin at the claim's start"):
            watch(case.claim, case.panel, looks)
    with pytest.raises(RunError, match="mend looks= or until="):
        watch(case.claim, case.panel, ["2023-08"], until="2023-06")
    with pytest.raises(RunError, match="data end in 2023-12; look at what there is"):
        watch(case.claim, case.panel, ["2023-08", "2024-02"])
    with pytest.raises(RunError, match="look 'August' is no period"):
        watch(case.claim, case.panel, ["August"])
    late = case.panel.window("2023-01", "2023-12")
    with pytest.raises(RunError, match="no period before the claim's start"):
        watch(case.claim, late, ["2023-08"])


def test_a_look_that_no_design_can_take_is_told() -> None:
    case = ie.simulate.draw(seed=3, n_units=1, n_treated=1, n_after=12)
    with pytest.raises(DesignError, match="up to 2023-01; begin to look later"):
        watch(case.claim, case.panel, ["2023-01"])


def test_a_series_without_noise_has_no_error_to_look_again_with() -> None:
    straight = panel_of(30 - 0.5 * np.arange(30.0)[None])
    with pytest.raises(DesignError, match=r"Segmented.* no standard error.*judge the claim once"):
        watch(claim_on([0], 20), straight, ["2027"])
