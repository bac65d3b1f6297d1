"""The options that say what a panel's columns are for and how its cells are read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from innoeval.errors import Fault, SourceError

Text = str | None
Texts = list[str] | None
Metrics = typer.Option(help="Metrics; repeat, or use commas.  [default: those in the claims]")
Better = typer.Option(
    metavar="METRIC=lower|higher", help="A metric that must not get worse in exchange; repeat."
)
Marks = typer.Option(
    metavar="missing|MARK=VALUE", help="What marks such as * or <5 stand for; repeat."
)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Columns of a panel's file and how to read it: one field for each option."""

    unit: Annotated[Text, typer.Option(help="Column of units.  [default: if one fits, that]")] = (
        None
    )
    period: Annotated[Text, typer.Option(help="Column of periods.  [default: likewise]")] = None
    outcomes: Annotated[Texts, Metrics] = None
    balancing: Annotated[Texts, Better] = None
    numerator: Annotated[Text, typer.Option(help="Column above the line of a rate.")] = None
    denominator: Annotated[Text, typer.Option(help="Column below the line of a rate.")] = None
    version_column: Annotated[Text, typer.Option(help="Column: version of the definition.")] = None
    neighbour: Annotated[Text, typer.Option(help="Column: 1 = next to a treated unit.")] = None
    freq: Annotated[Text, typer.Option(help="year, financial_year, quarter, month, week ...")] = (
        None
    )
    dayfirst: Annotated[
        bool | None, typer.Option("--dayfirst/--monthfirst", help="How to read 01/02/2023.")
    ] = None
    decimal: Annotated[Text, typer.Option(help="Sign before decimals: '.' or ','.")] = None
    suppressed: Annotated[Texts, Marks] = None
    sheet: Annotated[Text, typer.Option(help="Sheet of a workbook.")] = None
    encoding: Annotated[Text, typer.Option(help="Encoding that is not UTF-8.")] = None

    def arguments(self) -> dict[str, Any]:
        """The same as `read_panel` takes it; what was not said is left out.

        Raises
        ------
        SourceError
            For an option of another form than its help says.

        Examples
        --------
        >>> Roles(outcomes=["days,backlog"], suppressed=["*=", "-=0"]).arguments()
        {'outcomes': ['days', 'backlog'], 'suppressed': {'*': None, '-': 0.0}}
        """
        texts = ("unit", "period", "numerator", "denominator", "neighbour", "freq", "dayfirst",
                 "decimal", "sheet", "encoding")  # fmt: skip
        said: dict[str, Any] = {name: getattr(self, name) for name in texts}
        said["version"] = self.version_column
        said["outcomes"] = _split(self.outcomes)
        said["balancing"] = _directions(_split(self.balancing))
        said["suppressed"] = _meanings(self.suppressed or ())
        return {name: value for name, value in said.items() if value not in (None, [], {})}


def takes_roles(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every option of `Roles`, gathered into its argument `roles`."""
    asked = list(inspect.signature(Roles, eval_str=True).parameters.values())
    own = [
        parameter.replace(kind=parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(command, eval_str=True).parameters.values()
        if parameter.name != "roles"
    ]

    def gathered(**given: Any) -> None:
        roles = Roles(**{parameter.name: given.pop(parameter.name) for parameter in asked})
        command(**given, roles=roles)

    gathered.__signature__ = inspect.Signature([*own, *asked])  # type: ignore[attr-defined]
    gathered.__name__, gathered.__doc__ = command.__name__, command.__doc__
    return gathered


def as_options(message: str) -> str:
    """A message of the library, its arguments written as options.

    Examples
    --------
    >>> as_options('say encoding="cp1252" or dayfirst=False; suppressed={"*": None, "-": 0}')
    "say --encoding cp1252 or --monthfirst; --suppressed '*=' --suppressed '-=0'"
    """
    message = message.replace("dayfirst=True", "--dayfirst").replace(
        "dayfirst=False", "--monthfirst"
    )

    def marks(found: re.Match[str]) -> str:
        pairs = re.findall(r'"([^"]*)": (None|[\d.]+)', found[0])
        return " ".join(f"--suppressed '{m}={'' if v == 'None' else v}'" for m, v in pairs)

    message = re.sub(r"suppressed=\{[^}]*\}", marks, message)
    message = re.sub(r'\b(freq|decimal|suppressed|sheet|encoding)="([^"\s]+)"', r"--\1 \2", message)
    return re.sub(
        r"\b(outcomes|balancing|freq|decimal|suppressed)=(?=\s|$|[;,.])", r"--\1", message
    )


def _split(values: Sequence[str] | None) -> list[str]:
    """Values of an option that may be repeated or joined by commas."""
    parts = [part.strip() for value in values or () for part in value.split(",")]
    return list(dict.fromkeys(part for part in parts if part))


def _directions(texts: Sequence[str]) -> dict[str, str]:
    pairs = [(text.rpartition("=")[0].strip(), text.rpartition("=")[2].strip()) for text in texts]
    faults = [
        Fault(
            found=f"--balancing {text}", remedy="write metric=lower or metric=higher (the better)"
        )
        for text, (metric, better) in zip(texts, pairs, strict=True)
        if not metric or better not in {"lower", "higher"}
    ]
    if faults:
        raise SourceError(faults)
    return dict(pairs)


def _meanings(texts: Sequence[str]) -> str | dict[str, float | None] | None:
    if not texts or list(texts) == ["missing"]:
        return texts[0] if texts else None
    meanings: dict[str, float | None] = {}
    for text in texts:
        mark, sign, value = text.rpartition("=")
        try:
            meanings[mark] = float(value) if value else None
        except ValueError:
            sign = ""
        if not sign or not mark:
            fault = Fault(found=f"--suppressed {text}", remedy="write missing, '*=' or '*=0'")
            raise SourceError([fault])
    return meanings
