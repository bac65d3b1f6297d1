"""Names by words of eight bytes are the names that a look-up as texts finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.records import names
from innoeval.records.names import distinct_names, places_among

LETTERS = st.characters(codec="utf-8", exclude_categories=())
PREFIXES = st.sampled_from(["", "E0", "ward ", "Übersee", "district "])


def expected(rows: list[str]) -> tuple[list[str], list[int]]:
    """The same, one name at a time."""
    distinct = sorted(set(rows))
    return distinct, [distinct.index(row) for row in rows]


def found(column: pd.Series) -> tuple[list[str], list[int]]:
    """Names and places as lists."""
    text, places = distinct_names(column)
    return list(text), places.tolist()


@settings(max_examples=200, deadline=None)
@given(PREFIXES, st.lists(st.text(LETTERS, max_size=40).map(lambda t: t.rstrip("\0")), min_size=1))
def test_any_texts(prefix: str, ends: list[str]) -> None:
    rows = [prefix + end for end in ends]
    column = pd.Series(rows, dtype="str")
    assert found(column) == expected(rows)
    assert found(column.astype(object)) == expected(rows)
    assert found(pd.concat([column, column])) == expected(rows + rows)
    if len(rows) > 1:
        assert found(column.iloc[1:]) == expected(rows[1:])


@pytest.mark.parametrize("width", [3, 8, 9, 20, 31])
def test_many_rows_of_many_names(width: int) -> None:
    rng = np.random.default_rng(width)
    rows = np.char.zfill(rng.integers(0, 900, 70_000).astype(str), width)
    column = pd.Series(rows, dtype="str")
    assert names._by_words(pa.array(column)) is not None
    text, places = distinct_names(column)
    wanted = np.unique(rows, return_inverse=True)
    assert text == tuple(wanted[0].tolist())
    assert (places == wanted[1]).all()


def test_two_names_of_one_key_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_SPREAD", np.uint64(0))
    rows = ["the first of two long names", "the other of two long names"] * 3
    assert found(pd.Series(rows, dtype="str")) == expected(rows)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([3, 1, 3]),
        pd.Series(["b", None, "b"], dtype="str"),
        pd.Series(["a\0b", "a", "a\0b"], dtype="str"),
        pd.Series(["a\0b, alike", "a\0b, not", "a\0b, alike"], dtype="str"),
        pd.Series(["b", "a", "b"], dtype="category"),
        pd.Series(["b", "a", "b"], dtype=pd.StringDtype("python")),
        pd.Series(["x" * 50, "x" * 49, "x" * 50], dtype="str"),
    ],
    ids=["numbers", "missing", "zero byte", "zero byte in all", "category", "python texts", "long"],
)
def test_other_columns_are_looked_up(column: pd.Series) -> None:
    text, places = distinct_names(column)
    assert [text[i] for i in places] == ["<NA>" if pd.isna(v) else str(v) for v in column]
    assert list(text) == sorted(set(text))


@settings(max_examples=100, deadline=None)
@given(PREFIXES, st.sets(st.text(LETTERS, max_size=20)), st.lists(st.text(LETTERS, max_size=20)))
def test_places_of_any_names(prefix: str, known: set[str], wanted: list[str]) -> None:
    have = [prefix + name for name in known]
    asked = [prefix + name for name in [*wanted, *list(known)[::2]]]
    right = [have.index(name) if name in have else -1 for name in asked]
    assert places_among(have, asked).tolist() == right
    with pytest.MonkeyPatch.context() as patch:  # laid out as words, as many names are
        patch.setattr(names, "_FEW", 0)
        assert places_among(have, asked).tolist() == right
