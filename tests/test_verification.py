"""A published verdict, computed again from its data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import innoeval as ie
from innoeval import simulate
from innoeval.claims.ledger import Ledger, entered
from innoeval.errors import RecordError
from innoeval.records import Claim, Evaluation, Panel, Policy

SAVED = Path(__file__).parent / "reference" / "saved"


@pytest.fixture(scope="module")
def case() -> simulate.Scenario:
    return simulate.draw(seed=1, n_units=12, n_treated=6, size=2.0)


@pytest.fixture(scope="module")
def published(case: simulate.Scenario) -> Evaluation:
    return ie.evaluate(case.claim, case.panel)


def abouts(found: ie.Verification, *, breaks: bool = True) -> list[str]:
    return [d.about for d in found.differences if d.breaks == breaks]


def edited(ev: Evaluation, folder: Path, change: object) -> Path:
    plain = json.loads(ev.to_json())
    change(plain)  # type: ignore[operator]
    path = folder / "evaluation.json"
    path.write_text(json.dumps(plain))
    return path


def test_what_was_published_stands(case, published: Evaluation) -> None:
    found = ie.verify(published, case.panel)
    assert found.stands
    assert found.differences == ()
    assert "stands" in found.answer
    assert found.recomputed == published


@pytest.mark.parametrize("suffix", [".json", ".pdf", ".html"])
def test_a_brief_is_enough(case, published: Evaluation, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"brief{suffix}"
    if suffix == ".json":
        path.write_text(published.to_json(), encoding="utf-8")
    else:
        ie.write_brief(published, path, data=case.panel)
    assert ie.read_evaluation(path) == published
    assert ie.verify(path, case.panel).stands


def test_a_single_edited_value_of_the_data_shows(case, published: Evaluation) -> None:
    values = case.panel.matrix("outcome").copy()
    values[0, 3] += 1e-9
    found = ie.verify(published, case.panel.with_values("outcome", values))
    assert not found.stands
    assert abouts(found) == ["data"]
    values[0, 3] += 5
    found = ie.verify(published, case.panel.with_values("outcome", values))
    assert {"data", "numbers"} <= set(abouts(found))
    assert "average was" in found.differences[0].says
    assert "2021-04" in found.differences[0].says
    fewer = ie.verify(published, case.panel.drop_units([case.panel.units[-1]]))
    assert "units was 12 and is 11" in fewer.differences[0].says


def test_a_panel_that_the_claim_does_not_fit_is_no_proof(case, published: Evaluation) -> None:
    found = ie.verify(published, case.panel.drop_units(published.claim.units))
    assert not found.stands
    assert found.recomputed is None
    assert "cannot be held against" in found.differences[0].says


@pytest.mark.parametrize(
    ("change", "about", "told"),
    [
        (lambda e: e["verdict"].update(status="inconclusive", mark="not substantiated"),
         "verdict", "published was not substantiated"),
        (lambda e: e["verdict"].update(mark="does not hold up"), "record", "calls supported"),
        (lambda e: e["verdict"].update(certainty="high"), "verdict", "certainty high"),
        (lambda e: e["verdict"].update(reasons=["Fine."]), "record", "were edited"),
        (lambda e: e["estimate"].update(std_error=0.01), "numbers", "std error was 0.01 and is"),
        (lambda e: e["verdict"].update(interval=[1.9, 2.1]), "numbers", "interval (1) was 1.9"),
        (lambda e: e["claim"].update(size=0.5), "numbers", "claimed was"),
        (lambda e: e["policy"].update(shown_share=0.3), "policy", "digest"),
        (lambda e: e["findings"][0].update(status="clear"), "checks", "Checks answer otherwise"),
        (lambda e: e.update(design="SyntheticControl"), "design", "published was SyntheticControl"),
    ],
)  # fmt: skip
def test_every_edit_of_a_record_shows(case, published, tmp_path, change, about, told) -> None:
    if about == "checks":
        place = next(i for i, f in enumerate(published.findings) if f.status != "clear")

        def change(e: dict) -> None:
            e["findings"][place].update(status="clear")

    found = ie.verify(edited(published, tmp_path, change), case.panel)
    assert not found.stands
    assert about in abouts(found)
    assert told in str(found)


def test_another_version_does_not_break_a_verdict(case, published, tmp_path) -> None:
    def older(plain: dict) -> None:
        plain["provenance"] = [[k, "0.0" if k == "pandas" else v] for k, v in plain["provenance"]]
        del plain["verdict"]["p_holds_up"], plain["columns"], plain["flips"]

    found = ie.verify(edited(published, tmp_path, older), case.panel)
    assert found.stands
    assert abouts(found, breaks=False) == ["version"]
    assert "pandas 0.0 (now" in found.differences[0].says


def test_thresholds_that_came_later_and_unusual_ones_are_told(case, tmp_path) -> None:
    policy = Policy(shown_share=0.3)
    ev = ie.evaluate(case.claim, case.panel, policy=policy)
    found = ie.verify(ev, case.panel)
    assert found.stands
    assert [d.says for d in found.differences] == [
        "It was judged by shown_share 0.3; the usual one is 0.5."
    ]

    def older(plain: dict) -> None:
        import hashlib

        del plain["policy"]["check_weights"]
        from dataclasses import asdict

        kept = {k: v for k, v in asdict(policy).items() if k != "check_weights"}
        digest = hashlib.sha256(repr(sorted(kept.items())).encode()).hexdigest()
        plain["provenance"] = [[k, digest if k == "policy" else v] for k, v in plain["provenance"]]

    found = ie.verify(edited(ev, tmp_path, older), case.panel)
    assert found.stands
    assert "check_weights came later" in str(found)


def test_designs_that_were_asked_for_are_named(case) -> None:
    chosen = [ie.designs.CallawaySantAnna()]
    ev = ie.evaluate(case.claim, case.panel, designs=chosen)
    found = ie.verify(ev, case.panel)
    assert not found.stands
    assert "designs=[CallawaySantAnna" in str(found)
    assert ie.verify(ev, case.panel, designs=chosen).stands


def test_the_register_is_asked_too(case, published: Evaluation) -> None:
    claim = case.claim
    bigger = Claim(
        **{f: getattr(claim, f) for f in claim.__dataclass_fields__ if f != "size"}, size=0.9
    )
    honest = entered(Ledger(), [claim], "2020-01-01T00:00:00Z")
    assert ie.verify(published, case.panel, ledger=honest).stands
    found = ie.verify(
        published, case.panel, ledger=entered(Ledger(), [bigger], "2020-01-01T00:00:00Z")
    )
    assert not found.stands
    assert "size was 0.9" in str(found)
    absent = ie.verify(published, case.panel, ledger=Ledger())
    assert absent.stands
    assert "not on record" in str(absent)


def test_an_evaluation_of_the_first_format_still_loads_and_is_held_against_its_data() -> None:
    """Written on 24 November 2026 by innoeval 0.1.0; it is never made anew."""
    path = SAVED / "evaluation_format_1.json"
    ev = ie.read_evaluation(path)
    assert ev.verdict.status == "supported"
    assert ev.columns is None
    panel = ie.read_panel(
        SAVED / "evaluation_panel.csv", unit="unit", period="period", outcomes=["outcome"]
    )
    found = ie.verify(path, panel)
    assert ev.panel_fingerprint == panel.fingerprint
    assert not {"data", "policy", "record", "design"} & {
        d.about for d in found.differences if d.breaks
    }
    assert found.recomputed is not None
    assert found.recomputed.estimate.effect == pytest.approx(ev.estimate.effect, rel=1e-9)
    assert found.recomputed.verdict.status == ev.verdict.status


def test_other_formats_are_refused_by_name(published: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="format 2 and this innoeval reads format 1"):
        ie.read_evaluation(edited(published, tmp_path, lambda e: e.update(format=2)))
    unsaid = edited(published, tmp_path, lambda e: e.pop("format"))
    assert ie.read_evaluation(unsaid) == published


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF-1.7\n%%EOF\n", "carries no evaluation"),
        ("a.pdf", b"%PDF-1.7\n<</Type/EmbeddedFile/Filter/FlateDecode>>\nstream\nxxx\nendstream", "carries no evaluation"),
        ("a.html", b'<a href="data:application/gzip;base64,!!!">', "carries no evaluation"),
        ("a.html", b'<a href="data:application/gzip;base64,AAA">', "carries no evaluation"),
        ("a.json", b"\xff\xfe", "carries no evaluation"),
        ("a.json", b"[]", "holds no Evaluation"),
    ],
)  # fmt: skip
def test_files_without_an_evaluation_are_refused(tmp_path, name, content, told) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordError, match=told):
        ie.read_evaluation(tmp_path / name)


def test_a_bomb_in_a_brief_is_not_unpacked(tmp_path: Path, monkeypatch) -> None:
    import zlib

    monkeypatch.setattr("innoeval.briefs.read.LARGEST", 10_000)
    packed = zlib.compress(b'{"kind": ' + b" " * 1_000_000)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n<</Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n" + packed)
    with pytest.raises(RecordError, match="no evaluation is that large"):
        ie.read_evaluation(path)


def test_missing_values_in_numbers_are_equal(case, published: Evaluation) -> None:
    path = published.estimate.path
    holes = replace(path, comparison=np.full(len(path.period), np.nan))
    ev = replace(published, estimate=replace(published.estimate, path=holes))
    assert ie.verify(ev, case.panel).stands is False
    assert ie.verify(published, Panel(frame=case.panel.frame, unit="unit", period="period",
                                      freq="month", outcomes=("outcome",))).stands  # fmt: skip


def test_a_panel_read_with_other_columns_is_told_by_their_names(case) -> None:
    # The denominator and the balancing measures say what was read: a name, and a mapping.
    frame = case.panel.frame.assign(cases=100.0, backlog=1.0)
    frame["period"] = frame["period"].astype(str)
    roles = {"unit": "unit", "period": "period", "freq": "month", "outcomes": ("outcome",)}
    ev = ie.evaluate(case.claim, Panel(frame=frame, denominator="cases",
                                       balancing={"backlog": "lower"}, **roles))  # fmt: skip
    found = ie.verify(ev, Panel(frame=frame, **roles))
    data = next(d.says for d in found.differences if d.about == "data")
    assert "denominator was cases and is none" in data
    assert "balancing was backlog: lower and is none" in data


def test_where_nothing_was_estimated_no_period_is_compared(case) -> None:
    frame = case.panel.frame[case.panel.frame["period"] < case.panel.periods[26]]
    fields = {"unit": "unit", "period": "period", "freq": "month", "outcomes": ("outcome",)}
    short = Panel(frame=frame.assign(period=frame["period"].astype(str)), **fields)
    ours = case.claim.units
    short = short.drop_units([unit for unit in short.units if unit not in ours])
    ev = ie.evaluate(case.claim, short)
    assert ev.estimate is None
    values = short.matrix("outcome").copy()
    values[0, 0] += 1e-9
    found = ie.verify(ev, short.with_values("outcome", values))
    assert not found.stands
    assert "its extent and averages are the same, single values are not" in (
        found.differences[0].says
    )
