"""Records to panels: counts, durations, periods, and everything that is asked and never assumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import innoeval as ie
from innoeval.errors import SourceError

M = ie.metrics
REFERENCE = Path(__file__).parents[1] / "reference"


def frame(**columns: Any) -> pd.DataFrame:
    """Two wards, two months, five cases, each with a cost and a channel."""
    given = {
        "ward": ["A", "A", "A", "B", "B"],
        "opened": pd.to_datetime(["2023-01-02", "2023-01-09", "2023-02-01", "2023-01-05", "2023-02-10"]),
        "closed": pd.to_datetime(["2023-01-04", "2023-01-19", "2023-02-02", "2023-01-08", "2023-02-12"]),
        "cost": [10.0, 30.0, 5.0, 8.0, 2.0],
        "channel": ["web", "desk", "web", "web", "desk"],
        "person": ["p", "p", "q", "r", "s"],
    }  # fmt: skip
    return pd.DataFrame({**given, **columns})


def cases(source: Any = None, **arguments: Any) -> ie.sources.Records:
    given = {"unit": "ward", "opened": "opened", "closed": "closed", "as_of": "2023-06-30"}
    return ie.records(frame() if source is None else source, **{**given, **arguments})


def test_every_metric_from_one_query() -> None:
    web = {"channel": "web"}
    panel = cases().panel(
        metrics={
            "requests": M.Count(), "on_line": M.Count(where=web), "share": M.Share(web),
            "median": M.Median(), "q": M.Quantile(0.5), "mean": M.Mean(), "within": M.ShareWithin(2),
            "persons": M.Distinct("person"), "cost": M.Cost("cost"), "each": M.Cost("cost", per="case"),
            "median_cost": M.Median("cost"), "mean_cost": M.Mean("cost", where=web),
        }
    )  # fmt: skip
    assert panel.frame.columns[:3].tolist() == ["ward", "period", "requests"]
    expected = {
        "requests": [[2, 1], [1, 1]], "on_line": [[1, 1], [1, 0]], "share": [[0.5, 1], [1, 0]],
        "median": [[6, 1], [3, 2]], "q": [[6, 1], [3, 2]], "mean": [[6, 1], [3, 2]],
        "within": [[0.5, 1], [0, 1]], "persons": [[1, 1], [1, 1]], "cost": [[40, 5], [8, 2]],
        "each": [[20, 5], [8, 2]], "median_cost": [[20, 5], [8, 2]],
        "mean_cost": [[10, 5], [8, np.nan]],
    }  # fmt: skip
    for name, values in expected.items():
        np.testing.assert_array_equal(panel.matrix(name), values, err_msg=name)
    assert panel.provenance["records"] == "5 in, 4 rows of the panel out"
    assert panel.provenance["query"].count("GROUP BY") == 1
    assert ";" not in panel.provenance["query"]


def test_open_cases_agree_with_survival_in_r() -> None:
    panel = ie.records(
        REFERENCE / "survival_cases.csv", unit="ward", opened="opened", closed="closed",
        as_of="2023-07-01 00:00:00",
    ).panel(metrics={"cases": M.Count(), "median": M.Median(), "q90": M.Quantile(0.9), "within": M.ShareWithin(10)})  # fmt: skip
    known = pd.read_csv(REFERENCE / "survival.csv")
    ours = panel.frame.assign(month=panel.frame["period"].astype(str))
    both = ours.merge(known, on=["ward", "month"], suffixes=("", "_r"))
    assert len(both) == len(known) == 24
    for name in ("cases", "median", "within"):
        np.testing.assert_allclose(both[name], both[f"{name}_r"], rtol=0, atol=1e-9)
    young = both["provisional"] == 1
    assert both.loc[young, "q90_r"].isna().any()
    np.testing.assert_array_equal(both["q90"].isna(), both["q90_r"].isna())
    assert young[both["month"] == "2023-06"].all()
    assert not young[(both["month"] == "2023-02")].any()
    assert any("Kaplan-Meier" in note for note in panel.notes)


@pytest.mark.parametrize(
    ("over", "median"),
    [
        ([1, 2, None, None], 3.0),  # level at one half to the end: R's survfit says 3
        ([1, 2, 3, None], 2.5),
        ([1, 1, None, None, None], None),
        ([1, 2, 3, 4], 2.5),
    ],
)
def test_medians_of_curves_that_run_level(over: list[int | None], median: float | None) -> None:
    opened = pd.Timestamp("2023-01-01")
    ages = [3, 4, 4] if median == 3.0 else [4, 5, 6]
    rows, left = [], list(ages)
    for day in over:
        if day is None:
            rows.append((pd.Timestamp("2023-01-05") - pd.Timedelta(days=left.pop(0)), None))
        else:
            rows.append((opened, opened + pd.Timedelta(days=day)))
    table = pd.DataFrame(rows, columns=["opened", "closed"]).assign(ward="A")
    table["closed"] = pd.to_datetime(table["closed"])
    panel = cases(table, as_of="2023-01-05 00:00").panel(
        period="year", metrics={"n": M.Count(), "m": M.Median()}
    )
    assert panel.matrix("m")[0, 0] == pytest.approx(
        np.nan if median is None else median, nan_ok=True
    )


def test_means_of_open_cases_are_missing_unless_said() -> None:
    table = frame(
        closed=pd.to_datetime(["2023-01-04", None, "2023-02-02", "2023-01-08", "2023-02-12"])
    )
    panel = cases(table).panel(metrics={"mean": M.Mean(), "quick": M.Mean(open_cases="left_out")})
    np.testing.assert_array_equal(panel.matrix("mean"), [[np.nan, 1], [3, 2]])
    np.testing.assert_array_equal(panel.matrix("quick"), [[2, 1], [3, 2]])
    assert panel.frame["provisional"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert panel.provisional == "provisional"


def test_an_open_case_beyond_the_target_is_not_within_it() -> None:
    table = frame(
        closed=pd.to_datetime(["2023-01-04", None, "2023-02-02", "2023-01-08", "2023-02-12"])
    )
    panel = cases(table).panel(metrics={"within": M.ShareWithin(5)})
    np.testing.assert_array_equal(panel.matrix("within"), [[0.5, 1], [1, 1]])
    assert panel.provisional is None
    assert panel.denominator == "within_denominator"


def test_cases_closed_later_than_the_extract_are_open() -> None:
    panel = cases(as_of="2023-01-10").panel(metrics={"n": M.Count(), "within": M.ShareWithin(4)})
    assert panel.periods == ("2023-01",)
    assert "2 records without a date in 'opened' or of no period were left out." in panel.notes
    np.testing.assert_array_equal(panel.matrix("n"), [[2], [1]])
    assert panel.frame["provisional"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        ("day", ("2021-12-31", "2022-01-01", "2022-01-02", "2022-01-03")),
        ("week", ("2021-W52", "2022-W01")),
        ("month", ("2021-12", "2022-01")),
        ("quarter", ("2021-Q4", "2022-Q1")),
        ("year", ("2021", "2022")),
        ("financial_year", ("2021/22",)),
    ],
)
def test_periods(period: Any, labels: tuple[str, ...]) -> None:
    days = ["2021-12-31 23:59", "2022-01-01 00:00", "2022-01-02", "2022-01-03"]
    table = pd.DataFrame({"ward": "A", "opened": pd.to_datetime(days, format="ISO8601")})
    panel = ie.records(table, unit="ward", opened="opened", as_of="2023-06-01").panel(
        period=period, metrics={"n": M.Count()}
    )
    assert panel.periods == labels
    assert panel.matrix("n").sum() == 4


def test_financial_years_begin_in_april() -> None:
    table = pd.DataFrame(
        {"ward": "A", "opened": pd.to_datetime(["2022-03-31", "2022-04-01", "2023-03-31"])}
    )
    panel = ie.records(table, unit="ward", opened="opened", as_of="2024-01-01").panel(
        period="financial_year", metrics={"n": M.Count()}
    )
    assert panel.periods == ("2021/22", "2022/23")
    np.testing.assert_array_equal(panel.matrix("n"), [[1, 2]])


def test_school_terms_are_numbered() -> None:
    terms = {"autumn": ("2022-09-01", "2022-12-16"), "spring": ("2023-01-04", "2023-03-31")}
    days = pd.to_datetime(
        ["2022-09-01", "2022-12-16 15:00", "2022-12-25", "2023-01-05"], format="ISO8601"
    )
    panel = ie.records(pd.DataFrame({"ward": "A", "opened": days}), unit="ward", opened="opened",
                       as_of="2023-06-01").panel(period=terms, metrics={"n": M.Count()})  # fmt: skip
    assert panel.freq == "integer"
    np.testing.assert_array_equal(panel.matrix("n"), [[2, 1]])
    assert (
        "Periods are terms: 1 is autumn, 2 is spring. Records between them were left out."
        in panel.notes
    )
    with pytest.raises(SourceError, match="overlap"):
        cases().panel(period={"a": ("2023-01-01", "2023-02-01"), "b": ("2023-02-01", "2023-03-01")},
                      metrics={"n": M.Count()})  # fmt: skip


def test_time_zones_decide_the_day() -> None:
    opened = pd.to_datetime(["2023-06-30 23:30", "2023-01-31 23:30"], utc=True)
    table = pd.DataFrame({"ward": "A", "opened": opened, "closed": opened + pd.Timedelta(days=2)})
    with pytest.raises(SourceError, match="time_zone="):
        cases(table, as_of="2023-12-31").panel(metrics={"n": M.Count()})
    panel = cases(table, as_of="2023-12-31", time_zone="Europe/London").panel(
        metrics={"n": M.Count(), "m": M.Median()}, silent="zero"
    )
    assert (panel.periods[0], panel.periods[-1]) == ("2023-01", "2023-07")
    np.testing.assert_array_equal(panel.matrix("m")[0, [0, -1]], [2, 2])
    with pytest.raises(SourceError, match="not known"):
        cases(time_zone="Mars/Base")


def test_durations_across_the_change_of_clocks_are_true() -> None:
    opened = pd.DatetimeIndex(["2023-03-25 12:00"]).tz_localize("Europe/London")
    closed = pd.DatetimeIndex(["2023-03-26 12:00"]).tz_localize("Europe/London")
    table = pd.DataFrame({"ward": "A", "opened": opened, "closed": closed})
    panel = cases(table, time_zone="Europe/London").panel(metrics={"hours": M.Median()})
    assert panel.matrix("hours")[0, 0] * 24 == pytest.approx(23)


def test_working_days_leave_out_weekends_and_holidays() -> None:
    days = pd.date_range("2022-12-16", "2023-01-10")
    opened, closed = (
        np.repeat(days, 3),
        np.repeat(days, 3) + pd.to_timedelta([0, 4, 13] * len(days), unit="D"),
    )
    table = pd.DataFrame(
        {"ward": [f"u{i:03d}" for i in range(len(opened))], "opened": opened, "closed": closed}
    )
    holidays = ["2022-12-26", "2022-12-27", "2023-01-01", "2023-01-02"]
    panel = cases(table, holidays=holidays).panel(
        period="year", metrics={"m": M.Median("business_days")}, silent="missing"
    )
    true = np.busday_count(
        table["opened"].to_numpy(dtype="datetime64[D]"),
        table["closed"].to_numpy(dtype="datetime64[D]"),
        holidays=holidays,
    )
    np.testing.assert_array_equal(panel.frame["m"], true)


def test_absent_is_not_nought_unless_it_is_said() -> None:
    table = frame().iloc[:4]
    with pytest.raises(
        SourceError, match=r"1 of 4 cells have no record, such as B in 2023-02.*silent="
    ):
        cases(table).panel(metrics={"n": M.Count()})
    metrics = {
        "n": M.Count(),
        "m": M.Median(),
        "s": M.Share({"channel": "web"}),
        "c": M.Cost("cost"),
    }
    zero = cases(table).panel(metrics=metrics, silent="zero")
    np.testing.assert_array_equal(zero.matrix("n"), [[2, 1], [1, 0]])
    np.testing.assert_array_equal(zero.matrix("c"), [[40, 5], [8, 0]])
    assert np.isnan([zero.matrix("m")[1, 1], zero.matrix("s")[1, 1]]).all()
    missing = cases(table).panel(metrics=metrics, silent="missing")
    assert np.isnan(missing.matrix("n")[1, 1])
    assert len(missing.frame) == 3


def test_small_counts_are_kept_as_bounds() -> None:
    panel = cases().panel(metrics={"n": M.Count(), "m": M.Median()}, suppress_below=2)
    np.testing.assert_array_equal(panel.matrix("n"), [[2, np.nan], [np.nan, np.nan]])
    np.testing.assert_array_equal(panel.matrix("n_low"), [[2, 1], [1, 1]])
    np.testing.assert_array_equal(panel.matrix("n_high"), [[2, 1], [1, 1]])
    np.testing.assert_array_equal(panel.matrix("m"), [[6, np.nan], [np.nan, np.nan]])


def test_a_period_that_is_not_over_is_provisional() -> None:
    panel = cases(as_of="2023-02-20").panel(metrics={"n": M.Count()})
    np.testing.assert_array_equal(panel.matrix("provisional"), [[0, 1], [0, 1]])
    waiting = cases(as_of="2023-02-20").panel(metrics={"n": M.Count()}, complete_after=30)
    np.testing.assert_array_equal(waiting.matrix("provisional"), [[1, 1], [1, 1]])
    assert any("complete 30 days after its end" in note for note in waiting.notes)
    assert cases(as_of="2023-02-28").panel(metrics={"n": M.Count()}).provisional is None


def test_without_a_date_of_extraction_the_last_moment_is_told() -> None:
    panel = cases(as_of=None).panel(metrics={"n": M.Count()})
    assert any("drawn at 2023-02-12 00:00, the last moment in them" in note for note in panel.notes)


def test_rates_take_their_denominator_from_another_table() -> None:
    people = pd.DataFrame({"ward": ["A", "B", "A", "B"], "year": [2022, 2022, 2023, 2023],
                           "residents": [1, 1, 1000, 500]})  # fmt: skip
    panel = cases().panel(metrics={"rate": M.Rate(per=1000)}, denominators=people)
    np.testing.assert_allclose(panel.matrix("rate"), [[2, 1], [2, 2]])
    assert (panel.numerator, panel.denominator) == ("rate_numerator", "rate_denominator")
    np.testing.assert_array_equal(panel.matrix("rate_denominator"), [[1000, 1000], [500, 500]])
    with pytest.raises(SourceError, match="no denominator for B"):
        cases().panel(metrics={"r": M.Rate()}, denominators=people[people["ward"] == "A"])
    with pytest.raises(SourceError, match="denominators="):
        cases().panel(metrics={"r": M.Rate()})


def test_units_that_were_merged_or_split_are_one() -> None:
    merged = cases(crosswalk={"A": "B"}).panel(metrics={"n": M.Count()})
    assert merged.units == ("B",)
    np.testing.assert_array_equal(merged.matrix("n"), [[3, 2]])
    table = frame(ward=["Old", "Old", "East", "West", "B"])
    split = cases(table, crosswalk={"Old": ["East", "West"]}).panel(
        metrics={"n": M.Count()}, silent="zero"
    )
    assert split.units == ("B", "East + West")


def test_versions_are_carried_along() -> None:
    table = frame(form=["v1", "v2", "v2", "v1", "v2"])
    panel = cases(table, version="form").panel(metrics={"n": M.Count()})
    assert panel.version == "form"
    assert panel.frame["form"].tolist() == ["v1 + v2", "v2", "v1", "v2"]


def test_what_cannot_be_counted_is_told() -> None:
    table = frame(ward=["A", None, "A", "B", "B"],
                  opened=pd.to_datetime(["2023-01-02", "2023-01-09", None, "2023-01-05", "2023-02-10"]),
                  closed=pd.to_datetime(["2023-01-01", "2023-01-19", "2023-02-02", "2023-01-08", "2023-02-12"]))  # fmt: skip
    panel = cases(table).panel(metrics={"n": M.Count(), "m": M.Median()}, silent="missing")
    assert panel.provenance["records"].startswith("5 in, 3 rows")
    for said in ("1 record without a name in 'ward' was left out.",
                 "1 record without a date in 'opened' or of no period was left out.",
                 "1 case closed before it was opened: counted, without a duration."):  # fmt: skip
        assert said in panel.notes


@pytest.mark.parametrize(
    ("arguments", "metrics", "said"),
    [
        ({"unit": "wrad"}, {}, "did you mean 'ward'"),
        ({"closed": "cost"}, {}, "not dates"),
        ({"closed": None}, {"m": M.Median()}, "closed="),
        ({}, {"m": M.Median("channel")}, "not numbers"),
        ({}, {"m": M.Distinct("persn")}, "did you mean 'person'"),
        ({}, {"ward": M.Count()}, "another name"),
        ({}, {"m": "count"}, "innoeval.metrics"),
        ({}, {"m": M.Count(where={"chanel": "web"})}, "did you mean 'channel'"),
    ],
)
def test_what_was_asked_in_vain(
    arguments: dict[str, Any], metrics: dict[str, Any], said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        cases(**arguments).panel(metrics=metrics or {"n": M.Count()})


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"silent": "nought"}, "'missing' or 'zero'"),
        ({"complete_after": -1}, "number of days"),
        ({"complete_after": "soon"}, "'learned'"),
        ({"window": ("2023-02", "2023-01")}, "ends before it begins"),
        ({"window": ("2023", "soon")}, "first and the last period"),
        ({"window": ("1", "2"), "period": {"a": ("2023-01-01", "2023-02-01")}}, "beside terms"),
        ({"period": "fortnight"}, "say one of year"),
        ({"ratio": "n"}, "ratio= names 'n'"),
        ({"balancing": {"m": "lower"}}, "no metric"),
    ],
)
def test_choices_that_are_none(choices: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        cases().panel(**{"metrics": {"n": M.Count()}, **choices})


@pytest.mark.parametrize(
    "make",
    [
        lambda: M.Rate(per=0), lambda: M.Quantile(1.0), lambda: M.ShareWithin(-1),
        lambda: M.ShareWithin(3, of="cost"), lambda: M.Mean(open_cases="guess"), lambda: M.Cost("cost", per="day"),
        lambda: cases(as_of="soon"), lambda: cases(holidays=["soon"]), lambda: cases(as_of="2023-01-01T00:00+01:00"),
        lambda: ie.records(3, unit="ward", opened="opened"),
    ],
)  # fmt: skip
def test_declarations_that_mean_nothing(make: Any) -> None:
    with pytest.raises(SourceError, match=r"say|give|write"):
        make()


def test_one_unit_in_two_spellings_is_asked_about() -> None:
    with pytest.raises(
        SourceError, match=r"' A' and 'A' differ by case or spaces only.*crosswalk="
    ):
        cases(frame(ward=["A", " A", "A", "B", "B"])).panel(metrics={"n": M.Count()}, silent="zero")


def test_a_unit_may_have_any_name() -> None:
    hostile = "'; drop table records; --"
    table = frame(ward=[hostile, hostile, hostile, '"x"', '"x"'], **{'o"dd; --': 1.0})
    panel = cases(table).panel(
        metrics={"n": M.Count(where={"ward": hostile}), 'm"; --': M.Mean('o"dd; --')}
    )
    assert panel.units == ('"x"', hostile)
    np.testing.assert_array_equal(panel.matrix("n"), [[0, 0], [2, 1]])


def test_conditions_may_be_expressions_of_ibis() -> None:
    import ibis

    panel = cases().panel(
        metrics={"a": M.Count(where=lambda t: t.cost > 5), "b": M.Count(where=ibis._.cost > 5)}
    )
    np.testing.assert_array_equal(panel.matrix("a"), [[2, 0], [1, 0]])
    np.testing.assert_array_equal(panel.matrix("a"), panel.matrix("b"))


def test_conditions_name_values_or_none_and_units_may_be_numbers() -> None:
    table = frame(ward=[7.0, 7.0, 7.0, 12.0, 12.0], channel=["web", None, "web", "desk", None])
    panel = cases(table).panel(metrics={"none": M.Count(where={"channel": None})})
    assert panel.units == ("12", "7")
    np.testing.assert_array_equal(panel.matrix("none"), [[0, 1], [1, 0]])


def test_tables_of_ibis_itself() -> None:
    import ibis

    table = ibis.memtable(pa.Table.from_pandas(frame()))
    panel = cases(table).panel(metrics={"n": M.Count()})
    np.testing.assert_array_equal(panel.matrix("n"), [[2, 1], [1, 1]])
    assert panel.origin.startswith("the ibis table")


def test_windows_cut_the_records() -> None:
    panel = cases().panel(metrics={"n": M.Count()}, window=("2023-02", "2023-02"))
    assert panel.periods == ("2023-02",)
    assert panel.provenance["records"].startswith("2 in, 2 rows")


def test_a_panel_of_records_can_be_judged(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    months = pd.period_range("2021-01", "2023-12", freq="M")
    rows = []
    for ward in "ABCDEFGHIJKL":
        for i, month in enumerate(months):
            n, mean = 20, 10 - 4 * (ward < "E" and i >= 18)
            opened = month.start_time + pd.to_timedelta(rng.uniform(0, 27, n), unit="D")
            rows.append(pd.DataFrame({"ward": ward, "opened": opened,
                                      "closed": opened + pd.to_timedelta(rng.exponential(mean, n), unit="D")}))  # fmt: skip
    panel = cases(pd.concat(rows), as_of="2024-12-31").panel(
        metrics={"days": M.Median(), "n": M.Count()}
    )
    claim = ie.Claim(id="desk", innovation="One desk", outcome="days", better="lower", treated=list("ABCD"),
                     start="2022-07", size=0.3, scale="relative")  # fmt: skip
    ev = ie.evaluate(claim, panel)
    assert ev.provenance["records"].startswith("8,640 in, 432 rows")
    assert ie.Evaluation.from_json(ev.to_json()) == ev
    told = printed(ev, tmp_path)
    assert "8,640in,432rowsofthepanelout" in told
    assert "QUANTILE_CONT" in told
    assert ev.provenance["query hash"] in told


def printed(ev: ie.Evaluation, folder: Path) -> str:
    """Text of a brief without its spaces and line ends."""
    from pypdf import PdfReader

    pages = PdfReader(ie.write_brief(ev, folder / "brief.pdf")).pages
    return "".join("".join(page.extract_text() for page in pages).split())
