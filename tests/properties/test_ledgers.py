"""Registers and ledgers: whatever is done to them afterwards shows."""

from __future__ import annotations

import json
from dataclasses import fields

import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.properties.posed import tried

import innoeval as ie
from innoeval.claims import held_against
from innoeval.claims.ledger import Ledger, entered, ledger_of
from innoeval.records import Claim
from innoeval.records.saved import dump, load

words = st.text("abcXYZ 019'\"äß书;:|{}\\\n", min_size=1, max_size=8).map(lambda t: f"w{t.strip()}")
plain_words = st.text("abcXYZ19", min_size=2, max_size=8)
units = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=5, unique=True)
some = tried(12)


@st.composite
def claims(draw: st.DrawFn, name: str | None = None) -> Claim:
    scale = draw(st.sampled_from(["relative", "absolute", "percentage_points"]))
    size = draw(st.one_of(st.none(), st.floats(0.01, 0.99)))
    return Claim(
        id=name or draw(words), innovation=draw(words), outcome=draw(words), scale=scale, size=size,
        better=draw(st.sampled_from(["lower", "higher"])),
        treated={u: f"{2015 + draw(st.integers(0, 9))}" for u in draw(units)},
        source=draw(st.text(max_size=8)), cost=draw(st.one_of(st.none(), st.floats(1, 1e9))),
    )  # fmt: skip


registers = st.lists(claims(), min_size=1, max_size=5, unique_by=lambda c: c.id)


def text_of(listed: list[Claim]) -> str:
    return "".join(e.line for e in entered(Ledger(), listed, "2023-01-15T09:30:00Z").entries)


@given(listed=registers)
@some
def test_a_ledger_is_read_back_as_it_was_written(listed: list[Claim]) -> None:
    ledger = ledger_of(text_of(listed))
    assert ledger.stands
    assert [entry.claim for entry in ledger.entries] == listed
    assert held_against(ledger, listed, ledger.head) == ()


@given(listed=registers, data=st.data())
@some
def test_any_changed_character_shows(listed: list[Claim], data: st.DataObject) -> None:
    text = text_of(listed)
    place = data.draw(st.integers(0, len(text) - 2))
    new = data.draw(st.sampled_from('0aZ,:"{} 9\n'))
    assume(text[place] != new)
    edited = ledger_of_or_none(text[:place] + new + text[place + 1 :])
    assert edited is None or not edited.stands or json_equal(text, place, new)


def ledger_of_or_none(text: str) -> Ledger | None:
    try:
        return ledger_of(text)
    except ie.errors.RecordError:
        return None


def json_equal(text: str, place: int, new: str) -> bool:
    """Whether the change is one of spaces or spelling that leaves every value as it is."""
    edited = text[:place] + new + text[place + 1 :]
    try:
        return [json.loads(a) for a in text.splitlines()] == [
            json.loads(b) for b in edited.splitlines()
        ]
    except ValueError:
        return False


@given(listed=st.lists(claims(), min_size=3, max_size=6, unique_by=lambda c: c.id), data=st.data())
@some
def test_any_removed_or_moved_line_shows(listed: list[Claim], data: st.DataObject) -> None:
    lines = text_of(listed).splitlines(keepends=True)
    head = ledger_of("".join(lines)).head
    place = data.draw(st.integers(0, len(lines) - 1))
    without = ledger_of("".join(lines[:place] + lines[place + 1 :]))
    last = place == len(lines) - 1
    assert without.stands == last  # only the published hash shows that the end is gone
    assert (
        any(b.kind == "rewritten" for b in held_against(without, listed, head)) == last or not last
    )
    order = data.draw(st.permutations(lines))
    assume(list(order) != lines)
    assert not ledger_of("".join(order)).stands


@given(one=claims(name="c"), other=claims(name="c"))
@some
def test_every_later_edit_is_named_field_by_field(one: Claim, other: Claim) -> None:
    found = held_against(ledger_of(text_of([one])), [other])
    changed = {f.name for f in fields(Claim) if getattr(one, f.name) != getattr(other, f.name)}
    assert bool(changed) == any(b.kind == "changed" for b in found)
    told = " ".join(b.says for b in found)
    assert all(name in told for name in changed)


@given(listed=registers, seed=st.randoms(use_true_random=False))
@some
def test_digests_know_values_and_not_their_order(listed: list[Claim], seed: object) -> None:
    shuffled = list(listed)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (ie.ClaimRegister(claims=tuple(c)) for c in (listed, shuffled))
    assert one.digest == other.digest
    turned = Claim(**{f.name: getattr(listed[0], f.name) for f in fields(Claim) if f.name != "treated"},
                   treated=dict(reversed(listed[0].treated.items())))  # fmt: skip
    assert turned.digest == listed[0].digest


@given(one=claims(name="c"), other=claims(name="c"))
@some
def test_two_claims_share_a_digest_only_where_they_are_one(one: Claim, other: Claim) -> None:
    assert (one.digest == other.digest) == (one == other)


@given(one=claims())
@some
def test_a_claim_survives_json(one: Claim) -> None:
    back = load(Claim, dump(one))
    assert back == one
    assert back.digest == one.digest


@given(
    rows=st.lists(
        st.tuples(plain_words, st.floats(0.01, 0.9), units),
        min_size=1,
        max_size=4,
        unique_by=lambda r: r[0].casefold(),
    )
)
@tried(4)
def test_a_register_reads_the_same_from_a_table_and_from_json(rows, tmp_path_factory) -> None:
    listed = [
        {
            "id": f"c{name}",
            "innovation": name,
            "outcome": "days",
            "better": "lower",
            "size": size,
            "treated": dict.fromkeys(names, "2020"),
        }
        for name, size, names in rows
    ]
    path = tmp_path_factory.mktemp("register") / "claims.json"
    path.write_text(json.dumps(listed), encoding="utf-8")
    cells = [
        {**row, "treated": "; ".join(f"{u}: {p}" for u, p in row["treated"].items())}
        for row in listed
    ]
    assert ie.read_claims(path).digest == ie.read_claims(pd.DataFrame(cells)).digest
