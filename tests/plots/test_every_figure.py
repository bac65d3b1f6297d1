"""What holds of every figure: words stay on the page and off each other, and nothing is silent.

Snapshots are texts: the words of a figure and the data of its marks. To write them anew:
`INNOEVAL_SNAPSHOTS=write pytest tests/plots/test_every_figure.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.plots import cases as made
from tests.portfolio.portfolios import made as portfolio_of

from innoeval import plots
from innoeval.plots import theme
from innoeval.records import Component, Evaluation

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = (
    "counterfactual", "findings", "claim_against_estimate", "control_chart", "severity_curve",
    "event_study", "event_study_of_evaluation", "placebos_in_space", "placebos_in_time",
    "window_multiverse", "specification_curve", "donor_weights", "bacon_decomposition",
    "portfolio_map", "sequence_of_looks", "sequence_of_versions", "forest", "coverage",
)  # fmt: skip


@pytest.fixture(scope="module")
def known(build: Callable[..., Evaluation]) -> dict[str, made.Case]:
    return made.cases(build)


@pytest.fixture(scope="module")
def figure_of(known: dict[str, made.Case]) -> Callable[[str], Figure]:
    return cache(lambda name: made.finished(known[name][0]))


def test_every_figure_is_here_and_has_words(known: dict[str, made.Case]) -> None:
    assert set(known) == set(NAMES)
    drawn = {name for name in plots.__all__ if not name.startswith("describe_")}
    assert {f"describe_{name}" for name in drawn} == set(plots.__all__) - drawn
    here = " ".join(NAMES).replace("placebos_in", "placebo_distribution")
    assert {name for name in drawn if name not in here} == set()


@pytest.mark.parametrize("name", NAMES)
def test_words_stay_on_the_page_and_off_each_other(
    figure_of: Callable[[str], Figure], name: str
) -> None:
    assert made.outside(figure_of(name)) == []
    assert made.overlapping(figure_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_and_its_words_are_as_they_were(
    figure_of: Callable[[str], Figure], known: dict[str, made.Case], name: str
) -> None:
    told = made.snapshot(figure_of(name)) + f"in words: {known[name][1]()}\n"
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("INNOEVAL_SNAPSHOTS") == "write":
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_words_for_it_are_whole_sentences(known: dict[str, made.Case], name: str) -> None:
    said = known[name][1]()
    assert 40 < len(said) < 2000
    assert said.endswith(".")
    assert "nan" not in said
    assert " -" not in said  # a true minus sign


@pytest.mark.parametrize("name", NAMES[::2])
def test_axes_of_a_dark_style_come_back_with_dark_letters_on_paper(
    known: dict[str, made.Case], name: str
) -> None:
    with plt.style.context("dark_background"):
        figure, ax = plt.subplots()
        assert known[name][0](ax) is ax
    grounds = (figure.get_facecolor(), *(a.get_facecolor() for a in (ax, *ax.child_axes)))
    assert all(np.allclose(ground[:3], 1) for ground in grounds if ground[3] > 0)
    faint = [
        t.get_text()
        for t in made.texts(figure)
        if theme.contrast(to_hex(t.get_color()), theme.PAPER) < 4.5
    ]  # type: ignore[arg-type]
    assert faint == []
    plt.close(figure)


def test_new_axes_in_a_dark_style_are_paper() -> None:
    with plt.style.context("dark_background"):
        ax = plots.sequence(made.looks())
    assert np.allclose(ax.figure.get_facecolor(), 1)
    plt.close(ax.figure)


LONG: dict[str, Callable[[Evaluation, Axes | None], Axes]] = {
    "counterfactual, 10,000 periods": plots.counterfactual,
    "control chart, 10,000 periods": plots.control_chart,
    "event study, 10,000 event times": lambda _, ax: plots.event_study(made.study(-3000, 6999), made.HONEST, ax),
    "400 placebos": lambda _, ax: plots.placebo_distribution(made.in_space(400), ax),
    "windows of 10,000 periods": lambda _, ax: plots.window_multiverse(made.pairs_of(10_000, 7000, 40), ax),
    "400 donors": lambda _, ax: plots.donor_weights(made.imitation(400), ax),
    "1,600 comparisons": lambda _, ax: plots.bacon_decomposition(made.comparisons(40), ax),
    "400 claims": lambda _, ax: plots.portfolio_map(made.claims(400), ax=ax),
    "120 looks": lambda _, ax: plots.sequence(made.looks(120), ax=ax),
    "400 sites": lambda _, ax: plots.forest(made.sites(400), ax),
}  # fmt: skip


#: The fast suite draws these; the others are drawn with the slow tests.
QUICK = (
    "counterfactual, 10,000 periods",
    "event study, 10,000 event times",
    "400 claims",
    "400 sites",
)


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in LONG]
)
def test_much_is_drawn_with_few_words(build: Callable[..., Evaluation], name: str) -> None:
    ev = made.lengthened(build("supported"), 10_000, 7000)
    figure = made.finished(lambda ax: LONG[name](ev, ax))
    assert made.outside(figure) == []
    assert made.overlapping(figure) == []
    assert len(made.texts(figure)) < 80
    assert max(figure.get_size_inches()) <= 11


@pytest.mark.parametrize(
    "name",
    [
        n if n in {"findings", "window_multiverse"} else pytest.param(n, marks=pytest.mark.slow)
        for n in NAMES
    ],
)
def test_words_stay_on_a_page_as_narrow_as_a_phone(known: dict[str, made.Case], name: str) -> None:
    figure = made.finished(known[name][0], 3.7, 3.2)
    assert made.outside(figure) == []
    assert made.overlapping(figure) == []


def test_names_are_drawn_as_they_are_on_anybody_s_axes() -> None:
    names = ["$x^2$ \\frac{", "日本 <b>", "🚀 שלום", "a" * 5000, "two\nlines", ""]
    weights = [Component(term=f"weight of {name}", estimate=0.2) for name in names]
    placebos = replace(made.in_space(len(names)), labels=tuple(names), name=names[2])
    rows = [{"id": f"{i} {n}", "announced": 1.0, "estimate": 0.1 * i} for i, n in enumerate(names)]
    for draw in (
        lambda ax: plots.donor_weights(made.estimate(*weights), ax),
        lambda ax: plots.placebo_distribution(placebos, ax),
        lambda ax: plots.portfolio_map(portfolio_of(rows), ax=ax),
    ):
        figure, ax = plt.subplots(layout="constrained")
        draw(ax)
        assert b"<svg" in theme.svg(figure)
        assert made.outside(figure) == []
