"""Frozen mappings and arrays stay as they are."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.records.estimate import Path
from innoeval.records.freeze import Frozen, read_only


@given(st.dictionaries(st.text(max_size=3), st.integers()))
def test_a_frozen_mapping_equals_its_source_whatever_the_order(items):
    frozen = Frozen(items)
    other = Frozen(dict(reversed(items.items())))
    assert frozen == items
    assert frozen == other
    assert hash(frozen) == hash(other)
    assert list(frozen) == list(items)
    assert pickle.loads(pickle.dumps(frozen)) == copy.deepcopy(frozen) == frozen  # noqa: S301 - made just here


def test_it_cannot_be_changed_nor_by_its_source():
    source = {"a": 1}
    frozen = Frozen(source)
    source["a"] = 2
    assert frozen["a"] == 1
    with pytest.raises(TypeError):
        frozen["a"] = 3


def test_arrays_are_copied_and_read_only():
    source = np.array([1, 2])
    array = read_only(source)
    source[0] = 9
    assert array.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_records_with_arrays_compare_by_value():
    def path(last: float) -> Path:
        values = [1.0, np.nan, last]
        return Path(period=("1", "2", "3"), observed=values, counterfactual=values, effect=values,
                    low=values, high=values, comparison=values)  # fmt: skip

    assert path(1) == path(1)
    assert path(1) != path(2)
    assert path(1) != "a path"
    with pytest.raises(TypeError, match="unhashable"):
        hash(path(1))
