"""A page for each design and each check, from what they say of themselves."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

#: Where a family is described, and where its errors are counted. A design without a line here has no page,
#: and a test fails.
DESIGNS = {
    "BeforeAfter": ("estimators", "judge"),
    "DifferenceInDifferences": ("inference", "inference"),
    "TwoWayFixedEffects": ("staggered", "staggered"),
    "EventStudy": ("staggered", "staggered"),
    "CallawaySantAnna": ("staggered", "staggered"),
    "SunAbraham": ("estimators", "staggered"),
    "Imputation": ("estimators", "staggered"),
    "ExtendedTWFE": ("estimators", "staggered"),
    "StackedDiD": ("estimators", "staggered"),
    "SwitchingDiD": ("estimators", "staggered"),
    "Dose": ("estimators", "staggered"),
    "TripleDifference": ("estimators", "staggered"),
    "SegmentedRegression": ("its", "its"),
    "ControlledITS": ("its", "its"),
    "StructuralTimeSeries": ("its", "its"),
    "PoissonDiD": ("rates", "rates"),
    "FractionalDiD": ("rates", "rates"),
    "OrdinalScores": ("rates", "rates"),
    "SyntheticControl": ("synthetic", "synthetic"),
    "AugmentedSyntheticControl": ("synthetic", "synthetic"),
    "ElasticNetControl": ("synthetic", "synthetic"),
    "SyntheticDiD": ("synthetic", "synthetic"),
    "MatrixCompletion": ("synthetic", "synthetic"),
}
_DOI = re.compile(r"doi:(10\.\d{4,}/\S+?)(?=[;,.]?(?:\s|$))")


def designs() -> dict[str, type]:
    """Every design by name."""
    import innoeval

    rooms = innoeval.designs
    found = {name: getattr(rooms, name) for name in rooms.__all__}
    return {
        name: kind for name, kind in found.items()
        if inspect.isclass(kind) and hasattr(kind, "fit") and not getattr(kind, "_is_protocol", False)
    }  # fmt: skip


def write(folder: Path) -> None:
    """Write all pages into a folder."""
    from innoeval.checks import CHECKS

    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in designs().items():
        (folder / f"{name}.md").write_text(of_design(name, kind), encoding="utf-8")
    for check in CHECKS:
        (folder / f"{check.name}.md").write_text(of_check(check), encoding="utf-8")
    listed = [*sorted(designs()), *(check.name for check in CHECKS)]
    (folder / "index.md").write_text(index(listed), encoding="utf-8")


def index(names: list[str]) -> str:
    """The table of contents."""
    return (
        "# Registry\n\nOne page for each design and each check: what it is about, what it leans on or probes, its "
        "sources, and where its reference values, edge cases and error rates stand. The pages are made from the "
        "code, so that they cannot fall behind it.\n\n```{toctree}\n:maxdepth: 1\n\n"
        + "\n".join(names)
        + "\n```\n"
    )


def of_design(name: str, kind: type) -> str:
    """The page of a design."""
    method, calibration = DESIGNS[name]
    leans = ", ".join(a.value.replace("_", " ") for a in getattr(kind, "assumptions", ()))
    rows = [
        ("estimand", getattr(kind, "estimand", "see below")),
        ("leans on", leans or "see below"),
        ("Maryland level at most", getattr(kind, "sms_level", "–")),
        ("sources", _sources(kind)),
        ("reference values, edge cases, misses", f"[{method}](../methods/{method}.md)"),
        ("error rates", f"[{calibration}](../calibration/{calibration}.md)"),
    ]
    return f"# {name}\n\n{_table(rows)}\n\n" + _directive(
        "autoclass", f"innoeval.designs.{name}", members=True
    )


def of_check(check: Any) -> str:
    """The page of a check."""
    kind = type(check)
    probes = check.probes if isinstance(check.probes, (tuple, frozenset)) else (check.probes,)
    rows = [
        ("question", check.question),
        (
            "probes",
            ", ".join(str(getattr(a, "value", a)).replace("_", " ") for a in probes)
            or "the announcement itself",
        ),
        ("sources", _sources(kind)),
        ("what it does to a verdict", "[all checks](../methods/checks.md)"),
        ("error rates", "[checks](../calibration/checks.md)"),
    ]
    where = f"{kind.__module__}.{kind.__qualname__}"
    return f"# {check.name}\n\n{_table(rows)}\n\n" + _directive("autoclass", where, members=False)


def _sources(kind: type) -> str:
    text = f"{inspect.getdoc(kind) or ''}\n{inspect.getdoc(inspect.getmodule(kind)) or ''}"
    found = list(dict.fromkeys(_DOI.findall(text)))
    return ", ".join(f"[{doi}](https://doi.org/{doi})" for doi in found) or "see the text"


def _table(rows: list[tuple[str, object]]) -> str:
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {what} |" for name, what in rows)


def _directive(kind: str, where: str, *, members: bool) -> str:
    options = "   :members: fit, objections\n" if members else ""
    return f"```{{eval-rst}}\n.. {kind}:: {where}\n   :no-index:\n{options}```\n"
