"""What the values of a draw may not tell: its family, and whether its claim is true."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from innoeval import simulate
from innoeval.records import Event
from innoeval.simulate import TRUTHS, Family, Scenario, family, scenarios
from innoeval.simulate.relabel import relabelled

FAMILIES = scenarios()
SEEDS = range(8)


def order(scenario: Scenario, other: Scenario) -> list[int]:
    """Where each unit of `scenario` stands in `other`, by its outcomes."""
    mine, theirs = (one.panel.matrix("outcome") for one in (scenario, other))
    same = [[np.array_equal(a, b, equal_nan=True) for b in theirs] for a in mine]
    assert np.array_equal(np.sum(same, axis=1), np.ones(len(mine)))
    return [int(np.argmax(row)) for row in same]


@pytest.mark.parametrize("name", [
    "clean", "bad_spell", "staggered_growing", "spillover", "best_sites", "everything_recorded",
    "attrition", "lucky_look",
])  # fmt: skip
@pytest.mark.parametrize("truth", ["null", "true"])
def test_units_are_called_by_other_names_and_nothing_else_changes(
    name: str, truth: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = FAMILIES[name].draw(seed=4, truth=truth)
    monkeypatch.setattr(family, "relabelled", lambda scenario, _rng: scenario)
    plain = FAMILIES[name].draw(seed=4, truth=truth)
    places = order(plain, found)
    assert sorted(places) == list(range(len(places))) != places
    new = dict(zip(plain.panel.units, (found.panel.units[p] for p in places), strict=True))
    assert found.claim.treated == {new[u]: start for u, start in plain.claim.treated.items()}
    assert found.claim.adopters == {new[u]: start for u, start in plain.claim.adopters.items()}
    for column in (*plain.panel.metrics, *filter(None, [plain.panel.neighbour])):
        np.testing.assert_array_equal(
            found.panel.matrix(column)[places], plain.panel.matrix(column)
        )
    assert found.truth == plain.truth
    assert (found.known is None) == (plain.known is None)
    if plain.known is not None and found.known is not None:
        np.testing.assert_array_equal(found.known.expected[places], plain.known.expected)
        np.testing.assert_array_equal(found.known.reached[places], plain.known.reached)
        reached = found.known.reached.any(axis=1)
        # Where more units got it than are claimed, it does its work there, too.
        everywhere = tuple(found.claim.adopters) or found.claim.units
        assert set(np.flatnonzero(reached)) == set(found.panel.places(everywhere))


@pytest.mark.parametrize("kind", FAMILIES.values(), ids=FAMILIES)
def test_what_an_oracle_knows_fits_the_panel(kind: Family) -> None:
    scenario = kind.draw(seed=6, truth="true")
    if scenario.known is not None:
        assert scenario.known.expected.shape == scenario.panel.matrix("outcome").shape
        assert scenario.known.covariance.shape == (scenario.panel.calendar.n,) * 2


def test_events_of_some_units_keep_their_units() -> None:
    plain = simulate.draw(seed=1, n_units=5, n_treated=2)
    events = (
        Event(period="2023-01", scope=("unit-001", "elsewhere"), what="a flood"),
        Event(period="2023-02", scope="all", what="new forms"),
    )
    claim = type(plain.claim)(
        id="a", innovation="b", outcome="outcome", better="lower", treated=["unit-001"],
        start="2023-01", events=events,
    )  # fmt: skip
    found = relabelled(
        Scenario(panel=plain.panel, claim=claim, truth=plain.truth), np.random.default_rng(2)
    )
    assert set(found.claim.events[0].scope) == {found.claim.units[0], "elsewhere"}
    assert found.claim.events[1] == events[1]


@pytest.mark.parametrize("name", ["clean", "bad_spell", "worst_sites", "best_sites", "spillover"])
def test_the_number_of_a_unit_tells_nothing(name: str) -> None:
    for truth in ("null", "true"):
        drawn = [FAMILIES[name].draw(seed=seed, truth=truth) for seed in SEEDS]
        places = [place for one in drawn for place in one.panel.places(one.claim.units)]
        # Of 30 places: their average is 14.5, with an error of 0.8 for eight draws of ten.
        assert abs(np.mean(places) - 14.5) < 3
        assert len(set(places)) > 25


def test_neighbours_of_a_fault_have_no_place_of_their_own() -> None:
    for name in ("spillover", "displacement", "everything_recorded"):
        drawn = [FAMILIES[name].draw(seed=seed, truth="true").panel for seed in SEEDS]
        near = {
            unit for panel in drawn for unit in np.flatnonzero(panel.matrix("next_to")[:, 0] == 1)
        }
        assert len(near) > 20


def test_twelve_metrics_have_levels_of_their_own_whatever_is_true() -> None:
    spread = {}
    for truth in ("null", "true"):
        drawn = [FAMILIES["best_of_12_metrics"].draw(seed=seed, truth=truth) for seed in SEEDS]
        spread[truth] = np.array([
            [np.nanmean(one.panel.matrix(name), axis=1).std() for name in one.panel.outcomes[1:]]
            for one in drawn
        ])  # fmt: skip
    assert spread["null"].mean() == pytest.approx(spread["true"].mean(), rel=0.05)
    assert spread["null"].min() > 0.6


def test_the_shocks_of_a_metric_are_its_own_whatever_is_true() -> None:
    for truth in ("null", "true"):
        panel = FAMILIES["best_of_12_metrics"].draw(seed=1, truth=truth).panel
        averages = [np.nanmean(panel.matrix(name), axis=0) for name in panel.outcomes[1:]]
        apart = np.corrcoef(averages) - np.eye(len(averages))
        assert np.abs(apart).mean() < 0.25


def test_looks_and_ends_are_alike_whatever_is_true() -> None:
    ends: dict[str, list[int]] = {}
    for truth in ("null", "half", "true", "harmful"):
        for seed in SEEDS:
            scenario = FAMILIES["lucky_look"].draw(seed=seed, truth=truth)
            calendar = scenario.panel.calendar
            looks = [calendar.position(label) for label in scenario.claim.looks]
            # Every period from the third after the start to the last but one.
            assert looks == list(range(38, calendar.n - 1))
            ends.setdefault(truth, []).append(calendar.n)
    assert ends["half"] == ends["true"] == ends["harmful"]
    for found in ends.values():
        assert 42 <= min(found) < max(found) <= 48
    assert np.mean(ends["null"]) == pytest.approx(np.mean(ends["true"]), abs=1.5)


def test_an_end_set_beforehand_does_not_hang_on_the_outcome() -> None:
    # Were it the first lucky look of these figures, some would show a gain of chance alone.
    gains = []
    for seed in range(40):
        scenario = simulate.draw("looked_at_and_stopped", seed=seed, true_share=0.0)
        values = -scenario.panel.matrix("outcome")
        change = values[:, 24:].mean(axis=1) - values[:, :24].mean(axis=1)
        gains.append(change[:10].mean() - change[10:].mean())
    assert abs(np.mean(gains)) < 4 * np.std(gains) / np.sqrt(len(gains))


STILL: dict[str, Any] = {
    "noise": 0.0,
    "shock_sd": 0.0,
    "season": 0.0,
    "n_units": 8,
    "n_treated": 2,
    "unit_sd": 0.0,
}


def test_early_help_is_anticipation_of_which_nothing_is_true() -> None:
    gain = 20 - simulate.draw("early_help", seed=1, size=2.0, **STILL).panel.matrix("outcome")
    twin = 20 - simulate.draw("anticipation", seed=1, size=2.0, **STILL).panel.matrix("outcome")
    np.testing.assert_allclose(gain, twin)
    assert simulate.draw("early_help", seed=1).truth.effect == 0
    for truth in TRUTHS:
        told = FAMILIES["early_help"].draw(seed=1, truth=truth).truth
        assert told.allowed == ("inconclusive", "not_evaluable")


def test_a_late_trend_begins_half_a_year_before_and_shows_the_claim() -> None:
    gain = 20 - simulate.draw("late_trend", seed=1, size=2.0, **STILL).panel.matrix("outcome")
    assert np.allclose(gain[:, :19], 0)
    assert np.allclose(gain[2:], 0)
    steps = np.diff(gain[0, 18:])
    assert np.allclose(steps, steps[0])
    assert gain[0, 24:].mean() - gain[0, :24].mean() == pytest.approx(2.0)


@pytest.mark.parametrize("name", ["early_help", "late_trend"])
def test_new_families_have_the_standard_setting(name: str) -> None:
    assert FAMILIES[name].settings == FAMILIES["clean"].settings
    assert FAMILIES[name].truths == tuple(TRUTHS)
