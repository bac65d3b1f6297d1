"""Who gained: groups held together, and the gap."""

from __future__ import annotations

import numpy as np
import pytest
from tests.panels import claim_on, panel_of

from innoeval.errors import ClaimError, RunError
from innoeval.portfolio import who_gained
from innoeval.records import Claim, Panel

#: Twelve treated and twelve comparison units: even ones are deprived and wait 10 days longer.
DEPRIVED, WELL_OFF = [f"u{i:02d}" for i in range(0, 24, 2)], [f"u{i:02d}" for i in range(1, 24, 2)]
GROUPS = {"deprived": DEPRIVED, "well off": WELL_OFF}
CLAIM = claim_on(range(12), 10, size=3.0)


def service(gain_deprived: float, gain_well_off: float, seed: int = 1) -> Panel:
    rng = np.random.default_rng(seed)
    y = 30 + rng.normal(0, 1, (24, 16)) + 10 * (np.arange(24) % 2 == 0)[:, None]
    y[0:12:2, 10:] -= gain_deprived
    y[1:12:2, 10:] -= gain_well_off
    return panel_of(y)


def test_effects_by_group_and_the_gap_that_widened() -> None:
    found = who_gained(CLAIM, service(1.0, 5.0), GROUPS)
    rows = found.groups.set_index("group")
    assert rows.loc["deprived", "conf_low"] < 1 < rows.loc["deprived", "conf_high"]
    assert rows.loc["well off", "conf_low"] < 5 < rows.loc["well off", "conf_high"]
    assert rows["n_treated"].tolist() == [6, 6]
    assert rows["n_comparison"].tolist() == [6, 6]
    gap = found.gap
    assert gap is not None
    assert (gap.best, gap.worst) == ("well off", "deprived")
    assert gap.before == pytest.approx(10, abs=0.7)
    assert gap.after == pytest.approx(14, abs=0.9)
    assert gap.interval.low < -4 < gap.interval.high < 0


def test_groups_of_people_are_metrics() -> None:
    base, other = service(0.0, 0.0, 2), service(3.0, 3.0, 3)
    frame = base.frame.assign(y_men=base.frame["y"], y_women=other.frame["y"])
    panel = Panel(frame=frame, unit="unit", period="year", freq="year",
                  outcomes=("y", "y_men", "y_women"))  # fmt: skip
    found = who_gained(CLAIM, panel, {"men": "y_men", "women": "y_women"}).groups
    assert found["estimate"].tolist() == pytest.approx([0, 3], abs=0.9)


def test_the_family_is_held_together() -> None:
    """Four groups, nothing happened: any shown in at most 5 % of draws."""
    groups = {f"g{k}": [f"u{i:02d}" for i in range(24) if i % 4 == k] for k in range(4)}
    wrong = 0
    for seed in range(15):
        found = who_gained(CLAIM, service(0.0, 0.0, 100 + seed), groups).groups
        wrong += bool(((found["conf_low"] > 0) | (found["conf_high"] < 0)).any())
        assert (found["p_value"] <= 1).all()
    # 15 draws at 5 %: more than 3 are seen in 0.6 % of such tests.
    assert wrong <= 3


def test_a_group_without_comparison_units_borrows_them() -> None:
    groups = {"few": [f"u{i:02d}" for i in range(6)], "rest": [f"u{i:02d}" for i in range(6, 24)]}
    found = who_gained(CLAIM, service(3.0, 3.0), groups).groups
    assert found["n_comparison"].tolist() == [12, 12]


@pytest.mark.parametrize(
    ("groups", "word"),
    [
        ({"a": ["u00"], "b": ["u00", "u01"]}, "'u00' stands in 'a' and in 'b'"),
        ({"a": ["u00"], "b": ["u99"]}, "the unit 'u99'"),
        ({"a": ["u00"], "b": ["u20"]}, "group 'b' holds no treated unit"),
        ({"a": "y", "b": "z"}, "the metric 'z'"),
    ],
)
def test_groups_that_cannot_be(groups: dict[str, object], word: str) -> None:
    with pytest.raises(ClaimError, match=word):
        who_gained(CLAIM, service(0.0, 0.0), groups)  # type: ignore[arg-type]


def test_one_group_is_none() -> None:
    with pytest.raises(RunError, match="two groups at least"):
        who_gained(CLAIM, service(0.0, 0.0), {"all": DEPRIVED})


def test_the_worst_of_many_groups_is_picked_by_chance_too() -> None:
    """Twelve groups alike, one treated unit each, nothing happened: the worst seems to catch up."""
    groups = {f"g{k}": [f"u{k:02d}", f"u{k + 12:02d}"] for k in range(12)}
    rng = np.random.default_rng(5)
    away, claim = [], claim_on(range(12), 4, size=3.0)
    for _ in range(4):
        gap = who_gained(claim, panel_of(30 + rng.normal(0, 1, (24, 16))), groups).gap
        assert gap is not None
        assert gap.interval.low < 0
        away.append(gap.narrowed)
    assert np.mean(away) > 0


@pytest.mark.parametrize(
    ("claim", "periods", "why"),
    [
        (claim_on(range(12), 0, size=3.0), 16, "the panel begins in 2000; add periods from before"),
        # All have it, and four years of one series are too few for any design.
        (claim_on(range(24), 2, size=3.0), 4, "Cannot be evaluated"),
    ],
)
def test_groups_that_cannot_be_evaluated_say_why_and_have_no_gap(
    claim: Claim, periods: int, why: str
) -> None:
    y = service(2.0, 2.0).matrix("y")[:, :periods]
    found = who_gained(claim, panel_of(y), GROUPS)
    assert found.gap is None
    assert found.groups["status"].tolist() == ["not_evaluable"] * 2
    assert found.groups["estimate"].isna().all()
    assert all(why in said for said in found.groups["why_not"])
    # What the treated of each group got since the start is told all the same.
    n, launch = len(claim.treated), 2 if periods == 4 else 0
    since = [y[k:n:2, launch:].mean() for k in (0, 1)]
    assert found.groups["after"].tolist() == pytest.approx(since)
