"""The register: ordered, frozen, looked up by id, held against a panel."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from innoeval import Claim, ClaimRegister, Panel
from innoeval.claims import hold_against
from innoeval.errors import ClaimError


def claim(name: str, **changes: object) -> Claim:
    given = {"id": name, "innovation": "Desk", "outcome": "days", "better": "lower",
             "treated": {"North": "2023-02"}, "size": 0.1}  # fmt: skip
    return Claim(**(given | changes))


A, B = claim("a"), claim("b", size=0.2)


def test_it_is_an_ordered_frozen_collection():
    register = ClaimRegister(claims=[A, B])
    assert list(register) == [A, B]
    assert len(register) == 2
    assert register.ids == ("a", "b")
    assert register["b"] is B
    assert "a" in register
    assert A in register
    assert "c" not in register
    assert hash(register) == hash(ClaimRegister(claims=(A, B), origin="elsewhere", rows=(2, 3)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        register.claims = ()


def test_an_unknown_id_gets_a_near_miss():
    register = ClaimRegister(claims=[claim("one-stop"), claim("fast-lane")], origin="c.csv")
    with pytest.raises(
        ClaimError, match=r"c.csv: there is no claim 'onestop'; did you mean 'one-s"
    ):
        register["onestop"]


def test_an_id_stands_there_once():
    with pytest.raises(
        ClaimError, match=r"c.csv, rows 2, 4, column 'id': the id 'a' stands there 2"
    ):
        ClaimRegister(claims=[A, B, A], origin="c.csv", rows=(2, 3, 4))


def test_its_digest_shows_an_edit_and_not_an_order():
    digest = ClaimRegister(claims=[A, B]).digest
    assert digest == ClaimRegister(claims=[B, A], origin="x", rows=(1, 2)).digest
    assert digest != ClaimRegister(claims=[A]).digest
    assert digest != ClaimRegister(claims=[A, claim("b", size=0.21)]).digest


def test_faults_against_a_panel_name_the_row_of_each_claim():
    frame = pd.DataFrame({"unit": ["North"] * 3, "month": ["2023-01", "2023-02", "2023-03"],
                          "days": [3.0, 2, 1]})  # fmt: skip
    panel = Panel(frame=frame, unit="unit", period="month", freq="month", outcomes=("days",),
                  origin="p.csv")  # fmt: skip
    register = ClaimRegister(
        claims=[A, claim("late", treated={"North": "2024-01"}), claim("off", outcome="day")],
        origin="c.csv",
        rows=(2, 3, 5),
    )
    assert [str(fault) for fault in hold_against(register, panel)] == [
        (
            "c.csv, row 3, column 'treated': claim 'late': North starts in 2024-01, and the panel ends "
            "in 2023-03; add periods from after the start"
        ),
        (
            "c.csv, row 5, column 'outcome': claim 'off': the outcome 'day' is not a metric of p.csv; "
            "did you mean 'days'?"
        ),
    ]
    assert hold_against(ClaimRegister(claims=[A]), panel) == ()
