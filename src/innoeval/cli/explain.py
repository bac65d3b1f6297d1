"""`innoeval explain`: what a check, a design, a status, an assumption or a standard is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from inspect import getattr_static, getdoc
from typing import TYPE_CHECKING, get_args

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from innoeval.cli.screen import printable
from innoeval.errors import InnoevalError, nearest
from innoeval.records.assumption import Assumption
from innoeval.records.finding import ANSWERS
from innoeval.records.policy import Policy
from innoeval.records.verdict import ICONS, MARKS, PLAIN, Status

if TYPE_CHECKING:
    from innoeval.designs import Design

#: What can be explained, in the order of the list, with its heading there.
KINDS = {
    "status": "Verdicts",
    "answer": "Answers of a check",
    "check": "Checks",
    "assumption": "Assumptions",
    "design": "Designs",
    "standard": "Standards of evidence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be explained.

    Parameters
    ----------
    name, kind
        What it is called, and a key of `KINDS`.
    plain
        One sentence in plain words.
    text
        Paragraphs, plainest first.
    facts
        Further facts with their headings.
    source
        Where it comes from; "" for our own rules.
    more
        Page of the documentation.
    """

    name: str
    kind: str
    plain: str
    text: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    source: str = ""
    more: str = ""


def entries() -> tuple[Entry, ...]:
    """Everything that can be explained, kind by kind."""
    return (*_statuses(), *_answers(), *_checks(), *_assumptions(), *_designs(), *_standards())


def find(name: str) -> tuple[Entry, ...]:
    """Entries of a name, however it is spelt: `pre-trend`, `PreTrend` and `pre trend` are one.

    Raises
    ------
    InnoevalError
        Where nothing is called so; with the nearest name, if there is a near one.

    Examples
    --------
    >>> [entry.kind for entry in find("PreTrend")]
    ['check']
    >>> find("mean_revresion")
    Traceback (most recent call last):
        ...
    innoeval.errors.InnoevalError: nothing is called 'mean_revresion'; did you mean 'mean_reversion'? ('innoeval explain' lists all names)
    """
    known = entries()
    found = tuple(entry for entry in known if _key(entry.name) == _key(name))
    if not found:
        near = nearest(name, [entry.name for entry in known], "there are", most=7)
        raise InnoevalError(
            f"nothing is called '{name}'; {near} ('innoeval explain' lists all names)"
        )
    return found


def complete(incomplete: str) -> list[tuple[str, str]]:
    """Names that begin so, with a sentence each, for a shell that completes."""
    begun = _key(incomplete)
    return [(entry.name, entry.plain) for entry in entries() if _key(entry.name).startswith(begun)]


def show(found: Iterable[Entry], console: Console) -> None:
    """Print entries: plain words first, the source last."""
    for number, entry in enumerate(found):
        if number:
            console.print()
        console.print(Text(entry.name, style="bold").append(f"  {_ONE[entry.kind]}", style="dim"))
        console.print(Text(printable(entry.plain), style="italic"))
        for paragraph in entry.text:
            console.print()
            console.print(Text(printable(paragraph)))
        rows = [*entry.facts, ("Source", entry.source), ("More", entry.more)]
        table = Table(show_header=False, show_edge=False, box=None, padding=(0, 2, 0, 0), pad_edge=False)  # fmt: skip
        table.add_column(style="bold", no_wrap=True)
        table.add_column(ratio=1)
        for heading, said in rows:
            if said:
                table.add_row(heading, Text(printable(said)))
        if table.row_count:
            console.print()
            console.print(table)


def listing() -> Table:
    """A table of all names, with a sentence each."""
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0),
                  header_style="bold", title="What can be explained", title_justify="left",
                  title_style="bold")  # fmt: skip
    table.add_column("Name", no_wrap=True)
    table.add_column("In plain words", ratio=1)
    known = entries()
    for kind, heading in KINDS.items():
        table.add_section()
        table.add_row(Text(heading, style="bold"), "")
        for entry in known:
            if entry.kind == kind:
                table.add_row(f"  {entry.name}", Text(entry.plain))
    return table


_ONE = {"status": "a verdict", "answer": "an answer of a check", "check": "a check", "assumption": "an assumption",
        "design": "a design", "standard": "a standard of evidence"}  # fmt: skip


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _statuses(policy: Policy = Policy()) -> Iterable[Entry]:
    shown, short = 100 * policy.shown_share, 100 * policy.overstated_below
    when: dict[Status, str] = {
        "supported": f"All of the interval lies above what would matter, and above {shown:.0f} % of what was announced.",
        "partly_supported": "All of the interval lies above zero, but not above what must be shown.",
        "inconclusive": f"The interval holds both zero and at least {short:.0f} % of the announced size. "
        "That is a limit of the data, and says nothing against the claim.",
        "overstated": f"The interval ends below {short:.0f} % of what was announced.",
        "refuted": "The interval ends below what would matter.",
        "harmful": "The interval ends below zero.",
        "not_evaluable": "There are too few periods, nobody to compare with, or the measure itself "
        "changed with the launch; the verdict says which.",
    }
    for status in get_args(Status):
        yield Entry(
            name=status, kind="status", plain=PLAIN[status], text=(when[status],),
            facts=(("Shown as", f"{ICONS[status]} {MARKS[status]}"),),
            more="README, “What a verdict means”",
        )  # fmt: skip


