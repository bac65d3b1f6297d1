"""The claim contradicts itself in no way, and its digest shows every edit."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from innoeval.errors import ClaimError
from innoeval.records import Claim, Event
from innoeval.records.claim import _canonical

GIVEN = {
    "id": "desk", "innovation": "One-stop desk", "outcome": "days", "better": "lower",
    "treated": {"North": "2023-01", "East": "2023-04"}, "size": 0.15,
}  # fmt: skip
CHANGED = {
    "id": "lobby", "innovation": "Lobby", "outcome": "hours", "better": "higher",
    "treated": {"North": "2023-01", "East": "2023-05"}, "size": 0.16, "scale": "absolute",
    "smallest_effect": 0.05, "windows": (("2022-01", "2022-12"), ("2023-04", "2023-12")),
    "events": (Event(period="2023-03", scope="all", what="law"),), "family": "permits",
    "source": "Press", "statement": "faster", "registered_on": "2022-01-01",
    "published_on": "2024-01-01", "version_of": "desk-0", "cost": 1.0, "assignment": "lottery",
    "definition_changes": ("2023-01",), "looks": ("2023-03", "2023-06"),
    "adopters": {"North": "2023-01", "East": "2023-04", "South": "2023-01"},
}  # fmt: skip


def made(**changes: object) -> Claim:
    return Claim(**(GIVEN | changes))


def refusal(**changes: object) -> str:
    with pytest.raises(ClaimError) as caught:
        made(**changes)
    return str(caught.value)


def test_changed_holds_every_field():
    assert set(CHANGED) == {field.name for field in dataclasses.fields(Claim)}


@pytest.mark.parametrize("field", CHANGED)
def test_an_edit_of_any_field_shows_in_the_digest(field):
    assert made(**{field: CHANGED[field]}).digest != made().digest


def test_equal_claims_have_equal_digests():
    one, other = made(), made(treated=dict(reversed(GIVEN["treated"].items())))
    assert one.digest == other.digest == made(size="0.15").digest
    assert one == other
    assert hash(one) == hash(other)
    assert len({one.digest, made(events=[Event(period="2023", scope="all", what="x")]).digest}) == 2


def test_an_event_shows_each_of_its_parts():
    event = Event(period="2023-03", scope=("North", "East"), what="law")
    changes = (
        {"period": "2023-04"},
        {"scope": ("East", "North")},
        {"scope": "treated"},
        {"what": ""},
    )
    digests = {made(events=[dataclasses.replace(event, **c)]).digest for c in ({}, *changes)}
    assert len(digests) == 5


def test_it_is_frozen():
    claim = made()
    with pytest.raises(dataclasses.FrozenInstanceError):
        claim.size = 0.2
    with pytest.raises(TypeError):
        claim.treated["North"] = "2020-01"
    assert copy.deepcopy(claim) == claim
    assert pickle.loads(pickle.dumps(claim)).digest == claim.digest  # noqa: S301 - made just here


def test_two_ways_of_naming_the_treated():
    listed = made(treated=["North", "East"], start="2023-01")
    assert listed == made(treated={"North": "2023-01", "East": "2023-01"})
    assert made(treated="North", start=2011).treated == {"North": "2011"}
    assert listed.units == ("North", "East")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": " "}, "a claim, column 'id': id is empty; say the id"),
        ({"innovation": ""}, "claim 'desk', column 'innovation': innovation is empty"),
        ({"outcome": ""}, "column 'outcome': outcome is empty"),
        ({"better": "faster"}, "better is 'faster'; write lower or higher"),
        ({"scale": "percent"}, "scale is 'percent'; write relative or absolute or percentage_points"),
        ({"assignment": "random"}, "assignment is 'random'"),
        ({"treated": {}}, "no treated unit is named"),
        ({"treated": {" ": "2023"}}, "no treated unit is named"),
        ({"treated": ["North"]}, "treated= lists units but no start"),
        ({"start": "2023"}, "start= is given, and treated= names a start for each unit"),
        ({"size": 0}, "size is 0; an improvement is a positive number whatever its direction"),
        ({"size": -0.1}, "size is -0.1"),
        ({"size": float("nan")}, "size is nan"),
        ({"size": float("inf")}, "size is inf"),
        ({"size": "much"}, "size is 'much'"),
        ({"smallest_effect": 0}, "smallest_effect is 0"),
        ({"size": 1}, "size 1 on the scale 'relative' means 100 %; write 0.01 for 1 %"),
        ({"size": 15}, "size 15 on the scale 'relative' means 1,500 %; write 0.15 for 15 %"),
        ({"size": 5, "better": "higher"}, "size 5 on the scale 'relative' means 500 %"),
        ({"smallest_effect": 5}, "smallest_effect 5 on the scale 'relative' means 500 %"),
        ({"size": 101, "scale": "percentage_points"}, "a share has 100 points at most"),
        ({"windows": ("2022", "2023")}, "first and last period before"),
        ({"windows": [("2022", "2023")]}, "windows is [('2022', '2023')]"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes, message):
    assert message in refusal(**changes)


def test_a_percent_slip_is_asked_about_whichever_way_is_better():
    for better in ("lower", "higher"):
        assert "size 3 on the scale 'relative' means 300 %; write 0.03 for 3 %" in refusal(
            size=3, better=better
        )


def test_a_unit_starts_once():
    said = refusal(treated={"North": "2021-01", " North ": "2021-03"})
    assert "'North' starts in 2021-01 and in 2021-03" in said


def test_a_cost_an_event_and_a_change_are_what_they_are_called():
    assert "cost is 'abc'" in refusal(cost="abc")
    assert "cost is nan" in refusal(cost=float("nan"))
    assert "'x' is no event" in refusal(events=["x"])
    assert made(definition_changes="2021-01").definition_changes == ("2021-01",)


def test_every_fault_is_listed_at_once():
    assert refusal(size=-1, better="faster", outcome="").startswith("3 faults:")


def test_what_may_be_is_taken():
    assert made(size=0.99, better="higher").size == 0.99
    assert made(size=15, scale="absolute").size == 15
    assert made(size=None).size is None


def test_an_event_reaches_all_the_treated_or_units():
    assert Event(period=2023, scope=["North ", "East"], what="").scope == ("North", "East")
    with pytest.raises(ClaimError, match="event scope 'North' is not known; write 'all'"):
        Event(period="2023", scope="North", what="")


def test_adopters_hold_the_treated_and_leave_older_digests_as_they_were():
    # The digest of this claim as it was before claims could name adopters.
    assert made().digest == "2b19c3f79262ed2497aec6071630ed6de74e761afdad04e05f7aad1d510ccb87"
    named = made(treated=["North"], start="2023-01", adopters=["South", "West"])
    assert named.adopters == {"North": "2023-01", "South": "2023-01", "West": "2023-01"}
    assert made(adopters={"South": "2023-02"}).adopters["South"] == "2023-02"
    assert "without a start" in refusal(adopters=["South"])
    assert "'North' starts in 2023-01 and in 2023-09" in refusal(adopters={"North": "2023-09"})


def test_looks_are_periods_and_a_claim_without_them_keeps_its_digest():
    assert made(looks="2023-06").looks == ("2023-06",)
    assert made(looks=()).digest == made().digest
    assert "looks" not in _canonical(made())
