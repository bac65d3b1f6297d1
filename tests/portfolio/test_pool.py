"""Sites pooled: against metafor in tests/stats; here what goes in, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.browser import pages
from tests.browser.pages import renamed
from tests.evaluations import build
from tests.panels import claim_on, panel_of
from tests.portfolio.portfolios import copied, made, own_panels

import innoeval as ie
from innoeval.errors import RunError
from innoeval.portfolio.rows import row
from innoeval.portfolio.shared import errors_together
from innoeval.records import Claim, Panel
from innoeval.stats.contrast import window_contrasts
from innoeval.stats.random_effects import random_effects


def sites(n: int = 8, **other: object) -> list[dict[str, object]]:
    rng = np.random.default_rng(1)
    return [{"estimate": rng.normal(1, 0.8), "std_error": 0.3, **other} for _ in range(n)]


def test_sites_of_one_innovation_are_pooled() -> None:
    rows = sites()
    found = ie.pool(made(rows), by="innovation")["desk"]
    fit = random_effects([r["estimate"] for r in rows], [0.09] * 8)
    assert found.estimate == fit.coefficients[0]
    assert found.tau == pytest.approx(np.sqrt(fit.tau2))
    assert found.new_site.low < found.conf_int.low < found.conf_int.high < found.new_site.high
    assert 0.5 < found.chance_better < 1
    assert found.sites["weight"].sum() == pytest.approx(1)
    assert "a new site can expect between" in str(found)
    tidy = ie.pool(made(rows)).tidy()
    assert tidy[["group", "n_sites", "scale"]].values.tolist() == [["desk", 8, "absolute"]]


def test_without_one_site() -> None:
    rows = [*sites(5), {"estimate": 9.0, "std_error": 0.3}]
    table = ie.pool(made(rows))["desk"].sites
    assert table.loc[table["without"].idxmin(), "estimate"] == 9.0


def test_a_moderator_explains_what_it_explains() -> None:
    rng = np.random.default_rng(2)
    rural = rng.integers(0, 2, 20)
    rows = [{"estimate": 1 + 2 * r + rng.normal(0, 0.2), "std_error": 0.2} for r in rural]
    values = {f"c{i:02d}": float(r) for i, r in enumerate(rural)}
    found = ie.pool(made(rows), moderators={"rural": values})["desk"]
    assert found.moderators is not None
    slope = found.moderators.set_index("term").loc["rural"]
    assert slope["conf_low"] < 2 < slope["conf_high"]
    assert found.moderators.attrs["tau"] < found.tau
    with pytest.raises(RunError, match="moderator 'rural' has no value for c05"):
        ie.pool(made(rows), moderators={"rural": {k: v for k, v in values.items() if k != "c05"}})


def test_what_cannot_be_averaged_is_left_out_with_the_reason() -> None:
    rows = [
        *sites(3, innovation="mixed scales"), {"innovation": "mixed scales", "scale": "relative"},
        *sites(3, innovation="two outcomes"), {"innovation": "two outcomes", "outcome": "cost"},
        *sites(2, innovation="too few"), {"innovation": "too few", "std_error": None},
    ]  # fmt: skip
    pools = ie.pool(made(rows))
    assert len(pools) == 0
    assert "absolute and relative" in pools.left_out["mixed scales"]
    assert "cost, days" in pools.left_out["two outcomes"]
    assert "2 of 3 claims" in pools.left_out["too few"]
    with pytest.raises(RunError, match="'too few' was not pooled: 2 of 3"):
        pools["too few"]
    with pytest.raises(RunError, match="no column 'city'"):
        ie.pool(made(rows), by="city")


def test_what_makes_an_interval_too_short_is_noted() -> None:
    alone = {"std_error": 1.0, "panel": "one", "design": "SegmentedRegression"}
    alike = [{"estimate": 1 + i / 50, "units": f"u{i}", **alone} for i in range(5)]
    found = ie.pool(made(alike))["desk"]
    assert found.conf_int.high - found.conf_int.low < 2 * 1.96 / np.sqrt(5)
    shared, short = found.notes
    assert shared.startswith("5 of 5 sites of one panel are each held against their own past")
    assert "shorter than those errors allow" in short
    assert shared in str(found)
    own = [{**row, "panel": f"p{i}"} for i, row in enumerate(sites())]
    assert ie.pool(made(own))["desk"].notes == ()


def test_sites_that_share_comparison_units_have_errors_alike() -> None:
    claims, panel = sharing_sites()
    portfolio = ie.evaluate_all(claims, panel, progress=False)
    rows = portfolio.tidy()
    errors = errors_together(portfolio, rows)
    assert not isinstance(errors, str)
    assert np.diag(errors) == pytest.approx(rows["std_error"] ** 2)
    # By hand: each site's mean change less that of the twelve other units.
    time = np.arange(12)
    change = window_contrasts(panel.matrix("y"), time[None] < 8, time[None] >= 8)[:, 0]
    added = []
    for k in range(3):
        ours = np.isin(np.arange(15), range(3 * k, 3 * k + 3))
        away = np.where(ours, change - change[ours].mean(), change - change[~ours].mean())
        added.append(away * np.where(ours, 1 / 3, -1 / 12))
    # Where influences add up to more than the standard error they are shrunk to it.
    kept = [min(1, np.sqrt(errors[k, k] / (added[k] @ added[k]))) for k in range(2)]
    assert kept == [1, pytest.approx(0.97, abs=0.01)]
    assert errors[0, 1] == pytest.approx(added[0] @ added[1] * kept[1])
    told = ie.pool(portfolio)["desk"]
    fit = random_effects(rows["estimate"], errors)
    assert (told.estimate, told.tau) == (fit.coefficients[0], np.sqrt(fit.tau2))
    assert told.sites["weight"].sum() == pytest.approx(1)
    assert "counted in" in told.notes[0]


def test_sites_whose_errors_may_be_alike_in_ways_not_known_are_left_out() -> None:
    rows = [
        {**row, "panel": "one", "design": "SyntheticControl", "units": f"u{i}"}
        for i, row in enumerate(sites(4))
    ]
    why = ie.pool(made(rows)).left_out["desk"]
    assert "how alike their errors are is not known for c00, c01" in why
    claims, panel = sharing_sites()
    same = [copied(claims[0], id=f"again {i}") for i in range(3)]
    why = ie.pool(ie.evaluate_all(same, panel, progress=False)).left_out["desk"]
    assert "say the same thing twice" in why
    versions = [{**row, "panel": "one", "design": "BeforeAfter", "units": f"a{i}; b"}
                for i, row in enumerate(sites(3))]  # fmt: skip
    assert "about the same units" in ie.pool(made(versions)).left_out["desk"]


def test_sites_of_one_unit_each_are_not_taken_for_one() -> None:
    """What a lone treated unit adds to its error is in no influence, only in the standard error."""
    values = 30 + np.random.default_rng(4).normal(0, 1, (24, 12))
    claims = [claim_on([k], 8, id=f"site {k}") for k in range(4)]
    portfolio = ie.evaluate_all(
        claims, panel_of(values), designs=[ie.designs.DifferenceInDifferences()], progress=False
    )
    errors = errors_together(portfolio, portfolio.tidy())
    assert not isinstance(errors, str)
    alike = errors / np.sqrt(np.outer(np.diag(errors), np.diag(errors)))
    # One of 24 units against the other 23: they have some 1 / 24 of their error in common.
    assert np.abs(alike - np.eye(4)).max() < 0.15


def test_sites_of_a_dataset_have_panels_of_their_own(tmp_path: Path) -> None:
    claims, panels = own_panels(3)
    frames = [panels[c.id].frame.assign(service=c.id) for c in claims]
    pd.concat(frames).assign(period=lambda f: f["period"].astype(str)).to_parquet(
        tmp_path / "services.parquet"
    )
    source = ie.portfolio.PanelDataset(
        tmp_path / "services.parquet", by="service",
        roles={"unit": "unit", "period": "period", "outcomes": ["outcome"]},
    )  # fmt: skip
    one = [copied(claim, innovation="desk") for claim in claims]
    there = ie.evaluate_all(one, source, progress=False)
    usual = ie.evaluate_all(one, panels, progress=False)
    assert there.tidy()["panel"].nunique() == 3
    assert ie.pool(there)["desk"].conf_int == ie.pool(usual)["desk"].conf_int
    assert ie.portfolio.two_lists(there).method.startswith("bh")


def test_claims_of_both_directions_are_no_sites_of_one() -> None:
    rows = [{**row, "better": better} for row, better in zip(
        sites(4), ["lower", "higher"] * 2, strict=True)]  # fmt: skip
    assert "lower days is better" in ie.pool(made(rows)).left_out["desk"]


def sharing_sites() -> tuple[list[Claim], Panel]:
    """Three sites of three units each, on one panel of fifteen."""
    values = 30 + np.random.default_rng(3).normal(0, 1, (15, 12))
    claims = [claim_on(range(3 * k, 3 * k + 3), 8, id=f"site {k}") for k in range(3)]
    return claims, panel_of(values)


def test_no_chance_is_told_as_certain() -> None:
    sure = [{"estimate": 9 + i / 10, "std_error": 0.1} for i in range(8)]
    assert str(ie.pool(made(sure))["desk"]).endswith("with a chance of over 99 %")


def test_groups_may_be_given_claim_by_claim() -> None:
    rows = sites(8)
    city = {f"c{i:02d}": "north" if i < 5 else "south" for i in range(8)}
    by_city = ie.pool(made(rows), by=city)
    assert {name: len(by_city[name].sites) for name in ("north", "south")} == {
        "north": 5,
        "south": 3,
    }
    assert by_city["north"].estimate == ie.pool(made(rows[:5]))["desk"].estimate


def test_moderators_that_say_the_same_explain_nothing() -> None:
    rural = {f"c{i:02d}": float(i % 2) for i in range(8)}
    urban = {name: 1 - value for name, value in rural.items()}
    assert ie.pool(made(sites()), moderators={"rural": rural})["desk"].moderators is not None
    both = ie.pool(made(sites()), moderators={"rural": rural, "urban": urban})["desk"]
    assert both.moderators is None


@pytest.mark.parametrize("influence", [None, np.zeros(14), np.ones(13)])
def test_how_alike_errors_are_is_known_from_whole_influences_alone(influence: object) -> None:
    rows = []
    for i in range(2):
        ev = renamed(build("overstated"), id=f"site {i}", treated=[f"U{i}"], start="2024-07")
        ev = replace(ev, estimate=replace(ev.estimate, influence=influence))
        rows.append({**row(ev), "panel": "one"})
    portfolio = pages.made(rows)
    why = errors_together(portfolio, portfolio.tidy())
    assert "how alike their errors are is not known for site 0, site 1" in str(why)
