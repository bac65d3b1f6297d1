"""The evaluation as a record: saved, read back, shown."""

from __future__ import annotations

import json

import pytest

import innoeval as ie
from innoeval.records import Assumption


@pytest.fixture(scope="module")
def ev() -> ie.Evaluation:
    case = ie.simulate.draw(seed=3, n_units=12, n_treated=1, size=2.0)
    return ie.evaluate(case.claim, case.panel)


def test_it_compares_equal_after_the_round_trip(ev: ie.Evaluation) -> None:
    text = ev.to_json()
    assert ie.Evaluation.from_json(text) == ev
    assert ie.Evaluation.from_json(text).to_json() == text


def test_unbounded_ends_and_missing_values_survive(ev: ie.Evaluation) -> None:
    # One of twelve units: no interval at 95 % has an end, and the path has none before the start.
    assert ev.estimate is not None
    assert ev.estimate.conf_int == (-float("inf"), float("inf"))
    plain = json.loads(ev.to_json())
    assert plain["estimate"]["conf_int"] == ["-inf", "inf"]
    assert "missing" in plain["estimate"]["path"]["effect"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "not JSON"),
        (lambda _: "[]", "no Evaluation"),
        (lambda text: text.replace('"Evaluation"', '"Claim"'), "no Evaluation"),
        (lambda text: text.replace('"format": 1', '"format": 99'), "format 99"),
        (lambda text: text.replace('"certainty"', '"certainly"'), "cannot be read back"),
        (lambda text: text.replace('"n_units": 12', '"n_units": "twelve"'), "cannot be read back"),
    ],
)
def test_what_is_no_evaluation_is_refused_by_name(ev: ie.Evaluation, change, said: str) -> None:
    with pytest.raises(ie.errors.RecordError, match=said):
        ie.Evaluation.from_json(change(ev.to_json()))


def test_what_no_check_could_probe_is_listed(ev: ie.Evaluation) -> None:
    assert Assumption.no_spillover in ev.not_examined
    assert Assumption.parallel_trends not in ev.not_examined


def test_the_card_escapes_what_users_write() -> None:
    from dataclasses import replace

    case = ie.simulate.draw(seed=3, n_units=12)
    claim = replace(case.claim, innovation="<script>alert(1)</script>")
    card = ie.evaluate(claim, case.panel)._repr_html_()
    assert "<script>" not in card
    assert "&lt;script&gt;" in card
    assert "<caption" in card


def test_the_text_names_the_verdict_and_every_question(ev: ie.Evaluation) -> None:
    text = str(ev)
    assert ev.verdict.status in text
    assert all(finding.question in text for finding in ev.findings)
