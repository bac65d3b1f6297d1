"""Records to a panel beside DuckDB's SQL by hand and pandas: `python -m benchmarks.records`.

`--rows 20000000` for the size in the text, `--make FILE` to write the records and stop.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine

AS_OF = "2024-01-03 00:00:00"
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
        FROM range({rows}) t(i)"""
    duckdb.connect().execute(f"""
        COPY (SELECT id, ward, opened,
                     CASE WHEN opened + took <= TIMESTAMP '{AS_OF}' THEN opened + took END AS closed,
                     CASE id % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'desk' ELSE 'app' END AS channel,
                     id % 700001 AS person, (id % 97) / 4.0 AS cost
              FROM ({drawn})) TO '{path}' (FORMAT parquet)""")


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


PLAIN = f"""
    SELECT ward, date_trunc('month', opened) AS month, count(*) AS requests,
           median(CASE WHEN closed IS NULL THEN 1e9
                       ELSE date_diff('second', opened, closed) / 86400.0 END) AS median_days,
           avg(CASE WHEN closed IS NOT NULL AND date_diff('second', opened, closed) <= {DAYS * 86400}
                    THEN 1 ELSE 0 END) AS within
    FROM read_parquet('FILE') GROUP BY ward, date_trunc('month', opened)"""
CURVES = f"""
    WITH times AS (
        SELECT ward, date_trunc('month', opened) AS month, count(*) AS n, count(closed) AS ended,
               date_diff('second', opened, coalesce(closed, TIMESTAMP '{AS_OF}')) AS took
        FROM read_parquet('FILE') WHERE opened >= TIMESTAMP '2023-12-01' GROUP BY ALL),
    under_way AS (SELECT *, sum(n) OVER (PARTITION BY ward, month ORDER BY took DESC) AS at_risk FROM times),
    curve AS (SELECT *, exp(sum(ln(greatest(1 - ended / at_risk, 1e-300)))
                            OVER (PARTITION BY ward, month ORDER BY took)) AS remaining FROM under_way)
    SELECT ward, month, min(took) FILTER (WHERE remaining <= 0.5) / 86400.0 AS median_days,
           1 - min(remaining) FILTER (WHERE took <= {DAYS * 86400}) AS within
    FROM curve GROUP BY ward, month"""


def by_hand(path: str, residents: pd.DataFrame) -> pd.DataFrame:
    """The same table as an analyst writes it, with the curves of the last month."""
    con = duckdb.connect()
    con.register("people", residents)
    return con.execute(
        f"""
        SELECT ward, month, requests, coalesce(young.median_days, plain.median_days) AS median_days,
               coalesce(young.within, plain.within) AS within, 1000.0 * requests / residents AS rate
        FROM ({PLAIN}) plain LEFT JOIN ({CURVES}) young USING (ward, month) JOIN people USING (ward)
        ORDER BY ward, month""".replace("FILE", path)
    ).df()


def careless(path: str, residents: pd.DataFrame) -> pd.DataFrame:
    """As by hand, with an open case taken as longer than any."""
    con = duckdb.connect()
    con.register("people", residents)
    return con.execute(
        f"""
        SELECT ward, month, requests, median_days, within, 1000.0 * requests / residents AS rate
        FROM ({PLAIN}) JOIN people USING (ward) ORDER BY ward, month""".replace("FILE", path)
    ).df()


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
    """Largest difference between our table and the one by hand."""
    one, other = ours(path, people()), by_hand(path, people())
    columns = ["requests", "median_days", "within", "rate"]
    return float(abs(one[columns].to_numpy() - other[columns].to_numpy()).max())


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
    residents = people()
    jobs = {
        "innoeval": (lambda: ours(path, residents), "ours"),
        "SQL by hand": (lambda: by_hand(path, residents), "by_hand"),
        "pandas, no curves": (lambda: in_pandas(path, residents), "in_pandas"),
        "innoeval, nothing young": (lambda: ours(path, residents, "2034-01-01"), "old"),
        "SQL by hand, no curves": (lambda: careless(path, residents), "careless"),
    }
    memory = {
        name: statistics.median(
            added_memory(BEFORE, f"b.{call}({path!r}, people)") for _ in range(3)
        )
        for name, (_, call) in jobs.items()
    }
    for job, _ in jobs.values():
        job()
    times = in_turns({name: job for name, (job, _) in jobs.items()}, rounds)
    size = Path(path).stat().st_size / 2**20
    print("# Records to a panel: speed and memory\n")
    print(f"Written by `python -m benchmarks.records --rows {rows}`; do not edit by hand.\n")
    print(f"{rows:,} requests of 50 wards over 24 months in Parquet ({size:,.0f} MB, 7 columns) to "
          f"counts, medians, shares within {DAYS} days and rates by ward and month. Cases of the last "
          "month are open and young: the first two rows read it from Kaplan-Meier curves. Without "
          "curves, an open case takes longer than any; the fourth row has the same records ten years "
          f"later, when nothing is young. Medians of {rounds} rounds of processor time, in turns; "
          "peak memory added in a new process, median of three.\n")  # fmt: skip
    print("| | seconds | × | MB | × |\n|---|---:|---:|---:|---:|")
    for name, seconds in times.items():
        peer = "SQL by hand" if name in {"innoeval", "SQL by hand"} else "SQL by hand, no curves"
        mb = memory[name]
        print(
            f"| {name} | {seconds:.3f} | {seconds / times[peer]:.2f} | {mb:,.0f} | {mb / memory[peer]:.2f} |"
        )
    print("\n×: times SQL by hand for the same table, with or without curves. Memory as a share of pandas: "
          f"{memory['innoeval'] / memory['pandas, no curves']:.2f}. "
          f"Largest difference from SQL by hand, in any cell: {same(path):.1g}.")  # fmt: skip
    print(f"\n{machine().replace('One thread of', f'{os.cpu_count()} cores of')} "
          f"DuckDB {version('duckdb')}, ibis {version('ibis-framework')}.")  # fmt: skip


def old(path: str, residents: pd.DataFrame) -> pd.DataFrame:
    """Our table where no case is young."""
    return ours(path, residents, "2034-01-01")


if __name__ == "__main__":
    main()
