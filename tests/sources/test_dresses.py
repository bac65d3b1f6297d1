"""A panel in any unambiguous dress reads as the same panel, or is asked about: never as another."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval import Panel, read_panel
from innoeval.errors import SourceError

MONTHS = ("%Y-%m", "%b %Y", "%B %Y", "%m/%Y", "%YM%m", "%Y-%m-%d", "%d.%m.%Y")
ROLES = {"unit": "ward", "period": "month", "outcomes": ("days",)}


@st.composite
def panels(draw: st.DrawFn) -> pd.DataFrame:
    n, first = draw(st.integers(3, 5)), draw(st.integers(0, 600))
    wards = draw(st.lists(st.sampled_from(["North", "East", "Bristol, City of", "Ü 1", "12"]),
                          min_size=1, max_size=3, unique=True))  # fmt: skip
    values = draw(st.lists(st.integers(-(10**8), 10**8), min_size=n * len(wards),
                           max_size=n * len(wards)))  # fmt: skip
    months = pd.PeriodIndex.from_ordinals([first + i for i in range(n)], freq="M")
    return pd.DataFrame({
        "ward": np.repeat(wards, n), "month": [*months] * len(wards), "days": values,
    }).sample(frac=1, random_state=draw(st.integers(0, 99)))  # fmt: skip


def dressed(draw: st.DrawFn, frame: pd.DataFrame, places: int) -> tuple[bytes, Panel]:
    """The frame as a file, and the panel that it holds."""
    days = frame["days"] / 10**places
    decimal = draw(st.sampled_from([".", ","]))
    thousands = draw(st.sampled_from(["", " ", "\u202f", "'", {".": ",", ",": "."}[decimal]]))
    signs = str.maketrans({",": thousands, ".": decimal})
    form = draw(st.sampled_from(MONTHS))
    pad = draw(st.sampled_from(["", " ", "\u00a0"]))
    file = io.StringIO()
    writer = csv.writer(file, delimiter=draw(st.sampled_from([",", ";", "\t", "|"])))
    writer.writerow(["ward", "month", "days"])
    for ward, month, value in zip(frame["ward"], frame["month"], days, strict=True):
        writer.writerow([ward + pad, month.start_time.strftime(form),
                         f"{value:,.{places}f}".translate(signs)])  # fmt: skip
    if draw(st.booleans()):
        writer.writerows([["Total", "", "1"], [], ["Source: the city"]])
    plain = frame.assign(month=frame["month"].astype(str), days=days)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return file.getvalue().encode(encoding), Panel(frame=plain, freq="month", **ROLES)


@settings(max_examples=60, deadline=None)
@given(frame=panels(), data=st.data())
def test_two_decimals_show_the_sign(tmp_path_factory, frame, data):
    content, panel = dressed(data.draw, frame, 2)
    path = tmp_path_factory.getbasetemp() / "dressed.csv"
    path.write_bytes(content)
    assert read_panel(path, **ROLES) == panel


@settings(max_examples=60, deadline=None)
@given(frame=panels(), data=st.data())
def test_three_decimals_may_be_asked_about_and_never_misread(tmp_path_factory, frame, data):
    content, panel = dressed(data.draw, frame, 3)
    path = tmp_path_factory.getbasetemp() / "dressed.csv"
    path.write_bytes(content)
    try:
        found = read_panel(path, **ROLES)
    except SourceError as error:
        asked = "decimal=" in str(error)
        assert asked
        return
    # Commas between cells are taken to say that none is a decimal sign: noted, not silent.
    assert found == panel or any("commas separate the cells" in note for note in found.notes)
