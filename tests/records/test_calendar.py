"""Labels and numbers of periods are one and the same thing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoeval.records.calendar import FREQUENCIES, Calendar, first_day, label, ordinal

DATED = [freq for freq in FREQUENCIES if freq != "integer"]
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS, st.sampled_from(DATED))
def test_a_date_lies_in_its_period_and_labels_come_back(day, freq):
    number = ordinal(day.isoformat(), freq)
    assert first_day(number, freq) <= day < first_day(number + 1, freq)
    assert ordinal(label(number, freq), freq) == number
    assert ordinal(first_day(number, freq).isoformat(), freq) == number


@given(st.integers(-(10**9), 10**9))
def test_integers_are_their_own_labels(number):
    assert ordinal(label(number, "integer"), "integer") == number


@given(st.sampled_from(DATED), DAYS, st.integers(1, 12), st.integers(1, 30))
def test_positions_of_labels(freq, day, step, n):
    axis = Calendar(freq=freq, first=ordinal(day.isoformat(), freq), n=n, step=step)
    assert [axis.position(text) for text in axis.labels] == list(range(n))
    assert 0 <= axis.season(n) < axis.cycle


def test_a_period_between_two_others_is_refused():
    axis = Calendar(freq="year", first=1920, n=20, step=4)
    assert axis.position("1924") == 1
    assert axis.position("1916") == -1
    with pytest.raises(ValueError, match="'1922' lies between two periods of this panel"):
        axis.position("1922")


def test_seasons_of_months_and_of_every_second_month():
    months = Calendar(freq="month", first=ordinal("2022-11", "month"), n=14)
    assert months.cycle == 12
    assert [months.season(i) for i in (0, 2, 12)] == [10, 0, 10]
    # Every third month is a quarter, whatever it is called; every fifth never comes round.
    quarters = Calendar(freq="month", first=ordinal("2022-03", "month"), n=9, step=3)
    assert quarters.cycle == 4
    assert [quarters.season(i) - quarters.season(0) for i in (4, 8)] == [0, 0]
    assert len({quarters.season(i) for i in range(4)}) == 4
    assert Calendar(freq="month", first=0, n=9, step=5).cycle == 1
    assert Calendar(freq="month", first=0, n=9, step=12).cycle == 1


@pytest.mark.parametrize(
    ("text", "freq"),
    [("2023-13", "month"), ("2022/24", "financial_year"), ("2023-Q5", "quarter"), ("soon", "year"),
     ("2023-W54", "week"), ("2023-02-30", "day"), ("2023-02", "day"), ("1.5", "integer"),
     ("2023-01", "week"), ("2023-01-01", "integer"), ("", "month"), ("2023-01-01 10:30", "day")],
)  # fmt: skip
def test_what_is_no_such_period_is_refused(text, freq):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are not part of the contract
        ordinal(text, freq)


def test_an_integer_has_no_date():
    with pytest.raises(ValueError, match="no date"):
        first_day(3, "integer")
