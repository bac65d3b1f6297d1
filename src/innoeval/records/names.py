"""A column of names as numbers: the distinct names in order, and each row's place among them.

Names that pandas holds in Arrow's memory lie there one after the other, so that eight bytes of every
name can be read at once, and names compared as whole numbers: several times faster than looking each
of them up as a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt
    import pyarrow as pa

    Words = npt.NDArray[np.uint64]
    Places = npt.NDArray[np.int64]

#: Names of more words, without what all begin with, are looked up as texts.
_MOST = 4
_BLOCK = 1 << 15
#: So few names are found sooner one by one than by what it takes to lay them out.
_FEW = 1 << 14
#: A byte that no text holds: it stands after its end.
_AFTER = 0xFF
#: What covers the bytes of a word from the k-th on.
_COVER = np.array([2**64 - 2 ** (8 * k) for k in range(8)] + [0] * 8 * _MOST, dtype=np.uint64)
#: Multiplied by it, numbers that differ anywhere differ in their first bits (Knuth).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def distinct_names(column: pd.Series) -> tuple[tuple[str, ...], Places]:
    """The distinct values of a column as text, in order, and each row's place among them.

    Parameters
    ----------
    column
        One value for each of n rows.

    Returns
    -------
    Distinct names, and places (n,).

    Examples
    --------
    >>> names, places = distinct_names(pd.Series(["Leeds", "Hull", "Leeds"]))
    >>> names, places.tolist()
    (('Hull', 'Leeds'), [1, 0, 1])
    """
    import pyarrow as pa

    if isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "pyarrow":
        held = pa.array(column)
        found = _by_words(held)
        if found is not None:
            return _in_order(found)
    codes, values = pd.factorize(column, use_na_sentinel=False)
    distinct = pd.Index(values)
    if not isinstance(distinct.dtype, pd.StringDtype) or distinct.hasnans:
        distinct = distinct.astype("string").astype(object)
    names, places = np.unique(np.asarray(distinct, dtype=object).astype(str), return_inverse=True)
    return tuple(names.tolist()), places[codes].astype(np.int64)


def places_among(known: Collection[str], wanted: Collection[str]) -> Places:
    """Place of each of some names among known ones, none of which comes twice; −1 for none.

    Parameters
    ----------
    known, wanted
        The names.

    Examples
    --------
    >>> places_among(["Hull", "Leeds"], ["Leeds", "York"]).tolist()
    [1, -1]
    """
    if len(known) + len(wanted) < _FEW:
        place = {name: i for i, name in enumerate(known)}
        return np.fromiter((place.get(name, -1) for name in wanted), np.int64, len(wanted))
    import pyarrow as pa

    both = pa.array([*known, *wanted], pa.large_string())
    found = _by_words(both)
    code = both.dictionary_encode().indices.to_numpy() if found is None else found.code
    # Codes count names in the order in which they first appear.
    theirs = code[len(known) :].astype(np.int64)
    return np.where(theirs < len(known), theirs, -1)


class _Texts(NamedTuple):
    """Texts in memory: their bytes, and where each of n begins and the last ends."""

    data: npt.NDArray[np.uint8]
    begins: npt.NDArray[np.integer]

    @property
    def lengths(self) -> Places:
        """Bytes of each text, (n,)."""
        return np.diff(self.begins).astype(np.int64, copy=False)

    def words(self, rows: slice, skip: int) -> Words:
        """Eight bytes of some texts from the `skip`-th on, whatever text they are of."""
        everywhere: Words = np.ndarray(len(self.data) - 7, np.uint64, self.data, strides=(1,))
        found: Words = everywhere[np.add(self.begins[:-1][rows], skip, dtype=np.int64)]
        return found


class _Found(NamedTuple):
    """Distinct texts as words (N, k), as they first appear; each row's (n,); what all begin with."""

    words: Words
    code: npt.NDArray[np.integer]
    prefix: npt.NDArray[np.uint8]


