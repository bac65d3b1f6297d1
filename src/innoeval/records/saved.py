"""Records as JSON and back: equal after the round trip, infinite bounds included."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import numpy as np

from innoeval.errors import InnoevalError, RecordError
from innoeval.records.claim import LATER, Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.freeze import Frozen
from innoeval.records.group_times import GroupTimes

if TYPE_CHECKING:
    from cattrs import Converter

#: Raised when a saved record changes shape; an older one is then refused by name.
FORMAT = 1

R = TypeVar("R")


def dump(record: object, *, indent: int | None = 2) -> str:
    """JSON text of a record, keys sorted, two spaces deep; all on one line with `indent=None`."""
    plain = {"format": FORMAT, "kind": type(record).__name__, **_converter().unstructure(record)}
    text = (
        json.dumps(plain, indent=indent, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    )
    # Half a surrogate pair, which UTF-8 cannot hold, is written as JSON writes it: \ud800.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def load(kind: type[R], text: str) -> R:
    """The record of a kind that `dump` wrote.

    Raises
    ------
    RecordError
        Naming what was found instead.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"this is not JSON ({error}); give a file that innoeval wrote") from None
    if not isinstance(plain, dict) or plain.pop("kind", None) != kind.__name__:
        raise RecordError(f"this JSON holds no {kind.__name__}; give a file that innoeval wrote")
    # The first records did not say their format.
    if (found := plain.pop("format", 1)) != FORMAT:
        raise RecordError(
            f"this {kind.__name__} has format {found!r} and this innoeval reads format {FORMAT}; "
            "use the version of innoeval that its provenance names"
        )
    try:
        return _converter().structure(plain, kind)
    except InnoevalError:
        raise
    except Exception as error:
        from cattrs import transform_error

        where = "; ".join(transform_error(error))[:500]
        raise RecordError(f"this {kind.__name__} cannot be read back: {where}") from error


@cache
def _converter() -> Converter:
    """Conversion rules, built once and only where a record is saved or read."""
    from cattrs import Converter

    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(float, _plain_float)
    converter.register_structure_hook(float, lambda value, _: _float(value))
    converter.register_unstructure_hook_func(_is_array, lambda array: _plain_list(array.tolist()))
    converter.register_structure_hook_func(
        _is_array, lambda values, _: np.array(_list(values), dtype=np.float64)
    )
    converter.register_unstructure_hook_func(
        _is_mapping,
        lambda mapping: [[key, value] for key, value in mapping.items()],
    )
    converter.register_structure_hook_func(
        _is_mapping,
        lambda pairs, kind: Frozen(
            {
                converter.structure(k, get_args(kind)[0]): converter.structure(v, get_args(kind)[1])
                for k, v in pairs
            }
        ),
    )
    converter.register_structure_hook_func(
        lambda kind: kind == _SCOPE,
        lambda value, _: value if isinstance(value, str) else tuple(value),
    )
    converter.register_unstructure_hook(Interval, lambda ends: [_plain_float(end) for end in ends])
    converter.register_structure_hook(Interval, lambda ends, _: Interval(*map(_float, ends)))
    converter.register_structure_hook(Claim, lambda plain, _: _claim(converter, plain))
    _leave_out_units(converter)
    return converter


def _leave_out_units(converter: Converter) -> None:
    """Estimates and group-times are saved without their tie to the data of each unit."""
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

    left_out = override(omit=True)
    converter.register_unstructure_hook(
        GroupTimes,
        make_dict_unstructure_fn(GroupTimes, converter, units=left_out, tests=left_out),
    )
    back: Any = make_dict_structure_fn(GroupTimes, converter, units=left_out, tests=left_out)
    converter.register_structure_hook(GroupTimes, back)
    converter.register_unstructure_hook(
        Estimate, make_dict_unstructure_fn(Estimate, converter, influences=left_out)
    )
    whole: Any = make_dict_structure_fn(Estimate, converter, influences=left_out)
    converter.register_structure_hook(Estimate, whole)


def _plain_list(values: Any) -> Any:
    return [_plain_list(v) for v in values] if isinstance(values, list) else _plain_float(values)


def _list(values: Any) -> Any:
    return [_list(v) for v in values] if isinstance(values, list) else _float(values)


def _is_array(kind: object) -> bool:
    return getattr(kind, "__origin__", kind) is np.ndarray


def _is_mapping(kind: object) -> bool:
    return getattr(kind, "__origin__", kind) in {Frozen, Mapping}


def _scope() -> object:
    from typing import get_type_hints

    from innoeval.records.claim import Event

    return get_type_hints(Event)["scope"]


_SCOPE = _scope()


@cache
def _claim_hints() -> dict[str, Any]:
    """Type of each field of a claim."""
    from dataclasses import fields
    from typing import get_type_hints

    hints = get_type_hints(Claim)
    return {f.name: hints[f.name] for f in fields(Claim)}


def _claim(converter: Converter, plain: Any) -> Claim:
    """A claim through its own door, so that what is read back is checked like what is written."""
    hints = _claim_hints()
    names = set(hints)
    # Of a claim that was written before these fields came, they are not there.
    needed = names - set(LATER)
    if not isinstance(plain, dict) or not needed <= set(plain) <= names:
        raise RecordError("this claim lacks a field, or has one that is not known")
    return Claim(**{name: converter.structure(plain[name], hints[name]) for name in plain})


def _plain_float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "missing" if math.isnan(value) else ("inf" if value > 0 else "-inf")


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(f"{value!r} is not a number")
    if isinstance(value, str) and value not in {"inf", "-inf", "missing"}:
        raise ValueError(f"{value!r} is not a number")
    return math.nan if value == "missing" else float(value)
