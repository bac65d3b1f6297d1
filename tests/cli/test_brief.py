"""`innoeval brief` and the options of briefs: one way for both commands, and nothing half done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import innoeval as ie


@pytest.fixture
def saved(build: Any, tmp_path: Path) -> Path:
    path = tmp_path / "evaluation.json"
    path.write_text(build("overstated").to_json(), encoding="utf-8")
    return path


def test_a_saved_evaluation_becomes_a_brief(saved: Path, build: Any, run: Any) -> None:
    out = saved.with_name("brief.html")
    done = run("brief", saved, "-o", out, "--language", "de", "--audience", "public",
               "--organisation", "Stadt Nordbrück")  # fmt: skip
    assert done.code == 0, done.err
    again = saved.with_name("again.html")
    ie.write_brief(build("overstated"), again, language="de", audience="public",
                   organisation="Stadt Nordbrück")  # fmt: skip
    assert out.read_bytes() == again.read_bytes()
    assert "Written to" in done.out


def test_a_brief_is_made_from_another(saved: Path, run: Any) -> None:
    first, second = saved.with_name("a.html"), saved.with_name("b.pdf")
    assert run("brief", saved, "-o", first).code == 0
    assert run("brief", first, "-o", second).code == 0
    assert second.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "x.docx"], "end it in .pdf or .html"),
        (["-o", "x.pdf", "--language", "fr"], "no catalogue of the language 'fr'; the languages are de, en"),
        (["-o", "x.pdf", "--logo", "none.png", "--organisation", "A"], "is no file; name a PNG or SVG file"),
        (["-o", "absent/x.pdf"], "does not exist; make it first"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_words(
    saved: Path, run: Any, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(saved.parent)
    done = run("brief", saved, *options)
    assert done.code == 1
    assert said in " ".join(done.err.split())
    assert [path.name for path in saved.parent.iterdir()] == ["evaluation.json"]


def test_an_unknown_audience_is_a_wrong_use(saved: Path, run: Any) -> None:
    assert run("brief", saved, "-o", saved.with_name("x.pdf"), "--audience", "press").code == 2


def test_evaluate_writes_briefs_in_german(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--no-briefs", "--html",
               "--language", "de", "--audience", "public")  # fmt: skip
    assert done.code == 0, done.err
    text = (desk.out / "desk.html").read_text(encoding="utf-8")
    assert '<html lang="de-DE">' in text
    assert "Hält stand" in text
    assert "Prüfungen</h2>" not in text


def test_evaluate_refuses_a_language_before_it_begins(desk: Any, run: Any) -> None:
    done = run("evaluate", desk.claims, desk.panel, "-o", desk.out, "--language", "xx")
    assert done.code == 1
    assert not desk.out.exists()
