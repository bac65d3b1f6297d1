"""Records to a panel beside DuckDB's SQL by hand and pandas: `python -m benchmarks.records`.

`--rows 20000000` for the size in the text, `--make FILE` to write the records and stop.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine

AS_OF = "2024-01-03"
ROUNDS = 5
DAYS = 10
BEFORE = "import benchmarks.records as b, duckdb, ibis, pandas; people = b.people()"


def make(path: str, rows: int) -> None:
    """Requests of 50 wards over 24 months: 7 columns, a tenth closed late, the youngest still open."""
    drawn = f"""
        SELECT 'Ward ' || (hash(i) % 50) AS ward, i AS id,
               TIMESTAMP '2022-01-01' + to_seconds(CAST(hash(i + 1) % 63072000 AS BIGINT)) AS opened,
               to_seconds(CAST(-ln(1 - (hash(i + 2) % 1000003) / 1000003.0)
                          * CASE WHEN hash(i + 3) % 10 = 0 THEN 2500000 ELSE 500000 END AS BIGINT)) AS took
        FROM range({rows}) t(i)"""  # noqa: S608 - a number
    duckdb.connect().execute(f"""
        COPY (SELECT id, ward, opened,
                     CASE WHEN opened + took <= TIMESTAMP '{AS_OF}' THEN opened + took END AS closed,
                     CASE id % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'desk' ELSE 'app' END AS channel,
                     id % 700001 AS person, (id % 97) / 4.0 AS cost
              FROM ({drawn})) TO '{path}' (FORMAT parquet)""")  # noqa: S608 - a path of ours


def people() -> pd.DataFrame:
    """Residents of the wards."""
    return pd.DataFrame(
        {"ward": [f"Ward {i}" for i in range(50)], "residents": [10_000 + 7 * i for i in range(50)]}
    )


def ours(path: str, residents: pd.DataFrame, as_of: str = AS_OF) -> pd.DataFrame:
    """The panel of this library."""
    M = ie.metrics
    return (
        ie.records(path, unit="ward", opened="opened", closed="closed", as_of=as_of)
        .panel(metrics={"requests": M.Count(), "median_days": M.Median(), "within": M.ShareWithin(DAYS),
                        "rate": M.Rate(per=1000)}, denominators=residents)
        .frame
    )  # fmt: skip


def by_hand(path: str, residents: pd.DataFrame) -> pd.DataFrame:
    """The same table as an analyst writes it; an open case takes longer than any."""
    con = duckdb.connect()
    con.register("people", residents)
    return con.execute(f"""
        SELECT ward, month, requests, median_days, within, 1000.0 * requests / residents AS rate FROM (
            SELECT ward, date_trunc('month', opened) AS month, count(*) AS requests,
                   median(CASE WHEN closed IS NULL THEN 1e9
                               ELSE date_diff('second', opened, closed) / 86400.0 END) AS median_days,
                   avg(CASE WHEN closed IS NOT NULL AND date_diff('second', opened, closed) <= {DAYS * 86400}
                            THEN 1 ELSE 0 END) AS within
            FROM read_parquet('{path}') GROUP BY ward, month)
        JOIN people USING (ward) ORDER BY ward, month""").df()  # noqa: S608 - a path of ours


def in_pandas(path: str, residents: pd.DataFrame) -> pd.DataFrame:
    """The same table with the columns in memory."""
    frame = pd.read_parquet(path, columns=["ward", "opened", "closed"])
    took = (frame["closed"] - frame["opened"]).dt.total_seconds() / 86400
    frame["took"], frame["within"] = took.fillna(1e9), took <= DAYS
    frame["month"] = frame["opened"].dt.to_period("M")
    groups = frame.groupby(["ward", "month"], observed=True)
    out = groups.agg(
        requests=("took", "size"), median_days=("took", "median"), within=("within", "mean")
    )
    out = out.reset_index().merge(residents, on="ward")
    out["rate"] = 1000 * out["requests"] / out.pop("residents")
    return out


def same(path: str) -> float:
    """Largest difference between our table and the one by hand, in periods without young cases."""
    one, other = ours(path, people()), by_hand(path, people())
    old = (other["month"] < "2023-11-01").to_numpy()
    columns = ["requests", "median_days", "within", "rate"]
    return float((one[columns].to_numpy()[old] - other[columns].to_numpy()[old]).__abs__().max())


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--make")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    if given.make:
        make(given.make, given.rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "requests.parquet")
        make(path, given.rows)
        measured(path, given.rows, given.rounds)


def measured(path: str, rows: int, rounds: int) -> None:
    """Measure and print."""
    calls = {"innoeval": "b.ours", "SQL by hand": "b.by_hand", "pandas": "b.in_pandas"}
    memory = {
        name: added_memory(BEFORE, f"{call}({path!r}, people)") for name, call in calls.items()
    }
    residents = people()
    jobs = {
        "innoeval": lambda: ours(path, residents),
        "SQL by hand": lambda: by_hand(path, residents),
        "pandas": lambda: in_pandas(path, residents),
        # All cases old enough: what the second question, for Kaplan-Meier curves, costs.
        "innoeval, nothing young": lambda: ours(path, residents, "2034-01-01"),
    }
    for job in jobs.values():
        job()
    times = in_turns(jobs, rounds)
    hand, most = times["SQL by hand"], memory["SQL by hand"]
    size = os.path.getsize(path) / 2**20  # noqa: PTH202 - a path as text
    print("# Records to a panel: speed and memory\n")
    print(f"Written by `python -m benchmarks.records --rows {rows}`; do not edit by hand.\n")
    print(f"{rows:,} requests of 50 wards over 24 months in Parquet ({size:,.0f} MB, 7 columns) to counts, medians, "
          f"shares within {DAYS} days and rates by ward and month. The last month has young open cases: "
          "innoeval asks for their Kaplan-Meier curves in a second query; SQL by hand and pandas take open cases as "
          "longer than any. Medians of "
          f"{rounds} rounds of processor time, in turns; peak memory added in a new process.\n")  # fmt: skip
    print("| | seconds | times SQL by hand | MB | times SQL by hand |\n|---|---:|---:|---:|---:|")
    for name, seconds in times.items():
        mb = memory.get(name)
        more = f"{mb:,.0f} | {mb / most:.2f}" if mb is not None else " | "
        print(f"| {name} | {seconds:.3f} | {seconds / hand:.2f} | {more} |")
    print(
        f"\nLargest difference from SQL by hand, in months without young cases: {same(path):.1g}."
    )
    print(f"\n{machine().replace('One thread of', f'{os.cpu_count()} cores of')} "
          f"DuckDB {version('duckdb')}, ibis {version('ibis-framework')}.")  # fmt: skip


if __name__ == "__main__":
    main()
