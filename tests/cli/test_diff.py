"""`buildassets diff` and `explain --since` on the command line."""

import json
from pathlib import Path

import pytest

from tests.command import exit_code
from tests.conftest import write_tree


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the working directory, with releases in `old` and `build`."""
    files = {
        "assets/_t.scss": "$c: red;",
        "assets/a.scss": '@use "t" as *; a { color: $c }',
        "assets/b.css": "b { top: 0 }",
    }
    monkeypatch.chdir(write_tree(tmp_path, files))
    assert exit_code("build", "-q", "-o", "old") == 0
    write_tree(tmp_path, {"assets/_t.scss": "$c: blue;"})
    assert exit_code("build", "-q") == 0
    return tmp_path


@pytest.mark.parametrize(("old", "new"), [("old", "build"), ("old/manifest.json", "build/manifest.json")])
def test_folders_and_manifests_are_compared(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    assert exit_code("diff", old, new) == 0
    assert "  `_t.scss` changed\n1 changed; all assets: " in capsys.readouterr().out


def test_differences_exit_with_1_on_request(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code("diff", "old", "build", "--exit-code") == 1
    assert exit_code("diff", "old", "old", "--exit-code") == 0


def test_json_has_every_change(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("diff", "old", "build", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["changes"]) == ["a.css"]
    change = document["changes"]["a.css"]
    assert change["causes"] == [{"kind": "input", "text": "`_t.scss` changed"}]
    assert (change["change"], change["chain"], change["after"]["raw"]) == ("changed", ["a.css"], 13)
    assert document["total"]["after"]["raw"] - document["total"]["before"]["raw"] == 1


def test_markdown_is_a_table(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("diff", "old", "build", "--markdown") == 0
    assert "| `a.css` | changed | " in capsys.readouterr().out


def test_two_forms_at_once_are_refused(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code("diff", "old", "build", "--markdown", "--json") == 2


@pytest.mark.parametrize("source", ["gone", "assets/b.css"])
def test_missing_release_is_reported(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    assert exit_code("diff", source, "build") == 1
    assert f"error[manifest/unreadable]: {'there is no manifest at ' if source == 'gone' else ''}`{source}`" in (
        capsys.readouterr().err
    )


def test_explain_shows_why_an_asset_has_changed(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("explain", "a.css", "--since", "old/manifest.json") == 0
    _, _, since = capsys.readouterr().out.partition("since `old/manifest.json`:\n")
    assert since.splitlines()[0].startswith("  a.css changed: 12 B → 13 B (+1 B), ")
    assert since.endswith("    `_t.scss` changed\n")


def test_explain_shows_that_an_asset_is_unchanged(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("explain", "b.css", "--since", "old") == 0
    assert capsys.readouterr().out.endswith("since `old`:\n  nothing changed\n")
    assert exit_code("explain", "b.css", "--since", "old", "--json") == 0
    assert json.loads(capsys.readouterr().out)["since"] is None


def test_explain_shows_that_an_asset_was_removed(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "assets/b.css").unlink()
    assert exit_code("build", "-q") == 0
    assert exit_code("explain", "b.css", "--since", "old") == 1
    assert "note: `old` has it\n" in capsys.readouterr().err
