"""A list of panels (panels.yaml): for each its file, its claims and the roles of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from innoeval.errors import Fault, SourceError
from innoeval.tables.limits import refuse_larger, refuse_multiplied

#: What an entry must say, and what else it may say: arguments of `read_panel`.
_NEEDED = ("file", "claims", "unit", "period", "outcomes")
_FURTHER = ("balancing", "numerator", "denominator", "version", "neighbour", "covariates", "negative_controls",
            "case_mix", "provisional", "near_target", "freq",
            "dayfirst", "decimal", "suppressed", "sheet", "encoding")  # fmt: skip
_EXAMPLE = "write 'permits: {file: permits.csv, claims: [desk], unit: ward, period: month, outcomes: [days]}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One panel of the list.

    Parameters
    ----------
    file
        Its file.
    claims
        Ids of the claims that are held against it.
    arguments
        How `read_panel` is to read it.
    """

    file: Path
    claims: tuple[str, ...]
    arguments: dict[str, Any]


def read_entries(path: Path) -> list[Entry]:
    """The panels that a YAML file lists; files are relative to it.

    Raises
    ------
    SourceError
        Listing every entry that lacks something or says something unknown, and every claim that
        has more than one panel.
    """
    faults: list[Fault] = []
    entries = []
    for name, said in _mapping(path).items():
        if fault := _fault(str(name), said, path.name):
            faults.append(fault)
            continue
        arguments = {key: value for key, value in said.items() if key not in {"file", "claims"}}
        claims = said["claims"] if isinstance(said["claims"], list) else [said["claims"]]
        entries.append(
            Entry(
                file=path.parent / str(said["file"]),
                claims=tuple(str(claim) for claim in claims),
                arguments=arguments,
            )
        )
    ids = [claim for entry in entries for claim in entry.claims]
    faults += [
        Fault(found=f"the claim '{claim}' has {ids.count(claim)} panels", remedy="leave it in one",
              origin=path.name)
        for claim in dict.fromkeys(ids) if ids.count(claim) > 1
    ]  # fmt: skip
    if faults:
        raise SourceError(faults)
    return entries


def without_panel(claims: Iterable[str], entries: Iterable[Entry], origin: str) -> list[Fault]:
    """A fault for every claim that no entry names."""
    named = {claim for entry in entries for claim in entry.claims}
    return [
        Fault(found=f"the claim '{claim}' has no panel", remedy=_EXAMPLE, origin=origin)
        for claim in claims
        if claim not in named
    ]


def _fault(name: str, said: Any, origin: str) -> Fault | None:
    lacking = [key for key in _NEEDED if not isinstance(said, dict) or key not in said]
    if lacking:
        found = f"the panel '{name}' does not say its {', '.join(lacking)}"
        return Fault(found=found, remedy=_EXAMPLE, origin=origin)
    unknown = [str(key) for key in said if key not in (*_NEEDED, *_FURTHER)]
    if unknown:
        found = f"the panel '{name}' says {', '.join(unknown)}, which nothing is known of"
        remedy = f"it may say {', '.join((*_NEEDED, *_FURTHER))}"
        return Fault(found=found, remedy=remedy, origin=origin)
    for key, value in said.items():
        fits, words = _SHAPES.get(key, _TEXT)
        if not fits(value):
            found = f"the panel '{name}' says {key}: {value!r}"
            return Fault(found=found, remedy=f"write {words}", origin=origin)
    return None


def _text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _names(value: object) -> bool:
    return bool(value) and all(map(_text, value if isinstance(value, list) else [value]))


def _ids(value: object) -> bool:
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(item, (str, int)) for item in listed)


def _sheet(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _better(value: object) -> bool:
    return isinstance(value, dict) and set(map(str, value.values())) <= {"lower", "higher"}


def _answer(value: object) -> bool:
    return isinstance(value, bool)


def _suppressed(value: object) -> bool:
    figures = (int, float, type(None))
    return value == "missing" or (
        isinstance(value, dict) and all(isinstance(item, figures) for item in value.values())
    )


#: What an entry may hold under its keys, as a test and in words; other keys hold one name.
_SHAPES: dict[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(("outcomes", "covariates", "period"), (_names, "a name, or a list of names")),
    "claims": (_ids, "the id of a claim, or a list of ids"),
    "balancing": (_better, "a mapping such as {reopened_share: lower}"),
    "dayfirst": (_answer, "true or false"),
    "suppressed": (_suppressed, "missing, or a mapping such as {'*': null, '-': 0}"),
    "sheet": (_sheet, "the name or the number of a sheet"),
}
_TEXT = (_text, "one name, in quotes if it is a number")


def _mapping(path: Path) -> dict[Any, Any]:
    import yaml

    try:
        refuse_larger(path.stat().st_size, path.name)
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        refuse_multiplied(node, path.name)
        found = None if node is None else loader.construct_document(node)
    except OSError as error:
        _refuse(
            path, f"it cannot be read ({(error.strerror or str(error)).lower()})", "check the path"
        )
    except UnicodeDecodeError:
        _refuse(path, "it is not UTF-8 text", "save it as UTF-8")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        rows = (mark.line + 1,) if mark else ()
        _refuse(path, "it is not YAML", f"mend the row; {_EXAMPLE}", rows)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # A tag or a date that does not fit its value; PyYAML lets Python's own errors through.
        found = f"it holds a value that cannot be read ({type(error).__name__}: {error!s:.80})"
        _refuse(path, found, f"write plain texts and numbers; {_EXAMPLE}")
    if not isinstance(found, dict):
        _refuse(path, "it does not list panels by name", _EXAMPLE)
    return found


def _refuse(path: Path, found: str, remedy: str, rows: tuple[int, ...] = ()) -> NoReturn:
    raise SourceError([Fault(found=found, remedy=remedy, origin=path.name, rows=rows)]) from None
