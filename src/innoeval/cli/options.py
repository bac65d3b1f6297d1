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


def _column(what: str) -> Any:
    return typer.Option(metavar="COLUMN", help=what)


def _said(metavar: str, what: str) -> Any:
    return typer.Option(metavar=metavar, help=what)


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Columns of a panel's file and how to read it: one field for each option."""

    unit: Annotated[Text, _column("Units.  [default: where only one column fits, that]")] = None
    period: Annotated[Text, _column("Periods.  [default: likewise]")] = None
    outcomes: Annotated[
        Texts, _said("COLUMN[,...]", "Metrics.  [default: those that the claims name]")
    ] = None
    balancing: Annotated[
        Texts, _said("COLUMN=lower|higher", "A metric that must not get worse in exchange; repeat.")
    ] = None
    numerator: Annotated[Text, _column("What stands above the line of a rate.")] = None
    denominator: Annotated[Text, _column("What stands below it.")] = None
    version_column: Annotated[Text, _column("Version of the definition behind a row.")] = None
    neighbour: Annotated[Text, _column("1 where a unit is next to a treated one.")] = None
    negative_controls: Annotated[
        Texts, _said("COLUMN[,...]", "Metrics that the innovation cannot have moved.")
    ] = None
    freq: Annotated[Text, _said("NAME", "month, quarter, year, financial_year, week, day ...")] = (
        None
    )
    dayfirst: Annotated[
        bool | None, typer.Option("--dayfirst/--monthfirst", help="How to read 01/02/2023.")
    ] = None
    decimal: Annotated[Text, _said("SIGN", "What comes before decimals: . or ,")] = None
    suppressed: Annotated[
        Texts, _said("missing|MARK=VALUE", "What marks such as * or <5 stand for; repeat.")
    ] = None
    sheet: Annotated[Text, _said("NAME", "Sheet of a workbook.")] = None
    encoding: Annotated[Text, _said("NAME", "Encoding of a panel that is not UTF-8.")] = None
    claims_sheet: Annotated[Text, _said("NAME", "Sheet of a workbook of claims.")] = None
    claims_encoding: Annotated[Text, _said("NAME", "Encoding of claims that are not UTF-8.")] = None

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
        said["negative_controls"] = _split(self.negative_controls)
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
    message = re.sub(
        r'\b((?:claims-)?(?:freq|decimal|suppressed|sheet|encoding))="([^"\s]+)"',
        r"--\1 \2",
        message,
    )
    return re.sub(
        r"\b(outcomes|balancing|freq|decimal|suppressed|organisation)=(?=\s|$|[;,.])",
        r"--\1",
        message,
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
