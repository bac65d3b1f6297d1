"""evaluate_all: the same answers however the work is cut, and a row for every claim."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
from tests.portfolio.portfolios import copied, own_panels

import innoeval as ie
from innoeval.errors import ClaimError, RunError
from innoeval.portfolio import panels as panels_module
from innoeval.portfolio import run as run_module
from innoeval.portfolio.workers import WorkerLostError
from innoeval.records import Claim, Evaluation, Panel, Policy


def bytes_of(frame: pd.DataFrame) -> bytes:
    return pickle.dumps(frame.to_dict("list"))


@pytest.fixture(scope="module")
def small() -> tuple[list[Claim], dict[str, Panel]]:
    return own_panels(9)


def test_each_row_is_what_evaluate_says(small: tuple[list[Claim], dict[str, Panel]]) -> None:
    claims, panels = small
    portfolio = ie.evaluate_all(claims, panels, progress=False)
    rows = portfolio.tidy().set_index("id")
    assert len(portfolio) == 9
    for claim in claims:
        ev = ie.evaluate(claim, panels[claim.id])
        assert portfolio[claim.id] == ev
        assert rows.loc[claim.id, "status"] == ev.verdict.status
        assert ev.estimate is not None
        assert rows.loc[claim.id, "estimate"] == ev.estimate.on_scale(claim.scale)[0]
        assert rows.loc[claim.id, "error"] is None


@pytest.mark.parametrize("chunk_size", [1, 4, 100])
def test_order_and_chunks_do_not_matter(
    small: tuple[list[Claim], dict[str, Panel]], chunk_size: int
) -> None:
    claims, panels = small
    usual = ie.evaluate_all(claims, panels, progress=False)
    other = ie.evaluate_all(claims[::-1], panels, chunk_size=chunk_size, progress=False)
    assert bytes_of(other.tidy()) == bytes_of(usual.tidy())


def test_claims_may_come_as_a_stream(small: tuple[list[Claim], dict[str, Panel]]) -> None:
    claims, panels = small
    streamed = ie.evaluate_all(iter(claims), panels, progress=False)
    assert streamed.ids == tuple(claim.id for claim in claims)


class Made(Mapping[str, Panel]):
    """Panels that are made anew whenever they are asked for."""

    def __init__(self, panels: dict[str, Panel]) -> None:
        self.frames = {name: panel.frame for name, panel in panels.items()}

    def __getitem__(self, name: str) -> Panel:
        return Panel(
            frame=self.frames[name], unit="unit", period="period", freq="month",
            outcomes=("outcome",),
        )  # fmt: skip

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


@pytest.mark.parametrize("chunk_size", [1, 2])
def test_panels_may_be_made_when_they_are_asked_for(
    small: tuple[list[Claim], dict[str, Panel]], chunk_size: int, tmp_path: Path
) -> None:
    claims, panels = small
    run = tmp_path / "run.parquet"
    ie.evaluate_all(claims[:5], Made(panels), resume=run, progress=False)
    made = ie.evaluate_all(
        claims, Made(panels), resume=run, chunk_size=chunk_size, progress=False
    ).tidy()
    usual = ie.evaluate_all(claims, panels, progress=False).tidy()
    same = ["id", "status", "estimate", "conf_low", "found_low", "p_value"]
    assert bytes_of(made[same]) == bytes_of(usual[same])


def test_a_stream_is_drawn_no_further_than_it_is_worked_on(
    small: tuple[list[Claim], dict[str, Panel]], tmp_path: Path
) -> None:
    claims, panels = small
    drawn, ahead = 0, []

    def stream() -> Iterator[Claim]:
        nonlocal drawn
        for i in range(300):
            drawn += 1
            ahead.append(drawn - len(list((tmp_path / "run.parquet").glob("part-*"))))
            yield copied(claims[0], id=f"n{i:03d}", treated=["Nowhere"], start="2023-01")

    ie.evaluate_all(stream(), panels["c000"], resume=tmp_path / "run.parquet", chunk_size=1)
    assert drawn == 300
    assert max(ahead) < 100


def test_the_portfolio_gives_back_evaluations_one_by_one(
    small: tuple[list[Claim], dict[str, Panel]],
) -> None:
    claims, panels = small
    portfolio = ie.evaluate_all(claims[:3], panels, progress=False)
    found = list(portfolio)
    assert all(isinstance(ev, Evaluation) for ev in found)
    assert {ev.claim.id for ev in found} == set(portfolio.ids)
    assert "Portfolio of 3 claims" in portfolio._repr_html_()
    with pytest.raises(ClaimError, match="did you mean 'c001'"):
        portfolio["C001"]


def test_a_claim_that_fails_is_a_row(small: tuple[list[Claim], dict[str, Panel]]) -> None:
    claims, panels = small
    lost = copied(claims[0], id="lost", treated=["Nowhere"], start="2023-01")
    portfolio = ie.evaluate_all([*claims[:2], lost], {**panels, "lost": panels["c000"]})
    row = portfolio.tidy().set_index("id").loc["lost"]
    assert "Nowhere" in row["error"]
    assert row["error_kind"] == "ClaimError"
    assert row["innovation"] == claims[0].innovation
    assert pd.isna(row["status"])
    with pytest.raises(ClaimError, match=r"'lost' has no evaluation, because it failed: .*Nowhere"):
        portfolio["lost"]


class Broken(ie.designs.DifferenceInDifferences):
    """A design with a mistake in it."""

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:
        if claim.id == "c001":
            raise KeyError("slip")
        return ()


def test_a_mistake_of_ours_is_a_row_and_is_told(
    small: tuple[list[Claim], dict[str, Panel]],
) -> None:
    claims, panels = small
    with pytest.warns(RuntimeWarning, match=r"1 claims? met .* KeyError \(1\)"):
        portfolio = ie.evaluate_all(claims[:3], panels, designs=[Broken()], progress=False)
    rows = portfolio.tidy().set_index("id")
    assert rows.loc["c001", "error_kind"] == "KeyError"
    assert "test_run.py, line" in rows.loc["c001", "error"]
    assert rows.loc["c002", "error"] is None


def test_claims_with_one_id_are_refused_before_any_work(
    small: tuple[list[Claim], dict[str, Panel]],
) -> None:
    claims, panels = small
    with pytest.raises(ClaimError, match="'c000' stands there 2 times") as caught:
        ie.evaluate_all([claims[0], claims[1], claims[0], claims[1]], panels)
    assert len(caught.value.faults) == 2


def test_claims_without_a_panel_are_refused_with_the_near_miss(
    small: tuple[list[Claim], dict[str, Panel]],
) -> None:
    claims, panels = small
    with pytest.raises(ClaimError, match=r"claim 'C002' has no panel; .*did you mean 'c002'"):
        ie.evaluate_all([claims[0], copied(claims[2], id="C002")], panels)


def test_a_stream_is_checked_as_it_comes(
    small: tuple[list[Claim], dict[str, Panel]], tmp_path: Path
) -> None:
    claims, panels = small
    with pytest.raises(ClaimError, match="'c000' stands there 2 times"):
        ie.evaluate_all(iter([claims[0], claims[0]]), panels)
    with pytest.raises(ClaimError, match="has no panel"):
        ie.evaluate_all(iter([copied(claims[0], id="other")]), panels)


def test_lost_workers_are_replaced_three_times_and_then_told(
    small: tuple[list[Claim], dict[str, Panel]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    claims, panels = small
    calls: list[int] = []

    def lost(work: object, tasks: object) -> object:
        calls.append(len(list(tasks)))  # type: ignore[call-overload]
        raise WorkerLostError
        yield

    monkeypatch.setattr(run_module, "each", lost)
    with pytest.raises(RunError, match=r"killed 3 times in a row.*go on with resume="):
        ie.evaluate_all(claims, panels, resume=tmp_path / "run.parquet", chunk_size=3)
    assert calls == [3, 3, 3]


def test_an_empty_portfolio_is_an_empty_table(tmp_path: Path) -> None:
    run = tmp_path / "run.parquet"
    for portfolio in (
        ie.evaluate_all([], {}, progress=False),
        ie.evaluate_all([], {}, resume=run, progress=False),
        ie.read_portfolio(run),
    ):
        assert len(portfolio) == 0
        assert portfolio.ids == ()
        assert list(portfolio) == []
        frame = portfolio.tidy()
        assert (frame.shape[0], *frame.columns) == (0, *portfolio.columns)
        assert frame["estimate"].dtype == float
        assert "0 claims" in str(portfolio)
        lists = ie.portfolio.two_lists(portfolio, families="all", announced=["gone"])
        assert dict(lists.denominator)["dropped"] == 1
        assert ie.portfolio.tally(portfolio).empty
        assert len(ie.pool(portfolio)) == 0
        assert ie.portfolio.versions(portfolio).empty


def test_workers_read_their_slice_of_a_dataset(tmp_path: Path) -> None:
    claims, panels = own_panels(4)
    frames = [panels[c.id].frame.assign(service=c.id) for c in claims]
    whole = pd.concat(frames).assign(period=lambda f: f["period"].astype(str))
    whole.to_parquet(tmp_path / "services.parquet")
    source = ie.portfolio.PanelDataset(
        tmp_path / "services.parquet", by="service",
        roles={"unit": "unit", "period": "period", "outcomes": ["outcome"]},
    )  # fmt: skip
    there = ie.evaluate_all(claims, source, resume=tmp_path / "run.parquet", progress=False).tidy()
    usual = ie.evaluate_all(claims, panels, progress=False).tidy()
    same = ["id", "status", "estimate", "conf_low", "p_holds_up"]
    assert bytes_of(there[same]) == bytes_of(usual[same])
    absent = copied(claims[0], id="absent")
    row = ie.evaluate_all([absent], source, progress=False).tidy().loc[0]
    assert "no row whose service is 'absent'" in row["error"]
    whole.assign(outcome=1.0 + whole["outcome"]).to_parquet(tmp_path / "services.parquet")
    other = ie.portfolio.PanelDataset(source.path, by="service", roles=source.roles)
    with pytest.raises(RunError, match="evaluated on other data"):
        ie.evaluate_all(claims, other, resume=tmp_path / "run.parquet", progress=False)


def test_workers_ask_a_database_for_their_slice(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra warehouse is not installed")
    pytest.importorskip("ibis", reason="the extra warehouse is not installed")
    claims, panels = own_panels(3)
    whole = pd.concat([panels[c.id].frame.assign(service=c.id) for c in claims])
    whole = whole.assign(period=whole["period"].astype(str).astype(object))
    place = tmp_path / "city.duckdb"
    with duckdb.connect(str(place)) as connection:
        connection.register("whole", whole.astype({"unit": object, "service": object}))
        connection.execute("create table services as select * from whole")

    def source() -> ie.portfolio.PanelTable:
        return ie.portfolio.PanelTable(
            str(place), table="services", by="service",
            roles={"unit": "unit", "period": "period", "outcomes": ["outcome"]},
        )  # fmt: skip

    run = tmp_path / "run.parquet"
    there = ie.evaluate_all(claims, source(), resume=run, progress=False).tidy()
    usual = ie.evaluate_all(claims, panels, progress=False).tidy()
    same = ["id", "status", "estimate", "conf_low", "p_holds_up"]
    assert bytes_of(there[same]) == bytes_of(usual[same])
    absent = ie.evaluate_all([copied(claims[0], id="absent")], source(), progress=False).tidy()
    assert "no row whose service is 'absent'" in absent.loc[0, "error"]
    with duckdb.connect(str(place)) as connection:
        connection.execute("update services set outcome = outcome + 1 where service = 'c001'")
    with pytest.raises(RunError, match="evaluated on other data"):
        ie.evaluate_all(claims, source(), resume=run, progress=False)


def test_what_is_no_claim_is_told() -> None:
    claims, panels = own_panels(1)
    frame = pd.DataFrame({"id": ["a"]})
    with pytest.raises(ClaimError, match=r"'id' is a str and no claim; read .*read_claims first"):
        ie.evaluate_all(frame, panels, progress=False)
    with pytest.raises(ClaimError, match="'a' is a str and no claim"):
        ie.evaluate_all(iter([*claims, "a"]), panels, progress=False)


@pytest.mark.parametrize("chunk_size", [0, -1])
def test_a_chunk_holds_a_claim_at_least(
    small: tuple[list[Claim], dict[str, Panel]], chunk_size: int
) -> None:
    claims, panels = small
    with pytest.raises(RunError, match="at least one claim"):
        ie.evaluate_all(claims, panels, chunk_size=chunk_size, progress=False)


def test_a_stream_may_not_leave_out_what_was_done(
    small: tuple[list[Claim], dict[str, Panel]], tmp_path: Path
) -> None:
    claims, panels = small
    run = tmp_path / "run.parquet"
    ie.evaluate_all(claims, panels, resume=run, progress=False)
    with pytest.raises(RunError, match="is not among the claims now"):
        ie.evaluate_all(iter(claims[1:]), panels, resume=run, progress=False)


def test_a_worker_unpacks_a_panel_once(
    small: tuple[list[Claim], dict[str, Panel]], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = next(iter(small[1].values()))
    cargo, loads = panels_module.shipped(panel), list[int]()
    honest = pickle.loads
    monkeypatch.setattr(pickle, "loads", lambda data: loads.append(1) or honest(data))
    first = panels_module.unpacked("once", cargo)
    assert panels_module.unpacked("once", cargo) is first
    assert first.fingerprint == panel.fingerprint
    assert len(loads) == 1


def test_lost_workers_of_a_run_that_is_not_kept(
    small: tuple[list[Claim], dict[str, Panel]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(work: object, tasks: object) -> object:
        list(tasks)  # type: ignore[call-overload]
        raise WorkerLostError
        yield

    monkeypatch.setattr(run_module, "each", lost)
    with pytest.raises(RunError, match="nothing was written; name a folder with resume= to keep"):
        ie.evaluate_all(*small, progress=False)


def test_what_was_drawn_while_a_pool_broke_is_done_afterwards(
    small: tuple[list[Claim], dict[str, Panel]], monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, panels = small
    rounds: list[int] = []

    def forgetful(work: Callable[..., object], tasks: Iterator[tuple[object, ...]]) -> object:
        """Draws all tasks, and the first time takes up every other one only."""
        drawn = list(tasks)
        rounds.append(len(drawn))
        yield from (work(*task) for task in drawn[:: 1 if len(rounds) > 1 else 2])

    usual = ie.evaluate_all(claims[:3], panels, chunk_size=1, progress=False)
    monkeypatch.setattr(run_module, "each", forgetful)
    again = ie.evaluate_all(claims[:3], panels, chunk_size=1, progress=False)
    assert rounds == [3, 1]
    assert bytes_of(again.tidy()) == bytes_of(usual.tidy())
