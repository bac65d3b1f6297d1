"""What is saved comes back equal, and what is not ours is refused by name."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.evaluations import STATUSES, build

from innoeval.errors import ClaimError, RecordError
from innoeval.records import (
    Claim,
    Component,
    Estimate,
    Evaluation,
    Event,
    Finding,
    Interval,
    Policy,
)
from innoeval.records.saved import dump, load


@pytest.mark.parametrize("status", STATUSES)
def test_evaluations_come_back_equal_and_give_the_same_text(status):
    ev = build(status)
    text = ev.to_json()
    back = Evaluation.from_json(text)
    assert back == ev
    assert back.to_json() == text
    assert back.claim.digest == ev.claim.digest


def test_a_claim_with_every_field_comes_back():
    claim = Claim(
        id="d", innovation="Desk “α” \u2028", outcome="days", better="lower",
        treated={"Ü": "2023-01", "A": "2023-02"}, size=0.15, smallest_effect=0.05,
        windows=(("2022-01", "2022-02"), ("2023-03", "2023-04")), cost=1e9,
        events=(Event(period="2023", scope="all", what="x"),
                Event(period="2023", scope=("A", "B"), what='"')),
        definition_changes=("2022",), statement='"quoted"\n\\',
    )  # fmt: skip
    back = load(Claim, dump(claim))
    assert back == claim
    assert back.digest == claim.digest
    assert list(back.treated) == ["Ü", "A"]


def test_unbounded_ends_and_missing_numbers_are_valid_json():
    estimate = Estimate(
        design="D", estimand="", effect=-1.0, std_error=None, conf_int=Interval(-np.inf, np.inf),
        p_value=None, better="lower", baseline=2.0, observed=1.0, n_units=1, n_treated=1,
        n_clusters=1, n_obs=2, inference="", influence=np.array([np.nan, np.inf, 0.5]),
        components=(Component(term="t", estimate=1.0, conf_low=-np.inf),),
    )  # fmt: skip
    text = dump(estimate)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert load(Estimate, text) == estimate
    finding = Finding(check="c", probes=(), status="clear", severity="note", question="?", says=".",
                      bias=np.nan)  # fmt: skip
    assert np.isnan(load(Finding, dump(finding)).bias)


def test_policies_come_back():
    policy = Policy(strict=True, level=0.9)
    assert load(Policy, dump(policy)) == policy


def edited(change) -> str:
    plain = json.loads(build().to_json())
    change(plain)
    return json.dumps(plain)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "this is not JSON"),
        ("[" * 100000, "this is not JSON"),
        ("[1]", "this JSON holds no Evaluation; give a file that innoeval wrote"),
        ('{"kind": "Claim"}', "this JSON holds no Evaluation"),
        (edited(lambda e: e.update(format=0)), "has format 0 and this innoeval reads format 1"),
        (edited(lambda e: e.pop("verdict")), "this Evaluation cannot be read back"),
        (edited(lambda e: e.update(extra=1)), "this Evaluation cannot be read back"),
        (edited(lambda e: e["claim"].pop("size")), "this claim lacks a field"),
        (edited(lambda e: e["estimate"].update(effect="12")), "this Evaluation cannot be read back"),
        (edited(lambda e: e["estimate"].update(effect=True)), "this Evaluation cannot be read back"),
        (edited(lambda e: e["verdict"].update(status="true")), "this Evaluation cannot be read back"),
    ],
)  # fmt: skip
def test_what_was_not_saved_by_us_is_refused(text, message):
    with pytest.raises(RecordError) as caught:
        Evaluation.from_json(text)
    assert message in str(caught.value)


def test_a_saved_claim_is_checked_like_a_written_one():
    with pytest.raises((ClaimError, RecordError), match="size is -1"):
        Evaluation.from_json(edited(lambda e: e["claim"].update(size=-1.0)))
