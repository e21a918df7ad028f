"""`build --carry-from` on the command line."""

import json
from pathlib import Path

import pytest

from tests.command import exit_code
from tests.conftest import write_tree


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the working directory, with a release in `one`; its script is another now."""
    monkeypatch.chdir(write_tree(tmp_path, {"assets/app.js": "call(1)\n"}))
    assert exit_code("build", "-q", "-o", "one") == 0
    write_tree(tmp_path, {"assets/app.js": "call(2)\n"})
    return tmp_path


def retained(folder: Path) -> int:
    return len(json.loads((folder / "manifest.json").read_text())["retained"])


def test_a_build_names_what_it_took_over(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("build", "--carry-from", "one", "--json") == 0
    (files,) = json.loads(capsys.readouterr().out)["retained"].values()
    assert list(files) == ["app.js"]
    assert (site / "build/assets" / files["app.js"]).read_text() == "call(1)"


def test_build_prints_how_much_it_retains(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("build", "--carry-from", "one") == 0
    assert "into `build/`, retained 1 file of 1 earlier release, wrote 3 files" in capsys.readouterr().err


def test_a_release_that_came_since_the_last_build_is_seen(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = ("build", "--carry-from", "one", "--carry-from", "two", "--carry-if-any")
    assert exit_code(*again) == 0
    write_tree(site, {"assets/app.js": "call(3)\n"})
    assert exit_code("build", "-q", "-o", "two") == 0
    write_tree(site, {"assets/app.js": "call(2)\n"})
    assert exit_code(*again) == 0
    assert retained(site / "build") == 2


def test_a_plain_build_afterwards_retains_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code("build") == 0
    assert exit_code("build", "--carry-from", "one") == 0
    assert exit_code("build") == 0
    assert retained(site / "build") == 0


def test_missing_earlier_release_stops_the_build(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("build", "--carry-from", "gone", "--json") == 1
    assert [found["code"] for found in json.loads(capsys.readouterr().out)["diagnostics"]] == ["carry/absent"]
    assert not (site / "build").exists()


def test_missing_earlier_release_may_be_passed_over(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exit_code("build", "--carry-from", "gone", "--carry-if-any") == 0
    assert retained(site / "build") == 0


@pytest.mark.parametrize(
    "options",
    [["--carry-if-any"], ["--carry-url", "https://example.com/"], ["--carry-from", "one", "--mode", "development"]],
    ids=" ".join,
)
def test_options_without_effect_are_refused(site: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    assert exit_code("build", *options) == 2
    assert not (site / "build").exists()
