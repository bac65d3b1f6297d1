"""TIDieR says which field answers an item, and how far."""

from __future__ import annotations

import pytest
from tests.decide.evidence import claim_of, evidence, item

from innoeval.decide.standards.tidier import tidier

FULL = claim_of(treated=["A", "B", "C", "D"], statement="Fewer hand-overs", version_of="desk-1")


@pytest.mark.parametrize(
    ("number", "answer", "rule"),
    [("1", "yes", "The field innovation: Desk"), ("2", "in part", "The field statement: Fewer hand-overs"),
     ("7", "in part", "The field treated: A, B, C"), ("8", "in part", "The field treated: 2021-01"),
     ("10", "yes", "The field version_of: desk-1"),
     *((n, "not in the record", "A claim has no field for it.") for n in ("3", "4", "5", "6", "9", "11", "12"))],
)  # fmt: skip
def test_items_of_a_full_record(number: str, answer: str, rule: str) -> None:
    found = item(tidier, number, evidence(claim=FULL))
    assert (found.answer, found.rule) == (answer, rule)


def test_twelve_items_are_counted() -> None:
    (full,), (bare,) = tidier(evidence(claim=FULL)), tidier(evidence())
    assert [one.number for one in full.items] == [str(n) for n in range(1, 13)]
    assert (full.score, bare.score) == ("5 of 12", "3 of 12")
    assert full.rule == "5 of the twelve items stand in the claim's record, in full or in part"
    empty = item(tidier, "2", evidence())
    assert (empty.answer, empty.rule) == ("not in the record", "The field statement is empty.")


def test_long_words_are_cut_after_eighty_characters() -> None:
    def shown(n: int) -> str:
        return item(tidier, "1", evidence(claim=claim_of(innovation="x" * n))).rule

    assert shown(80) == "The field innovation: " + "x" * 80
    assert shown(81) == "The field innovation: " + "x" * 80 + " …"
