"""The forest: what it draws, and the same in words."""

from __future__ import annotations

import numpy as np
import pytest
from tests.portfolio.portfolios import made

import innoeval as ie
from innoeval.plots import theme
from innoeval.records.pooled import Pooled


@pytest.fixture
def pooled() -> Pooled:
    rng = np.random.default_rng(1)
    rows = [
        {"id": f"site {i}", "estimate": e, "std_error": 0.3, "conf_low": e - 0.6,
         "conf_high": e + 0.6 if i else np.inf}
        for i, e in enumerate(rng.normal(1, 0.8, 6))
    ]  # fmt: skip
    return ie.pool(made(rows))["desk"]


def test_a_row_for_each_site_the_average_and_a_new_site(pooled: Pooled) -> None:
    figure, ax = theme.canvas(7, 4)
    assert ie.plots.forest(pooled, ax) is ax
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 8
    assert names[-2:] == ["Average of all sites", "A new site"]
    assert theme.svg(figure) == theme.svg(figure)


def test_the_same_in_words(pooled: Pooled) -> None:
    said = ie.plots.describe_forest(pooled)
    for word in ("6 sites of desk", "The average is", "a new site can expect"):
        assert word in said
