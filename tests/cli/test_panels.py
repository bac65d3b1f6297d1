"""A list of panels says what kind of thing stands under each key."""

from __future__ import annotations

from pathlib import Path

import pytest

from innoeval.cli.panels import read_entries
from innoeval.errors import SourceError

GOOD = "{file: a.csv, claims: [x], unit: ward, period: month, outcomes: [days]"


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("balancing: [y]", "a mapping such as"),
        ("encoding: 5", "one name, in quotes"),
        ("covariates: 5", "a list of names"),
        ("version: [a]", "one name"),
        ("denominator: 2", "one name"),
        ("decimal: [1]", "one name"),
        ("suppressed: {'*': abc}", "missing, or a mapping"),
        ("dayfirst: 'yes'", "true or false"),
        ("sheet: [1]", "number of a sheet"),
    ],
)
def test_the_wrong_kind_is_named_with_what_to_write(tmp_path: Path, said: str, remedy: str) -> None:
    path = tmp_path / "panels.yaml"
    path.write_text(f"permits: {GOOD}, {said}}}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=remedy) as caught:
        read_entries(path)
    assert f"the panel 'permits' says {said.split(':', maxsplit=1)[0]}" in str(caught.value)


def test_every_kind_that_fits_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "panels.yaml"
    path.write_text(
        f"permits: {GOOD}, balancing: {{x: lower}}, suppressed: {{'*': null, '-': 0}}, "
        "dayfirst: true, sheet: 2, decimal: ','}\n",
        encoding="utf-8",
    )
    (entry,) = read_entries(path)
    assert entry.arguments["suppressed"] == {"*": None, "-": 0}
