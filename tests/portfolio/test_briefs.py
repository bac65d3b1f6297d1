"""write_briefs: a brief for each claim, whole or not at all, whoever makes it, and failures by name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import joblib
import pytest
from tests.portfolio.portfolios import one_panel

import innoeval as ie
from innoeval.briefs import Edition
from innoeval.errors import BriefError, RunError
from innoeval.portfolio import Portfolio, briefs
from innoeval.portfolio.workers import WorkerLostError
from innoeval.records import Claim


def renamed(claim: Claim, name: str, **changed: object) -> Claim:
    own = {f.name: getattr(claim, f.name) for f in fields(claim)}
    return Claim(**{**own, "id": name, **changed})


def portfolio_of(names: list[str], absent: str = "") -> Portfolio:
    claims, panel = one_panel(len(names))
    named = [renamed(claim, name) for claim, name in zip(claims, names, strict=True)]
    if absent:
        named[-1] = renamed(named[-1], absent, outcome="no_such_metric")
    return ie.evaluate_all(named, panel, progress=False)


def test_each_claim_gets_a_brief_named_after_it_inside_the_folder(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "desk", "Desk", "/abs", "书", "con"]
    portfolio = portfolio_of(names)
    folder = tmp_path / "new" / "briefs"
    written = ie.write_briefs(portfolio, folder, suffix="html", progress=False)
    assert set(written.paths) == set(names)
    assert written.failed == {}
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        p.name for p in written.paths.values()
    )
    assert {path.parent for path in written.paths.values()} == {folder}
    assert len({path.name.casefold() for path in written.paths.values()}) == 6
    assert not list(tmp_path.glob("*.html"))
    single = ie.write_brief(portfolio["desk"], tmp_path / "single.html")
    assert written.paths["desk"].read_bytes() == single.read_bytes()
    assert str(written) == f"6 briefs in {folder}"


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    portfolio = portfolio_of(["a", "b", "c"])
    said = {"language": "de", "audience": "public", "organisation": "Stadt", "progress": False}
    alone = ie.write_briefs(portfolio, tmp_path / "one", **said)  # type: ignore[arg-type]
    with joblib.parallel_config("loky", n_jobs=2):
        two = ie.write_briefs(portfolio, tmp_path / "two", **said)  # type: ignore[arg-type]
    with joblib.parallel_config("threading", n_jobs=2):
        threads = ie.write_briefs(portfolio, tmp_path / "three", **said)  # type: ignore[arg-type]
    for name, path in alone.paths.items():
        assert two.paths[name].read_bytes() == path.read_bytes() == threads.paths[name].read_bytes()
        assert path.stat().st_size <= 150_000


def test_claims_that_failed_are_named_and_end_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio = portfolio_of(["a", "b", "c"], absent="lost")
    good = briefs.made

    def breaks(ev: object, *rest: object) -> bytes:
        if ev.claim.id == "b":  # type: ignore[attr-defined]
            raise BriefError("it cannot be typeset")
        return good(ev, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(briefs, "made", breaks)
    written = ie.write_briefs(portfolio, tmp_path, progress=False)
    assert set(written.paths) == {"a"}
    assert set(written.failed) == {"b", "lost"}
    assert written.failed["b"] == "it cannot be typeset"
    assert "no_such_metric" in written.failed["lost"]
    assert str(written) == f"1 brief in {tmp_path}; none for 2: b, lost"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_what_cannot_be_begun_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    portfolio = portfolio_of(["a"])
    (tmp_path / "file").touch()
    with pytest.raises(BriefError, match="cannot be made"):
        ie.write_briefs(portfolio, tmp_path / "file" / "x")
    with pytest.raises(BriefError, match="briefs cannot be written as 'docx'"):
        ie.write_briefs(portfolio, tmp_path / "x", suffix="docx")  # type: ignore[arg-type]
    with pytest.raises(BriefError, match="no catalogue of the language"):
        ie.write_briefs(portfolio, tmp_path / "x", language="xx")
    assert not (tmp_path / "x").exists()


def test_a_worker_that_is_killed_is_told_with_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> object:
        raise WorkerLostError

    monkeypatch.setattr(briefs, "each", lost)
    with pytest.raises(RunError, match=r"a worker was killed.*0 briefs in .* are done"):
        ie.write_briefs(portfolio_of(["a"]), tmp_path, progress=False)


def test_a_worker_puts_its_brief_in_the_folder_or_sends_it(tmp_path: Path) -> None:
    text = portfolio_of(["desk"])["desk"].to_json()
    key, sent, why = briefs.brief("desk", text, "desk.html", Edition(), None)
    assert (key, why) == ("desk", "")
    assert briefs.brief("desk", text, "desk.html", Edition(), tmp_path) == ("desk", None, "")
    assert (tmp_path / "desk.html").read_bytes() == sent
    key, sent, why = briefs.brief("desk", "{}", "desk.html", Edition(), tmp_path)
    assert (key, sent) == ("desk", None)
    assert "Evaluation" in why
