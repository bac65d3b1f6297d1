"""The main job, end to end, on real data with published results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import innoeval as ie


def brief_of(ev: ie.Evaluation, folder: Path) -> bytes:
    return ie.write_brief(ev, folder / "brief.pdf").read_bytes()


def test_california_prop99(shared_data: Path, tmp_path: Path) -> None:
    panel = ie.read_panel(
        shared_data / "california_prop99.csv", unit="state", period="year", outcomes=["packs"]
    )
    claim = ie.Claim(
        id="prop-99", innovation="Tobacco tax and programme", outcome="packs", better="lower",
        treated=["California"], start="1989", size=27.3, scale="absolute",
        source="Difference-in-differences in Arkhangelsky et al. (2021), table 1",
    )  # fmt: skip
    ev = ie.evaluate(claim, panel)
    assert ev.design == "SyntheticDiD"
    assert ev.estimate is not None
    assert ev.estimate.effect == pytest.approx(-15.604, abs=2e-3)
    beside = {other.design: other.effect for other in ev.alternatives}
    assert beside["DifferenceInDifferences"] == pytest.approx(-27.349, abs=5e-4)
    assert beside["SyntheticControl"] == pytest.approx(-19.51, abs=5e-3)
    # One treated state: in units of its own misfit no other of the 39 changed as much. But that it
    # and its imitation were drifting apart is not ruled out, and so the data cannot tell.
    assert "placebos in space: 38 donors" in ev.estimate.inference
    assert ev.estimate.p_value == pytest.approx(1 / 39)
    assert ev.verdict.status == "inconclusive"
    assert "drifting apart" in " ".join(ev.verdict.reasons)
    assert brief_of(ev, tmp_path).startswith(b"%PDF")


def test_sicily_smoking(shared_data: Path, tmp_path: Path) -> None:
    # Bernal et al. (2017), IJE 46:348-355: acute coronary events with the smoking ban of January
    # 2005, from one series: rate ratio .885 (.839 to .933) with seasons, so 11.5 % of some 830 a
    # month, or 95. Counts per month without the offset for population have to be near that.
    import pandas as pd

    frame = pd.read_csv(shared_data / "sicily_smoking.csv")
    frame["where"] = "Sicily"
    frame["month"] = frame["year"].astype(str) + "-" + frame["month"].astype(str).str.zfill(2)
    panel = ie.read_panel(
        frame, unit="where", period="month", outcomes=["aces"], denominator="stdpop"
    )
    claim = ie.Claim(
        id="ban", innovation="Smoking ban", outcome="aces", better="lower", treated=["Sicily"],
        start="2005-01", size=0.11, smallest_effect=0.02,
    )  # fmt: skip
    ev = ie.evaluate(claim, panel)
    assert ev.design == "SegmentedRegression"
    assert ev.verdict.certainty in {"low", "very_low"}
    # Every other design says why it was not used: the list grows with the designs.
    told = {o.design: " ".join(o.reasons) for o in ev.objections}
    assert "every unit is treated" in told["DifferenceInDifferences"]
    assert "never decides" in told["BeforeAfter"]
    assert ev.design not in told
    level = next(c for c in ev.estimate.components if c.term == "level change")
    assert level.conf_low < -0.115 * 830 < level.conf_high < 0
    assert ev.estimate.n_obs == 59
    no_comparison = next(f for f in ev.findings if f.check == "no_comparison")
    assert no_comparison.status == "problem"
    assert brief_of(ev, tmp_path).startswith(b"%PDF")


def test_card_krueger(shared_data: Path, tmp_path: Path) -> None:
    import pandas as pd

    wide = pd.read_csv(shared_data / "card_krueger.csv")
    long = wide.melt(
        id_vars=["store", "nj"], value_vars=["fte_before", "fte_after"], value_name="fte"
    )
    long["wave"] = (long["variable"] == "fte_after").astype(int)
    panel = ie.read_panel(long, unit="store", period="wave", outcomes=["fte"])
    treated = wide.loc[wide["nj"] == 1, "store"].astype(str)
    claim = ie.Claim(
        id="wage", innovation="Minimum wage of $5.05", outcome="fte", better="higher",
        treated=[s for s in treated if np.isfinite(panel.matrix("fte")[panel.units.index(s)]).any()],
        start="1", smallest_effect=1.0, scale="absolute",
    )  # fmt: skip
    ev = ie.evaluate(claim, panel)
    assert ev.estimate.effect == pytest.approx(2.750, abs=0.005)
    assert ev.estimate.std_error == pytest.approx(1.34, abs=0.02)
    # With one period on each side nothing shows that both states would have moved together.
    assert ev.verdict.status == "inconclusive"
    assert "only one period before the start" in " ".join(f.says for f in ev.findings)
    assert brief_of(ev, tmp_path).startswith(b"%PDF")