def _answers() -> Iterable[Entry]:
    for answer, plain in ANSWERS.items():
        yield Entry(name=answer, kind="answer", plain=plain, more="docs/methods/checks.md")


def _checks(policy: Policy = Policy()) -> Iterable[Entry]:
    from innoeval.checks import CHECKS

    weights = dict(policy.check_weights)
    for check in CHECKS:
        text, source = _told(type(check))
        gates = [gate for gate in policy.gates if gate.check == check.name]
        decides = "; ".join(dict.fromkeys(gate.interval for gate in gates))
        if check.name in policy.fatal:
            moves = "a shown problem makes the claim not evaluable"
        elif gates:
            moves = f"can bring a second interval into the decision: {decides}"
        else:
            moves = "lowers certainty, if it shows a problem"
        yield Entry(
            name=check.name, kind="check", plain=check.question, text=text,
            facts=(
                ("Asks whether", "; ".join(one.plain for one in check.probes) or "the announcement itself"),
                ("Answers by", "a test" if check.name in weights else "facts"),
                ("In a verdict", moves),
            ),
            source=source, more="docs/methods/checks.md",
        )  # fmt: skip


def _assumptions() -> Iterable[Entry]:
    from innoeval.checks import CHECKS

    designs = _named_designs()
    for one in Assumption:
        asked = [check.name for check in CHECKS if one in check.probes]
        leaning = [name for name, design in designs if one in design.assumptions]
        yield Entry(
            name=one.value, kind="assumption", plain=one.plain[0].upper() + one.plain[1:] + ".",
            facts=(("Asked by", ", ".join(asked) or "no check: it is told as not examined"),
                   ("Leaned on by", ", ".join(leaning))),
            more="docs/methods/checks.md",
        )  # fmt: skip


def _designs() -> Iterable[Entry]:
    for name, design in _named_designs():
        text, source = _told(design)
        estimand = getattr_static(design, "estimand")  # a property where it hangs on a parameter
        facts = [("Estimates", estimand if isinstance(estimand, str) else ""),
                 ("Leans on", "; ".join(one.plain for one in design.assumptions)),
                 ("Maryland scale", f"{design.sms_level} at most")]  # fmt: skip
        yield Entry(
            name=name, kind="design", plain=text[0] if text else "", text=text[1:],
            facts=tuple(facts), source=source, more="docs/methods",
        )  # fmt: skip


def _named_designs() -> list[tuple[str, type[Design]]]:
    import innoeval.designs as room

    named = ((name, getattr(room, name)) for name in room.__all__)
    # The protocols say of what type their assumptions are, and have none.
    return [
        (name, one) for name, one in named if isinstance(getattr(one, "assumptions", None), tuple)
    ]


#: Standards by the names that briefs print.
_PRINTED = {"maryland": "maryland_sms", "baseline_equivalence": "wwc_baseline_equivalence",
            "padlocks": "eef_padlocks", "interrupted_series": "epoc_risk_of_bias",
            "minimum": "epoc_minimum", "robins": "robins_i"}  # fmt: skip


def _standards() -> Iterable[Entry]:
    from innoeval.decide.standards import STANDARDS

    rooms = [function.__module__ for function in STANDARDS]
    for function in STANDARDS:
        text, source = _told(function)
        plain = getdoc(__import__(function.__module__, fromlist=["_"])) or ""
        if rooms.count(function.__module__) > 1:
            plain, text = text[0], (plain, *text[1:])
        yield Entry(
            name=_PRINTED.get(function.__name__, function.__name__), kind="standard", plain=plain, text=text,
            source=source, more="docs/methods/standards.md",
        )  # fmt: skip


def _told(thing: object) -> tuple[tuple[str, ...], str]:
    """Paragraphs of a docstring that are plain prose, and its references."""
    parts = re.split(r"\n(Parameters|Attributes|References|Examples|Raises|Notes)\n-+\n", getdoc(thing) or "")  # fmt: skip
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    prose = [" ".join(text.split()).replace("`", "") for text in parts[0].split("\n\n")]
    return tuple(t for t in prose if t and ":math:" not in t), " ".join(sections.get("References", "").split())  # fmt: skip