def _by_words(held: pa.Array | pa.ChunkedArray) -> _Found | None:
    """Texts told apart by words of eight bytes; None where that cannot be done."""
    texts = _texts(held)
    if texts is None:
        return None
    lengths = texts.lengths
    skip, longest = 0, int(lengths.max())
    if longest % 8 <= min(lengths.min(), 7) and longest > 8:  # or it saves no word
        skip = _alike(texts, int(lengths.min()))
    k = max(-(-(longest - skip) // 8), 1)
    if k > _MOST:
        return None
    n = len(lengths)
    words, keys = np.empty((k, n), dtype=np.uint64), np.zeros(n if k > 1 else 0, dtype=np.uint64)
    for rows in _blocks(n):
        for j in range(k):
            word = texts.words(rows, skip + 8 * j)
            word |= _COVER[np.maximum(lengths[rows] - (skip + 8 * j), 0)]
            words[j, rows] = word
            if k > 1:
                keys[rows] ^= word
                keys[rows] *= _SPREAD
                keys[rows] ^= keys[rows] >> np.uint64(32)
    distinct, code = _tell_apart(words[0] if k == 1 else keys)
    spelt = distinct[:, None]
    if k > 1:
        one = np.empty(len(distinct), dtype=np.int64)
        one[code] = np.arange(n)
        spelt = np.ascontiguousarray(words[:, one].T)
        # Texts that differ may have one key, if hardly ever.
        if any((words[:, some] != spelt.T[:, code[some]]).any() for some in _blocks(n)):
            return None
    prefix = texts.data[texts.begins[0] :][:skip]
    # A zero byte is what separates names when they are spelt.
    if not (spelt.view(np.uint8).all() and prefix.all()):
        return None
    return _Found(spelt, code, prefix)


def _texts(held: pa.Array | pa.ChunkedArray) -> _Texts | None:
    """Where texts lie, in one piece."""
    import pyarrow as pa

    whole = held.combine_chunks() if isinstance(held, pa.ChunkedArray) else held
    if not len(whole) or whole.null_count:
        return None
    _, where, what = whole.buffers()
    size = np.dtype(np.int64 if pa.types.is_large_string(whole.type) else np.int32)
    begins = np.frombuffer(where, size, len(whole) + 1, whole.offset * size.itemsize)
    # Words that begin in the last text end after it.
    data = np.zeros(int(begins[-1]) + 8 * (_MOST + 2), dtype=np.uint8)
    if begins[-1]:
        data[: begins[-1]] = np.frombuffer(what, np.uint8, int(begins[-1]))
    return _Texts(data, begins)


def _alike(texts: _Texts, shortest: int) -> int:
    """How many bytes, up to eight, all texts begin with."""
    first = texts.words(slice(0, 1), 0)
    differ = np.uint64(_COVER[min(shortest, 8)])
    for rows in _blocks(len(texts.begins) - 1):
        differ |= np.bitwise_or.reduce(texts.words(rows, 0) ^ first)
        if int(differ) & 0xFF:
            return 0
    return next((k for k in range(8) if int(differ) >> 8 * k & 0xFF), 8)


def _tell_apart(keys: Words) -> tuple[Words, Places]:
    """Distinct keys, and which of them each is, (n,)."""
    import pyarrow as pa

    found = pa.array(keys.view(np.int64)).dictionary_encode()
    return found.dictionary.to_numpy().view(np.uint64), found.indices.to_numpy()


def _blocks(n: int) -> list[slice]:
    """Rows at a time, so that what is made on the way stays in the processor's cache."""
    return [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]


def _in_order(found: _Found) -> tuple[tuple[str, ...], Places]:
    """Names in order, and places."""
    words, code, prefix = found
    spelt = words.view(np.uint8) * (words.view(np.uint8) != _AFTER)
    keys = spelt.view(">u8").astype(np.uint64)
    order = np.argsort(keys[:, 0]) if words.shape[1] == 1 else np.lexsort(keys.T[::-1])
    lines = np.zeros((len(words), len(prefix) + spelt.shape[1] + 1), dtype=np.uint8)
    lines[:, : len(prefix)] = prefix
    lines[:, len(prefix) : -1] = spelt[order]
    used = lines != 0
    used[:, -1] = True
    names = lines[used].tobytes().decode("utf-8").split("\0")
    place = np.empty(len(words), dtype=np.int64)
    place[order] = np.arange(len(words))
    return tuple(names[:-1]), place[code]
