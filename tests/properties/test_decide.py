"""The rule: what an interval says of a claim moves one way with the interval and with the claim."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties.posed import tried

from innoeval.decide import bar, margin, status_of
from innoeval.decide.regions import Bar
from innoeval.records import Claim, Interval, Policy
from innoeval.records.verdict import MARKS, Status

amounts = st.floats(-50, 50, allow_nan=False).map(lambda x: round(x, 3))
sizes = st.floats(0.01, 40).map(lambda x: round(x, 3))
shares = st.floats(0.05, 1)
#: From worst to best: no shift towards improvement moves a verdict down.
RANK: dict[Status, int] = {"harmful": 0, "refuted": 1, "overstated": 2, "inconclusive": 3,
                           "partly_supported": 4, "supported": 5}  # fmt: skip
many = tried(50)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    one, other = draw(amounts), draw(amounts)
    return Interval(min(one, other), max(one, other))


def claim(size: float | None, smallest: float | None = None) -> Claim:
    return Claim(id="c", innovation="i", outcome="y", better="lower", treated=["A"], start="2021",
                 size=size, scale="absolute", smallest_effect=smallest)  # fmt: skip


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    smallest = draw(st.one_of(st.none(), sizes))
    return bar(claim(draw(sizes), smallest), Policy())


@given(interval=intervals(), held=bars(), shift=st.floats(0, 60))
@many
def test_a_better_interval_never_gets_a_worse_verdict(interval, held, shift) -> None:
    better = Interval(interval.low + shift, interval.high + shift)
    assert RANK[status_of(better, held)] >= RANK[status_of(interval, held)]


@given(interval=intervals(), held=bars(), rise=st.floats(0, 60))
@many
def test_raising_one_end_alone_never_gets_a_worse_verdict(interval, held, rise) -> None:
    now = RANK[status_of(interval, held)]
    assert RANK[status_of(Interval(interval.low, interval.high + rise), held)] >= now
    raised = min(interval.low + rise, interval.high)
    assert RANK[status_of(Interval(raised, interval.high), held)] >= now


@given(interval=intervals(), size=sizes, more=st.floats(0, 40), smallest=sizes)
@many
def test_a_larger_claim_is_never_easier_to_show(interval, size, more, smallest) -> None:
    small, large = (bar(claim(c, smallest), Policy()) for c in (size, size + more))
    assert RANK[status_of(interval, large)] <= RANK[status_of(interval, small)]


@given(interval=intervals(), size=sizes, more=st.floats(0, 40))
@many
def test_nor_where_the_smallest_effect_is_a_share_of_it(interval, size, more) -> None:
    small, large = (bar(claim(c), Policy()) for c in (size, size + more))
    assert RANK[status_of(interval, large)] <= RANK[status_of(interval, small)]


@given(interval=intervals(), size=sizes, smallest=sizes, more=st.floats(0, 40))
@many
def test_a_higher_bar_is_never_easier_to_pass(interval, size, smallest, more) -> None:
    low, high = (bar(claim(size, s), Policy()) for s in (smallest, smallest + more))
    if status_of(interval, high) == "supported":
        assert status_of(interval, low) == "supported"


@given(interval=intervals(), held=bars(), part=shares, place=shares)
@many
def test_more_precise_data_never_overturn_a_mark(interval, held, part, place) -> None:
    """What a wide interval settles, every interval inside it says too."""
    width = (interval.high - interval.low) * part
    low = interval.low + place * (interval.high - interval.low - width)
    inside = status_of(Interval(low, min(low + width, interval.high)), held)
    settled = status_of(interval, held)
    if settled in {"supported", "overstated", "refuted", "harmful"}:
        assert MARKS[inside] == MARKS[settled]
    if settled == "partly_supported":
        assert RANK[inside] >= RANK["refuted"]
        assert inside != "harmful"


@given(interval=intervals(), size=sizes, smallest=sizes, power=st.integers(-6, 6))
@many
def test_units_of_measurement_do_not_matter(interval, size, smallest, power) -> None:
    factor = 2.0**power
    scaled = Interval(interval.low * factor, interval.high * factor)
    held, other = (bar(claim(size * k, smallest * k), Policy()) for k in (1.0, factor))
    assert status_of(scaled, other) == status_of(interval, held)


@given(interval=intervals(), held=bars(), part=st.floats(-0.999, 0.999))
@many
def test_within_its_margin_a_verdict_stands(interval, held, part) -> None:
    room = margin(interval, held)
    assume(1e-6 < room < float("inf"))
    moved = Interval(interval.low + part * room, interval.high + part * room)
    assert status_of(moved, held) == status_of(interval, held)


@given(interval=intervals(), held=bars())
@many
def test_just_beyond_its_margin_it_does_not(interval, held) -> None:
    room = margin(interval, held)
    assume(1e-6 < room < float("inf"))
    beyond = {
        status_of(Interval(interval.low + s, interval.high + s), held)
        for s in (room * (1 + 1e-6) + 1e-6, -room * (1 + 1e-6) - 1e-6)
    }
    assert beyond != {status_of(interval, held)}


@given(interval=intervals(), size=sizes, shown=st.lists(shares, min_size=2, max_size=2))
@many
def test_a_stricter_policy_supports_less(interval, size, shown) -> None:
    low, high = sorted(min(s, 0.8) for s in shown)
    easy, strict = (bar(claim(size), Policy(shown_share=s)) for s in (low, high))
    if status_of(interval, strict) == "supported":
        assert status_of(interval, easy) == "supported"


@given(interval=intervals())
@many
def test_without_a_number_only_improvement_and_harm_can_be_said(interval) -> None:
    held = bar(claim(None), Policy())
    said = status_of(interval, held)
    assert (said == "harmful") == (interval.high < 0)
    assert (said == "partly_supported") == (interval.low > 0)
    assert said != "supported"


@given(held=bars())
@many
def test_supported_and_overstated_never_hold_of_one_interval(held) -> None:
    edges = sorted({held.shown, held.overstated, held.cut, 0.0})
    ends = [e + d for e in edges for d in (-1e-3, 0.0, 1e-3)]
    for low, high in combinations(ends, 2):
        said = status_of(Interval(low, high), held)
        if said == "supported":
            assert high >= held.overstated
            assert low > held.shown
    assert np.isfinite(held.cut)
