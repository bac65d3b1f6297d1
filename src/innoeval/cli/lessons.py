"""What the end of a command's help teaches: examples that run as they stand, and the exit codes."""

from __future__ import annotations

from typing import NamedTuple

BAD_INPUT, SOME_FAILED, BROKEN, BUG = 1, 3, 4, 70


class Example(NamedTuple):
    """A line to type, and what it is for."""

    line: str
    purpose: str


_SAMPLE = "data/sample/claims.csv data/sample/panels.yaml"

#: Examples of each command ("" is `innoeval` itself), in the folder of the repository and in this order.
EXAMPLES: dict[str, tuple[Example, ...]] = {
    "": (
        Example("innoeval demo", "see what it does"),
        Example(f"innoeval check {_SAMPLE}", "look at two files before anything else"),
        Example("innoeval explain pre_trend", "look up a word of a brief"),
    ),
    "demo": (Example("innoeval demo -o demo", "sixteen claims and a real case, in a minute"),),
    "check": (Example(f"innoeval check {_SAMPLE}", "what is wrong with them, if anything"),),
    "plan": (
        Example(f"innoeval plan {_SAMPLE} --futures 20", "how decisive can these data be?"),
        Example(f"innoeval plan {_SAMPLE} --after 24", "and after two years?"),
    ),
    "evaluate": (
        Example(f"innoeval evaluate {_SAMPLE} -o results", "a brief and a record of each claim"),
        Example(
            f"innoeval evaluate {_SAMPLE} -o public --html --language de --audience public",
            "for the public, in German, as PDF and as web pages",
        ),
    ),
    "brief": (
        Example(
            "innoeval brief results/one-stop-desk.json -o desk.html --audience public",
            "a page in plain words, after `evaluate`",
        ),
    ),
    "batch": (
        Example(f"innoeval batch {_SAMPLE} -o run --html", "a table of all claims, and a page"),
        Example(f"innoeval batch {_SAMPLE} -o run --html --resume", "go on after a kill"),
    ),
    "verify": (
        Example(
            "innoeval verify results/one-stop-desk.json data/sample/panels.yaml",
            "does a verdict stand, after `evaluate`?",
        ),
    ),
    "register": (
        Example("innoeval register data/sample/claims.csv ledger.jsonl", "put claims on record"),
        Example(
            "innoeval register data/sample/claims.csv ledger.jsonl --check", "later: any edits?"
        ),
    ),
    "calibrate": (
        Example(
            "innoeval calibrate run --judge welch --family clean --draws 5",
            "a first look: one judge, one family of claims",
        ),
    ),
    "explain": (
        Example("innoeval explain", "everything that can be explained"),
        Example("innoeval explain mean_reversion", "a check"),
        Example("innoeval explain inconclusive", "a verdict"),
    ),
}

_CODES: dict[int, str] = {
    0: "done",
    BAD_INPUT: "bad input, said in words; nothing is written",
    2: "wrong use of a command or option",
    SOME_FAILED: "done, but some failed; each says why",
    BROKEN: "it does not stand; each difference is named",
    BUG: "a fault in innoeval; INNOEVAL_DEBUG=1 shows where",
}
#: Commands that alone can end with a code.
_ONLY: dict[int, tuple[str, ...]] = {
    SOME_FAILED: ("batch", "calibrate"),
    BROKEN: ("verify", "register"),
}


def lesson(command: str = "") -> str:
    r"""The end of a command's help; "" is `innoeval` itself.

    Examples
    --------
    >>> print(lesson("brief").replace("\b\n", ""))
    Examples, from the folder of the repository:
      # a page in plain words, after `evaluate`
      innoeval brief results/one-stop-desk.json -o desk.html --audience \
          public
    <BLANKLINE>
    Exit codes:
       0  done
       1  bad input, said in words; nothing is written
       2  wrong use of a command or option
      70  a fault in innoeval; INNOEVAL_DEBUG=1 shows where
    """
    shown = "\n".join(f"  # {made.purpose}\n{_folded(made.line)}" for made in EXAMPLES[command])
    codes = "\n".join(f"  {code:>2}  {_meaning(code, command)}" for code in _CODES
                      if command in ("", *_ONLY.get(code, (command,))))  # fmt: skip
    # A line "\b" keeps what follows from being wrapped.
    return f"\b\nExamples, from the folder of the repository:\n{shown}\n\n\b\nExit codes:\n{codes}"


def _meaning(code: int, command: str) -> str:
    some = "" if command else "".join(f"{', '.join(_ONLY[code])}: " for _ in (1,) if code in _ONLY)
    return some + _CODES[code]


def _folded(line: str) -> str:
    """A line that fits 80 columns, folded as a shell reads it."""
    words, lines = line.split(" "), ["  "]
    for word in words:
        if len(lines[-1]) + len(word) > 72 and not word.startswith("<"):
            lines[-1] += "\\"
            lines.append("      ")
        lines[-1] += f"{word} "
    return "\n".join(text.rstrip() for text in lines)
