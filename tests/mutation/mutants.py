"""Small faults that a test should notice, one at a time, made in the syntax tree of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the `number`-th of a file, in a line, and the line before and after."""

    path: Path
    number: int
    line: int
    before: str
    after: str


def mutants(path: Path) -> list[Mutant]:
    """All faults of a file."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    found = []
    for number, (node, changed) in enumerate(_faults(tree)):
        found.append(
            Mutant(path, number, node.lineno, ast.unparse(node), ast.unparse(changed))  # type: ignore[attr-defined]
        )
    return found


def mutated(mutant: Mutant) -> ast.Module:
    """The module with the fault."""
    tree = ast.parse(mutant.path.read_text("utf-8"))
    for number, (node, changed) in enumerate(_faults(tree)):
        if number == mutant.number:
            swapped = _Swap(node, changed).visit(tree)
            return ast.fix_missing_locations(swapped)
    raise LookupError(mutant)


class _Swap(ast.NodeTransformer):
    def __init__(self, node: ast.AST, changed: ast.AST) -> None:
        self.node, self.changed = node, changed

    def visit(self, node: ast.AST) -> ast.AST:
        return self.changed if node is self.node else self.generic_visit(node)


def _faults(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Nodes of the code that runs (no annotation, docstring or message) and what takes their place."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        for part in _not_run(node):
            skipped |= {id(inner) for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) not in skipped:
            for changed in _changed(node):
                yield node, ast.copy_location(changed, node)


def _not_run(node: ast.AST) -> Iterator[ast.AST]:
    """Parts that compute nothing: annotations, decorators, type checkers' imports, the words of errors."""
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    elif isinstance(node, ast.ClassDef):
        yield from node.decorator_list
    elif isinstance(node, ast.FunctionDef):
        yield from node.decorator_list
        if node.returns:
            yield node.returns
        yield from (
            a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg) and a.annotation
        )
    elif (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING") or isinstance(node, ast.Raise) or (
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
        and ast.unparse(node.value).startswith(("npt.", "Literal["))
    ):  # fmt: skip
        yield node


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARED.get(type(op), ()):
                yield ast.Compare(node.left, [other()], node.comparators)
        case ast.BinOp(op=op) if type(op) in _COMPUTED and not _is_text(node):
            yield ast.BinOp(node.left, _COMPUTED[type(op)](), node.right)
        case ast.AugAssign(op=op) if type(op) in _COMPUTED and not _is_text(node.value):
            yield ast.AugAssign(node.target, _COMPUTED[type(op)](), node.value)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case _:
            return


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.AST) -> bool:
    """Strings that are put together: only their wording would change."""
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )  # fmt: skip
