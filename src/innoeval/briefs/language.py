"""A language: every sentence, label, number and date of a brief, from one catalogue of messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from innoeval.briefs.words import shown
from innoeval.errors import BriefError, nearest
from innoeval.plots.scale import number as english_number
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.finding import Finding

#: Around text that stands in English in the record; `shown` lets neither in from outside.
ENGLISH_FROM, ENGLISH_TO = "\ue000", "\ue001"
_RECORDED = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of briefs.

    A message that counts something stands in the catalogue twice, as "name.one" and "name.many".

    Parameters
    ----------
    code
        Name of the catalogue, such as "de".
    messages
        Dotted name to message, with places to fill in as `str.format` has them.

    Examples
    --------
    >>> english, german = language("en"), language("de")
    >>> english.when("2023-01"), german.when("2023-01")
    ('January 2023', 'Januar 2023')
    >>> english.number(-1234.5, 1), german.number(-1234.5, 1)
    ('−1,234.5', '−1.234,5')
    """

    code: str
    messages: Mapping[str, str]

    def __call__(self, message: str, **filled: object) -> str:
        """A message with its places filled; what is filled in is never read as a message."""
        return self.messages[message].format(**filled)

    def counting(self, message: str, n: int, **filled: object) -> str:
        """A message about so many things, written as `{n}`."""
        form = "one" if n == 1 else "many"
        return self(f"{message}.{form}", n=self.number(n, 0), **filled)

    @property
    def tag(self) -> str:
        """Language and region, as documents declare them."""
        return self.messages["language.tag"]

    def number(self, value: float, places: int) -> str:
        """A number with so many decimal places and the marks of the language."""
        return self._marked(english_number(value, places))

    def amount(self, value: float) -> str:
        """A number with as many figures as a reader needs."""
        return self._marked(amount(value))

    def percent(self, share: float) -> str:
        """A share as a percentage, with the figures that it was given."""
        return f"{self._marked(f'{100 * share:g}')} %"

    def _marked(self, number: str) -> str:
        marks = {",": self("number.group"), ".": self("number.decimal")}
        return "".join(marks.get(letter, letter) for letter in number)

    def metric(self, name: str, most: int = 60) -> str:
        """A metric's name in a sentence."""
        return self("metric", name=shown(name.replace("_", " "), most))

    def listed(self, names: Sequence[str], most: int = 3) -> str:
        """Names in a row; of many, the first few and the count of the rest.

        Examples
        --------
        >>> language("en").listed(["A", "B", "C", "D", "E"])
        'A, B, C and 2 others'
        """
        named = [shown(name, 40) for name in names[:most]]
        if rest := len(names) - len(named):
            return self.counting("list.rest", rest, names=", ".join(named))
        if len(named) < 2:
            return ", ".join(named)
        return self("list.pair", names=", ".join(named[:-1]), last=named[-1])

    def when(self, period: str) -> str:
        """A period in words.

        Examples
        --------
        >>> [language("en").when(period) for period in ("2023-Q2", "2022/23", "7", "2023-01-15")]
        ['the second quarter of 2023', '2022/23', 'period 7', '15 January 2023']
        """
        return self._dated(period, "when", "month")

    def short(self, period: str) -> str:
        """A period as it stands on an axis.

        Examples
        --------
        >>> language("en").short("2023-01"), language("de").short("2023-05"), language("en").short("7")
        ('Jan 2023', 'Mai 2023', '7')
        """
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}|[+-]?\d+", period):
            return period
        return self._dated(period, "short", "month_short")

    def _dated(self, period: str, form: str, month: str) -> str:
        if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", period):
            return self(f"{form}.month", month=self(f"{month}.{int(found[2])}"), year=found[1])
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", period):
            return self(f"{form}.quarter{found[2]}", year=found[1])
        if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-(\d{2})", period):
            name = self(f"{month}.{int(found[2])}")
            return self("when.day", day=int(found[3]), month=name, year=found[1])
        if re.fullmatch(r"[+-]?\d{1,3}", period):
            return self("when.number", period=period)
        return shown(period, 40)

    def recorded(self, text: str, most: int = 500) -> str:
        """Text of a record, which is in English: marked as such in any other language."""
        text = shown(text, most)
        if self.code == _RECORDED or not re.search("[^\\W\\d_]", text):
            return text
        return f"{ENGLISH_FROM}{text}{ENGLISH_TO}"

    def question(self, finding: Finding) -> str:
        """The question of a check; one that the catalogue lacks stays as it was recorded."""
        told = self.messages.get(f"recorded.question.{finding.check}")
        return self.recorded(finding.question, 200) if told is None else told

    def assumption(self, assumption: Assumption) -> str:
        """What a design leans on."""
        told = self.messages.get(f"recorded.assumption.{assumption}")
        return assumption.plain if told is None else told

    def part(self, start: str) -> dict[str, str]:
        """All messages below a name, without that name."""
        return {
            key.removeprefix(f"{start}."): text
            for key, text in self.messages.items()
            if key.startswith(f"{start}.")
        }


def languages() -> tuple[str, ...]:
    """The languages that briefs are written in, by their codes.

    Examples
    --------
    >>> languages()
    ('de', 'en')
    """
    folder = files("innoeval.briefs") / "languages"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def language(code: str) -> Language:
    """The language of a code.

    Raises
    ------
    BriefError
        Where there is no catalogue of it.
    """
    known = languages()
    if code not in known:
        raise BriefError(
            f"there is no catalogue of the language '{shown(str(code), 40)}'; "
            f"{nearest(str(code), known, 'the languages are')}"
        )
    text = (files("innoeval.briefs") / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    return Language(code=code, messages=MappingProxyType(_flat(tomllib.loads(text))))


def _flat(table: Mapping[str, Any], start: str = "") -> dict[str, str]:
    """Dotted name to message."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found.update(_flat(value, f"{start}{key}."))
        else:
            found[f"{start}{key}"] = str(value)
    return found
