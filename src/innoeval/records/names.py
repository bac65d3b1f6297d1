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
    import numpy.typing as npt

    Words = npt.NDArray[np.uint64]
    Places = npt.NDArray[np.int64]

#: Names of more words, without what all begin with, are looked up as texts.
_MOST = 4
_BLOCK = 1 << 15
#: A byte that no text holds: it stands after its end.
_AFTER = 0xFF
#: What covers the bytes of a word from the k-th on.
_COVER = np.array([2**64 - 2 ** (8 * k) for k in range(8)] + [0] * 8 * _MOST, dtype=np.uint64)
#: Multiplied by it, numbers that differ anywhere differ in their first bits (Knuth).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def distinct_names(column: pd.Series) -> tuple[npt.NDArray[np.str_], Places]:
    """The distinct values of a column as text, in order, and each row's place among them.

    Parameters
    ----------
    column
        One value for each of n rows.

    Returns
    -------
    Distinct names, (N,), and places, (n,).

    Examples
    --------
    >>> names, places = distinct_names(pd.Series(["Leeds", "Hull", "Leeds"]))
    >>> names.tolist(), places.tolist()
    (['Hull', 'Leeds'], [1, 0, 1])
    """
    found = _by_words(column)
    if found is not None:
        return found
    codes, values = pd.factorize(column, use_na_sentinel=False)
    distinct = pd.Index(values)
    if not isinstance(distinct.dtype, pd.StringDtype) or distinct.hasnans:
        distinct = distinct.astype("string").astype(object)
    names, places = np.unique(np.asarray(distinct, dtype=str), return_inverse=True)
    return names, places[codes].astype(np.int64)


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


def _by_words(column: pd.Series) -> tuple[npt.NDArray[np.str_], Places] | None:
    """The same by words of eight bytes; None where that cannot be done."""
    texts = _texts(column)
    if texts is None:
        return None
    lengths = texts.lengths
    skip = _alike(texts, int(lengths.min()))
    k = max(-(-(int(lengths.max()) - skip) // 8), 1)
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
    return _in_order(spelt, code, texts.data[texts.begins[0] :][:skip])


def _texts(column: pd.Series) -> _Texts | None:
    """Where the texts of a column lie, if they do so in one piece."""
    if not isinstance(column.dtype, pd.StringDtype) or column.dtype.storage != "pyarrow":
        return None
    import pyarrow as pa

    held = pa.array(column)
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


def _in_order(
    words: Words, code: Places, prefix: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.str_], Places] | None:
    """Names and places from distinct words (N, k); None where a name holds a byte of zero."""
    if not words.view(np.uint8).all():
        return None
    spelt = words.view(np.uint8) * (words.view(np.uint8) != _AFTER)
    keys = spelt.view(">u8").astype(np.uint64)
    order = np.argsort(keys[:, 0]) if words.shape[1] == 1 else np.lexsort(keys.T[::-1])
    whole = np.empty((len(words), len(prefix) + spelt.shape[1]), dtype=np.uint8)
    whole[:, : len(prefix)] = prefix
    whole[:, len(prefix) :] = spelt[order]
    names = whole.view(f"S{whole.shape[1]}").reshape(-1)
    text = names.astype(str) if (whole < 0x80).all() else np.char.decode(names, "utf-8")
    place = np.empty(len(words), dtype=np.int64)
    place[order] = np.arange(len(words))
    return text, place[code]
