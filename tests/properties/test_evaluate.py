"""A whole evaluation: the verdict hangs on the numbers, not on how they are written down."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.posed import Drawn, asked, frame_of, many, noise, one, seeds, series, tried

import innoeval as ie
from innoeval.records import Claim, Evaluation, Panel

few = tried(2)
#: Panels on which a comparison, a donor pool or a single series decides.
POSED = {"comparison": many, "donors": one, "series": series}
posed = pytest.mark.parametrize("kind", sorted(POSED))


def drawn(kind: str, seed: int, effect: float | None = None) -> Drawn:
    rng = np.random.default_rng(seed)
    made = POSED[kind](rng)
    effect = rng.choice([-3.0, 0.0, 1.0, 4.0]) if effect is None else effect
    return made.but(made.values - effect * made.on)


def judged(made: Drawn, frame: pd.DataFrame | None = None, **more: object) -> Evaluation:
    panel, claim = asked(made, frame, **more)
    return ie.evaluate(claim, panel)


def with_fields(claim: Claim, **changed: object) -> Claim:
    kept = {f.name: getattr(claim, f.name) for f in fields(claim)}
    return Claim(**{**kept, **changed})


def answers(ev: Evaluation) -> dict[str, str]:
    return {finding.check: finding.status for finding in ev.findings}


@posed
@given(seed=seeds)
@few
def test_row_order_changes_not_a_byte(kind: str, seed: int) -> None:
    made = drawn(kind, seed)
    shuffled = frame_of(made).sample(frac=1, random_state=seed % 1000)
    assert judged(made, shuffled).to_json() == judged(made).to_json()


@posed
@given(seed=seeds)
@few
def test_the_same_question_gets_the_same_bytes_and_survives_json(kind: str, seed: int) -> None:
    ev = judged(drawn(kind, seed))
    text = ev.to_json()
    assert judged(drawn(kind, seed)).to_json() == text
    back = Evaluation.from_json(text)
    assert back == ev
    assert back.to_json() == text


@posed
@given(seed=seeds)
@few
def test_it_stands_when_it_is_computed_again(kind: str, seed: int) -> None:
    panel, claim = asked(drawn(kind, seed))
    assert ie.verify(ie.evaluate(claim, panel), panel).stands


@posed
@given(seed=seeds, power=st.integers(-8, 8))
@few
def test_units_of_measurement_change_no_verdict(kind: str, seed: int, power: int) -> None:
    """Powers of two, so that not even rounding differs."""
    made, factor = drawn(kind, seed), 2.0**power
    plain = judged(made)
    scaled = judged(made.but(made.values * factor), size=factor)
    assert scaled.verdict.status == plain.verdict.status
    assert scaled.verdict.certainty == plain.verdict.certainty
    assert answers(scaled) == answers(plain)
    assert scaled.estimate.effect == pytest.approx(plain.estimate.effect * factor, rel=1e-6)


@posed
@given(seed=seeds)
@few
def test_a_turned_metric_gets_the_mirrored_answer(kind: str, seed: int) -> None:
    made = drawn(kind, seed)
    plain, turned = judged(made), judged(made.but(-made.values), better="higher")
    assert turned.verdict.status == plain.verdict.status
    assert turned.estimate.improvement == pytest.approx(plain.estimate.improvement, abs=1e-6)
    assert turned.verdict.interval == pytest.approx(plain.verdict.interval, abs=1e-5)


@pytest.mark.parametrize("kind", ["comparison"])
@given(seed=seeds)
@few
def test_levels_and_common_shocks_change_no_verdict(kind: str, seed: int) -> None:
    made = drawn(kind, seed)
    rng = np.random.default_rng(seed + 1)
    shock = 4 * rng.normal(size=made.values.shape[1])
    plain, moved = judged(made), judged(made.but(made.values + 5 + shock))
    assert moved.estimate.effect == pytest.approx(plain.estimate.effect, abs=1e-8)
    assert moved.estimate.conf_int == pytest.approx(plain.estimate.conf_int, abs=1e-8)


@posed
@given(seed=seeds)
@few
def test_other_names_change_no_verdict(kind: str, seed: int) -> None:
    made = drawn(kind, seed)
    called = [f"Ward {chr(90 - i)}" for i in range(len(made.starts))]
    plain, renamed = judged(made), judged(made, called=called)
    assert renamed.estimate.effect == pytest.approx(plain.estimate.effect, abs=1e-6)
    assert renamed.design == plain.design
    if plain.verdict.breakdown is None or plain.verdict.breakdown > 0.1:
        assert renamed.verdict.status == plain.verdict.status


@posed
@given(seed=seeds)
@few
def test_an_unrelated_claim_text_changes_no_number(kind: str, seed: int) -> None:
    made = drawn(kind, seed)
    panel, claim = asked(made)
    plain = ie.evaluate(claim, panel)
    other = ie.evaluate(
        with_fields(claim, source="Council", statement="Better!", family="f"), panel
    )
    # How complete a claim's record is (TIDieR, Nesta) does depend on its texts.
    verdict = replace(other.verdict, standards=plain.verdict.standards)
    assert replace(other, claim=claim, verdict=verdict).to_json() == plain.to_json()


@posed
@given(seed=seeds, more=st.floats(1.01, 4))
@few
def test_a_larger_claim_on_the_same_data_is_never_better_supported(kind, seed, more) -> None:
    panel, claim = asked(drawn(kind, seed, effect=3.0), smallest_effect=0.5)
    small = ie.evaluate(claim, panel)
    large = ie.evaluate(with_fields(claim, size=claim.size * more), panel)
    assert large.estimate == small.estimate
    if large.verdict.status == "supported" and large.verdict.deciding == small.verdict.deciding:
        assert small.verdict.status == "supported"
    if small.verdict.status in {"harmful", "refuted"}:
        assert large.verdict.status not in {"supported", "partly_supported"}


@given(seed=seeds, share=st.floats(0.02, 0.4))
@tried(5)
def test_losing_data_never_turns_harm_into_support(seed: int, share: float) -> None:
    made = drawn("comparison", seed, effect=-4.0)
    if judged(made).verdict.status != "harmful":
        return
    rng = np.random.default_rng(seed + 3)
    holes = np.where(rng.random(made.values.shape) < share, np.nan, made.values)
    try:
        fewer = judged(made.but(holes))
    except ie.errors.InnoevalError:
        return
    assert fewer.verdict.status not in {"supported", "partly_supported"}


@given(seed=seeds)
@few
def test_losing_the_worst_rows_of_the_treated_is_not_passed_over(seed: int) -> None:
    """Rows that were left out because they look bad: support, if any, comes with a problem named."""
    rng = np.random.default_rng(seed)
    made = Drawn(noise(rng, 16, 12), np.where(np.arange(16) < 8, 6, 0))
    made = made.but(made.values + 3.0 * made.on)
    worst = np.where(made.on, made.values, -np.inf)
    gone = worst >= np.quantile(worst[made.on], 0.7)
    try:
        ev = judged(made.but(np.where(gone, np.nan, made.values)))
    except ie.errors.InnoevalError:
        return
    assert ev.verdict.status not in {"supported", "partly_supported"}


@given(seed=seeds)
@tried(2)
def test_a_batch_says_what_each_evaluation_says(seed: int) -> None:
    cases = {kind: asked(drawn(kind, seed), id=kind) for kind in POSED}
    claims = [claim for _, claim in cases.values()]
    portfolio = ie.evaluate_all(claims, {kind: panel for kind, (panel, _) in cases.items()})
    for kind, (panel, claim) in cases.items():
        assert portfolio[kind] == ie.evaluate(claim, panel)


@given(seed=seeds)
@tried(2)
def test_a_claim_gets_the_same_answer_in_any_company(seed: int) -> None:
    panel, claim = asked(drawn("comparison", seed))
    others = [with_fields(claim, id=f"o{i}", size=1.0 + i) for i in range(3)]
    alone = ie.evaluate_all([claim], panel)
    beside = ie.evaluate_all([*others, claim], panel)
    assert beside["c"].to_json() == alone["c"].to_json()


def kinds_of_table(frame: pd.DataFrame, folder: object) -> dict[str, object]:
    """One table as pandas, Arrow, DuckDB through ibis, and files."""
    import ibis
    import pyarrow as pa

    frame.to_csv(folder / "p.csv", index=False)
    frame.to_parquet(folder / "p.parquet")
    frame.to_excel(folder / "p.xlsx", index=False)
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    return {"pandas": frame, "arrow-backed pandas": frame.convert_dtypes(dtype_backend="pyarrow"),
            "arrow": arrow, "ibis": ibis.memtable(arrow),
            "csv": folder / "p.csv", "parquet": folder / "p.parquet", "excel": folder / "p.xlsx"}  # fmt: skip


@given(seed=seeds)
@tried(2)
def test_every_kind_of_table_gives_the_same_panel(seed: int, tmp_path_factory) -> None:
    made = drawn("comparison", seed)
    frame = frame_of(made)[["unit", "year", "y"]]
    rng = np.random.default_rng(seed)
    frame["y"] = frame["y"].round(9)  # a workbook holds 16 digits
    frame.loc[rng.random(len(frame)) < 0.1, "y"] = np.nan
    frame = frame.sample(frac=1, random_state=seed % 1000)
    folder = tmp_path_factory.mktemp("tables")
    prints = {}
    for kind, table in kinds_of_table(frame, folder).items():
        panel = ie.read_panel(table, unit="unit", period="year", outcomes=["y"])
        prints[kind] = panel.fingerprint
    assert len(set(prints.values())) == 1, prints


@given(seed=seeds, n=st.integers(1, 4))
@few
def test_units_that_are_never_mentioned_in_a_window_cut_do_not_stay(seed: int, n: int) -> None:
    panel, _ = asked(drawn("comparison", seed))
    gone = panel.units[-n:]
    cut = panel.drop_units(gone)
    whole = Panel(frame=panel.frame[~panel.frame["unit"].isin(gone)], unit="unit", period="year",
                  freq="year", outcomes=("y",), covariates=("on",))  # fmt: skip
    assert cut == whole
