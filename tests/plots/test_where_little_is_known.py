"""Figures and their words where a part is not known, is none, or is more than usual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection, PatchCollection
from tests.panels import claim_on, panel_of
from tests.plots import cases as made

from innoeval import plots
from innoeval.plots import labels, timeline
from innoeval.plots.lines import launch_position
from innoeval.plots.study import study_of
from innoeval.records import Component, Evaluation

Build = Callable[..., Evaluation]
MONTHS = tuple(f"{2023 + i // 12}-{i % 12 + 1:02d}" for i in range(30))


def said(ax: object) -> list[str]:
    return [text.get_text() for text in ax.texts]  # type: ignore[attr-defined]


def with_path(ev: Evaluation, **values: object) -> Evaluation:
    path = replace(ev.estimate.path, **values)  # type: ignore[union-attr,type-var]
    return replace(ev, estimate=replace(ev.estimate, path=path))  # type: ignore[type-var]


def cut(ev: Evaluation, some: slice) -> Evaluation:
    """The evaluation with some periods of its path."""
    path = ev.estimate.path  # type: ignore[union-attr]
    names = ("observed", "counterfactual", "effect", "low", "high", "comparison", "period")
    return with_path(ev, **{name: getattr(path, name)[some] for name in names})


def test_a_claim_without_any_number_has_neither_diamond_nor_dotted_line(build: Build) -> None:
    ev = build("x", found=(0.06, (0.03, 0.09)), size=None, smallest_effect=None)
    ax = plots.claim_against_estimate(ev)
    assert not any("Announced" in text for text in said(ax))
    assert [line.get_linestyle() for line in ax.lines].count("-") == len(ax.lines)
    told = plots.describe_claim_against_estimate(ev)
    assert "No size was announced. Improvement found: 6.0 % (3.0 to 9.0 %)." in told
    assert "dotted" not in told
    assert "dotted" in plots.describe_claim_against_estimate(build("supported"))


def test_a_share_without_an_error_is_a_mark_without_a_bar(build: Build) -> None:
    ev = build("overstated")
    bars = [len(line.get_xdata()) for line in plots.findings(ev).lines].count(2)
    loose = tuple(replace(finding, bias_se=None) for finding in ev.findings)
    ax = plots.findings(replace(ev, findings=loose))
    # The lines at no and at all of the claim stay.
    assert bars - [len(line.get_xdata()) for line in ax.lines].count(2) == 3


def test_a_series_that_stays_within_its_limits_has_no_mark_and_no_caveat(build: Build) -> None:
    ev = build("overstated")
    still = with_path(ev, observed=20.0 + np.tile([0.5, -0.5], 15))
    ax = plots.control_chart(still)
    assert [text for text in said(ax) if "◇" in text or "□" in text] == []
    assert ax.get_xlabel() == ""
    told = plots.describe_control_chart(still)
    assert "Outside the limits: 0 of 18 periods before the start, 0 of 12" in told
    assert "In a run of 7 or more on one side of the average from the start on: 0 periods" in told
    assert "hang together" not in told
    assert "hang together" in plots.describe_control_chart(ev)
    assert [text[0] for text in said(plots.control_chart(ev)) if text[0] in "◇□"] == ["□", "◇"]


def test_a_control_chart_needs_two_neighbours_before_the_start(build: Build) -> None:
    with pytest.raises(plots.control.BriefError, match="no two neighbouring values before"):
        plots.control_chart(cut(build("overstated"), slice(17, None)))


def test_analyses_of_a_claim_without_a_number_are_held_against_none() -> None:
    silent = replace(made.curve(), claimed=None, place=None)
    for curve, announced in ((made.curve(), True), (silent, False)):
        upper = plots.specification_curve(curve).child_axes[0]
        assert ("announced" in said(upper)) == announced
        words = plots.describe_specification_curve(curve)
        assert ("at least as much as was announced" in words) == announced


def test_many_comparisons_are_spread_by_the_root_of_their_weight() -> None:
    few, many = (plots.bacon_decomposition(made.comparisons(n)) for n in (3, 6))
    assert (few.get_xscale(), many.get_xscale()) == ("linear", "function")
    shown = [text.get_text() for text in many.get_xticklabels()]
    assert shown[0] == "0 %"
    assert shown[-1] == "5 %"
    right = made.comparisons(6).weight.max()
    assert max(many.get_xticks()) <= right
    assert (many.transScale.transform((right / 4, 0))[0]) == pytest.approx(np.sqrt(right) / 2)


def test_donors_that_were_never_left_out_have_weights_alone() -> None:
    weights = tuple(Component(term=f"weight of W{i}", estimate=0.025) for i in range(40))
    apart = Component(term="effect without W39", estimate=-1.4)
    for parts, words in (
        (weights, "40 of 60 donors; 10 with small weights not shown. The largest: W0 0.03"),
        ((*weights, apart), "without one donor it lies between -1.4 and -1.4".replace("-", "−")),
    ):
        of = made.estimate(*parts, design="SyntheticControl", n_units=61)
        # W39 is among those not shown, so that nothing stands beside the weights.
        assert plots.donor_weights(of).child_axes == []
        assert words in plots.describe_donor_weights(of)


def test_no_line_for_no_effect_where_all_are_far_from_it() -> None:
    near = made.imitation()
    wide = tuple(
        replace(part, estimate=-0.2 * k) if part.term.startswith("effect") else part
        for k, part in enumerate(near.components)
    )
    for parts, zero in ((near.components, []), (wide, ["-"])):
        side = plots.donor_weights(made.estimate(*parts)).child_axes[0]
        at_zero = [line.get_linestyle() for line in side.lines if list(line.get_xdata()) == [0, 0]]
        assert at_zero == zero


def test_effects_from_the_start_on_alone() -> None:
    told = plots.describe_event_study(made.study(0, 6))
    assert "Nothing is shown before the start. From then on they average" in told


def test_many_effects_without_a_band_have_one_shade() -> None:
    parts = tuple(
        replace(part, band_low=None, band_high=None) for part in made.study(-8, 60).components
    )
    for some, shades in ((made.study(-8, 60).components, 2), (parts, 1)):
        ax = plots.event_study(made.estimate(*some))
        bands = [c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)]
        assert sum(bool(band.get_paths()) for band in bands) == shades
        title = ax.get_title(loc="left").replace("\n", " ")
        assert title.startswith("Dark band: 95 % interval of each effect")
        assert ("light band" in title) == (shades == 2)


def test_of_many_honest_intervals_every_other_is_named() -> None:
    honest = made.HONEST.iloc[[0] * 7].assign(m=np.arange(7.0))
    honest.attrs = {"target": "average", "restriction": "the drift is at most m"}
    ax = plots.event_study(made.study(), honest)
    assert [text for text in said(ax) if text.isdigit()] == ["0", "2", "4", "6"]
    assert "Average, if trends\npart by up to m" in said(ax)
    honest.attrs = {}
    told = plots.describe_event_study(made.study(), honest)
    assert "The average effect: −2 to −1 for m = 0; " in told
    assert "There," not in told


def test_names_too_many_for_their_room_are_pushed_down_from_the_top() -> None:
    assert labels.apart([4.0, 4.5, 5.0], 1.0, 0.0, 5.0) == [3.0, 4.0, 5.0]
    assert labels.apart([0.0, 4.8], 1.0, 0.0, 5.0) == [0.0, 4.8]
    assert labels.apart([9.0], 1.0, 0.0, 5.0) == [5.0]


def test_the_start_is_at_an_end_of_a_path_that_does_not_reach_it(build: Build) -> None:
    ev = build("overstated")
    assert launch_position(ev) == 18
    assert launch_position(cut(ev, slice(0, 12))) == 12
    assert launch_position(cut(ev, slice(20, None))) == 0


def test_words_for_lines_leave_out_what_is_not_known(build: Build) -> None:
    ev = build("overstated")
    told = plots.describe_counterfactual(ev)
    for part in ("Observed: 21.8", "Expected without", "below the expected", "A shaded band"):
        assert part in told
    none = np.full(30, np.nan)
    late = np.where(np.arange(30) < 18, np.nan, ev.estimate.path.observed)
    bare = plots.describe_counterfactual(
        with_path(ev, observed=late, counterfactual=none, effect=none, low=none, high=none)
    )
    assert bare == (
        "Line chart of median_days_to_repair over 30 periods, Jan 2023 to Jun 2025, with the start in "
        "Jul 2024 marked. Comparison units: 19.9 on average before, 18.7 after."
    )


def test_thousands_are_separated(build: Build) -> None:
    ev = build("overstated", comparison=False)
    path = ev.estimate.path
    large = {
        name: 1000 * getattr(path, name) for name in ("observed", "counterfactual", "low", "high")
    }
    for drawn, commas in ((ev, False), (with_path(ev, **large), True)):
        ax = plots.counterfactual(drawn)
        ax.figure.draw_without_rendering()
        shown = [label.get_text() for label in ax.get_yticklabels()]
        assert all("," in text for text in shown) == commas


def test_placebos_without_names_are_random_groups() -> None:
    told = plots.describe_placebo_distribution(made.in_space(19, named=False))
    assert "random groups of units without the innovation, taken for treated" in told
    assert "None of 19 random groups shows an effect as large" in told


def test_a_real_effect_without_an_interval_has_no_bar() -> None:
    def bars(placebos: object) -> int:
        ax = plots.placebo_distribution(placebos)  # type: ignore[arg-type]
        return sum(line.get_linewidth() == 2.4 for line in ax.lines)

    assert bars(made.in_time()) == 1
    assert bars(replace(made.in_time(), real_low=None, real_high=None)) == 0


def test_many_looks_are_bands_and_a_line() -> None:
    few, many = (plots.sequence(made.looks(n)) for n in (40, 41))
    for ax, bands, words in ((few, 0, "Thick bars hold"), (many, 2, "The shaded band holds")):
        shaded = [c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)]
        assert len(shaded) == bands
        assert ax.get_title(loc="left").startswith(words)


def test_gaps_before_the_start_stand_with_effects_that_begin_at_it(build: Build) -> None:
    ev = build("overstated")
    after = tuple(
        Component(term="", event_time=t, estimate=-1.0, conf_low=-2.0, conf_high=0.0)
        for t in range(3)
    )
    begun = replace(ev, estimate=replace(ev.estimate, components=after))
    found = study_of(begun)
    assert found.time.tolist() == [*range(-18, 0), 0, 1, 2]
    path = ev.estimate.path
    np.testing.assert_allclose(found.effect[:18], (path.observed - path.counterfactual)[:18])
    assert found.effect[18:].tolist() == [-1.0] * 3
    several = replace(begun, measured=replace(ev.measured, launches=("2024-07", "2024-08")))
    assert study_of(several).time.tolist() == [0, 1, 2]


def test_a_map_of_cells_hatches_those_that_may_still_change() -> None:
    values = np.arange(20.0).reshape(4, 5)
    late = np.zeros((4, 5))
    late[:, 4] = 1
    plain = panel_of(values)
    frame = plain.frame.assign(late=late.ravel())
    panel = replace(plain, frame=frame, provisional="late")
    claim = claim_on([0, 9], 3)  # one of the two units is not in the panel
    cells = plots.tiles.tiles_of(panel, "y", claim)
    assert cells.tolist() == [[1, 1, 1, 2, 3], *[[1, 1, 1, 1, 3]] * 3]
    assert "15 value, 1 value, treated, 4 provisional." in plots.describe_coverage(panel, claim)
    for of, hatched in ((panel, 1), (plain, 0)):
        found = [c for c in plots.coverage(of, claim).collections if isinstance(c, PatchCollection)]
        assert [c.get_hatch() for c in found] == ["////"] * hatched


def test_an_axis_without_room_has_its_first_label_alone() -> None:
    assert timeline.ticks(MONTHS, width=4, size=8.5) == ([0], ["Jan 2023"])


def test_where_the_announced_windows_are_the_most_flattering_they_are_named_once() -> None:
    pairs = made.pairs_of()
    best = replace(pairs, stated=int(pairs.improvement.argmax()))
    assert [words[0] for words in said(plots.window_multiverse(best))] == ["◆"]
