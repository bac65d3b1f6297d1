"""One seed policy: every draw has a seed that the policy or the choice of inference names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from innoeval import inference
from innoeval.records import Policy

SOURCE = Path(__file__).parents[2] / "src" / "innoeval"
FILES = sorted(SOURCE.rglob("*.py"))
#: Who may look at a clock: the register dates its entries, and a reading or a run says when it was.
CLOCKS = ("claims", "sources", "portfolio", "cli", "calibration")
CLOCK = {"now", "today", "utcnow", "time", "time_ns"}
#: Numbers from a generator that every module shares.
GLOBAL = {
    "rand",
    "randn",
    "normal",
    "random",
    "seed",
    "choice",
    "shuffle",
    "permutation",
    "randint",
    "uniform",
}


@cache
def calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Place, what is called, and the call; every file is read once."""
    return tuple(
        (f"{path.relative_to(SOURCE).as_posix()}:{node.lineno}", ast.unparse(node.func), node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, (ast.Attribute, ast.Name))
        and _ends(node.func) in {"default_rng", *CLOCK, *GLOBAL}
    )


def _ends(called: ast.Attribute | ast.Name) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id


def test_no_draw_is_without_a_seed() -> None:
    assert [
        place for place, called, node in calls()
        if called.endswith("default_rng") and not (node.args or node.keywords)
    ] == []  # fmt: skip
    assert [
        f"{place} calls {called}" for place, called, _ in calls()
        if called.rpartition(".")[0] in {"np.random", "random"} and not called.endswith("default_rng")
    ] == []  # fmt: skip


def test_every_fixed_seed_is_the_policys() -> None:
    seed = Policy().seed
    assert seed == inference.choices.SEED
    fixed = re.compile(r"^_?SEED = ([\d_]+)", re.MULTILINE)
    found = {
        path.name: value
        for path in FILES
        for value in fixed.findall(path.read_text(encoding="utf-8"))
        if int(value) != seed
    }
    assert found == {}


def test_no_verdict_looks_at_a_clock() -> None:
    assert [
        f"{place} calls {called}" for place, called, _ in calls()
        if not place.startswith(CLOCKS)
        and called.rpartition(".")[2] in CLOCK
        and called.rpartition(".")[0] in {"datetime", "date", "time", "pd.Timestamp", "datetime.datetime"}
    ] == []  # fmt: skip
