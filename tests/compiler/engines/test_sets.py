"""Engines that list sets of files: which there are decides what is made again, what they hold only if it is read."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from tests.building import build, load_config
from tests.command import run
from tests.compiler.conftest import SHOUT, write_package
from tests.compiler.watch.loops import looping
from tests.conftest import settle, write_tree

# Its sources hold a glob; what it makes are the names that it matches, and what the files with `.read` hold.
BODY = """return Compiled("".join(
            f"{path.rpartition('/')[2]} {given.read(path) if path.endswith('.read') else ''};"
            for path in given.list(given.text.strip())))"""
ENGINE = SHOUT.replace("return Compiled(given.text.upper())", BODY)
SITE = {
    "buildassets.toml": 'sources = ["assets"]\ncompress = []\n[engines]\nscan = "shout"\n',
    "assets/all.scan": "../pages/**/*.*",
    "pages/a.html": "a",
    "pages/deep/b.read": "b",
    "pages/c.unlike/d": "no name with a dot",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose engine lists files; processes that tests start find it, too."""
    path = write_package(tmp_path, "scanning", ENGINE, {"shout": "Shout"})
    monkeypatch.syspath_prepend(path)
    monkeypatch.setenv("PYTHONPATH", str(path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # beside that package, which would count as changed
    return write_tree(tmp_path / "site", SITE)


def text_of(folder: Path) -> str:
    """What the engine made."""
    manifest = json.loads((folder / "build/manifest.json").read_text())
    path: Path = folder / "build/assets" / manifest["assets"]["all.txt"]["file"]
    return path.read_text()


class Builder:
    """Builds again and again. `reasons` are those for each asset made again; None if the last build did nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reasons: dict[str, tuple[str | None, str]] | None = None
        self()

    def __call__(self) -> BuildResult:
        settle()
        config = load_config(start=str(self.folder))
        cache = str(self.folder / ".cache")
        self.reasons = None

        def work(*, last: LastBuild | None) -> BuildResult:
            result = build(config, cache=cache, last=last)
            self.reasons = {path: (stale.path, stale.reason) for path, stale in result.rerun.items()}
            return result

        return kept_or_built(BuildRequest(config=config, cache=cache), work)

    def reasons_after(self, change: Callable[[], object]) -> dict[str, tuple[str | None, str]] | None:
        """The reasons of the build after `change`; the one after it has nothing to do."""
        change()
        self()
        reasons = self.reasons
        self()
        assert self.reasons is None
        return reasons


def test_a_set_is_the_files_that_match(site: Path) -> None:
    assert build(load_config(start=str(site))).succeeded
    assert text_of(site) == "a.html ;b.read b;"


def test_a_file_that_comes_makes_the_engine_run_again(site: Path) -> None:
    builder = Builder(site)
    reasons = builder.reasons_after((site / "pages/deep/new.html").touch)
    assert reasons == {"all.txt": (f"{site}/pages/**/*.*", "matches other files")}
    assert text_of(site) == "a.html ;b.read b;new.html ;"


def test_a_folder_that_comes_with_a_file_makes_the_engine_run_again(site: Path) -> None:
    builder = Builder(site)
    assert builder.reasons_after(lambda: write_tree(site, {"pages/x/y/z.html": ""}))
    assert text_of(site) == "a.html ;b.read b;z.html ;"


def test_a_file_that_goes_or_is_renamed_makes_the_engine_run_again(site: Path) -> None:
    builder = Builder(site)
    assert builder.reasons_after((site / "pages/a.html").unlink)
    assert text_of(site) == "b.read b;"
    reasons = builder.reasons_after(lambda: (site / "pages/deep/b.read").rename(site / "pages/deep/c.read"))
    assert reasons == {"all.txt": (f"{site}/pages/deep/b.read", "is gone")}
    assert text_of(site) == "c.read b;"


def test_a_file_that_no_glob_matches_makes_no_engine_run(site: Path) -> None:
    builder = Builder(site)
    assert builder.reasons_after((site / "pages/unlike").touch) == {}
    assert builder.reasons_after((site / "pages/a.html~").touch) is None


def test_content_of_a_file_counts_only_if_it_is_read(site: Path) -> None:
    builder = Builder(site)
    assert builder.reasons_after(lambda: (site / "pages/a.html").write_text("other")) is None
    reasons = builder.reasons_after(lambda: (site / "pages/deep/b.read").write_text("other"))
    assert reasons == {"all.txt": (f"{site}/pages/deep/b.read", "changed")}
    assert text_of(site) == "a.html ;b.read other;"


def test_a_set_without_files_and_folder_is_recorded(site: Path) -> None:
    (site / "assets/all.scan").write_text("../later/*.html")
    builder = Builder(site)
    assert text_of(site) == ""
    assert builder.reasons_after(lambda: write_tree(site, {"later/a.html": ""}))
    assert text_of(site) == "a.html ;"


def test_a_set_in_the_folder_that_a_build_writes_to_is_recorded_by_the_first_build(site: Path) -> None:
    (site / "assets/all.scan").write_text("../*.html")
    builder = Builder(site)
    builder()
    assert builder.reasons is None
    assert builder.reasons_after((site / "a.html").touch)


def test_another_clone_finds_the_result_in_a_shared_cache(site: Path, tmp_path: Path) -> None:
    other = write_tree(tmp_path / "other", SITE)
    settle()
    first, second = (build(load_config(start=str(folder)), cache=str(tmp_path / "cache")) for folder in (site, other))
    assert list(first.rerun) == ["all.txt"]
    assert not second.rerun
    assert text_of(other) == text_of(site)


def printed(folder: Path, *arguments: str) -> str:
    """Return what `buildassets` prints."""
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_explain_shows_that_the_set_is_another(site: Path) -> None:
    printed(site, "build")
    assert "all.txt: up to date" in printed(site, "explain", "all.txt")
    (site / "pages/new.html").touch()
    assert "all.txt: pages/**/*.* matches other files" in printed(site, "explain", "all.txt")
    assert "all.txt: pages/**/*.* matches other files" in printed(site, "build", "-v")


def test_a_command_with_nothing_to_do_sees_a_new_file(site: Path) -> None:
    for _ in range(2):
        printed(site, "build")
    (site / "pages/deep/new.html").touch()
    printed(site, "build")
    assert text_of(site) == "a.html ;b.read b;new.html ;"


def test_workers_record_sets(site: Path) -> None:
    filling = "x" * 3_000_000
    write_tree(site, {"assets/other.scan": "../pages/*.html", "pages/big.read": filling})
    write_tree(site, {f"assets/{number}.css": f"a {{ color: red }}\n/* {filling} */" for number in range(6)})
    printed(site, "build", "--jobs", "3")
    (site / "pages/new.html").touch()
    assert "all.txt: pages/**/*.* matches other files" in printed(site, "build", "-v", "--jobs", "3")


def test_a_watch_builds_when_a_file_comes_or_goes(site: Path) -> None:
    with looping(site) as watch:
        assert watch.next().ok
        write_tree(site, {"pages/new/er/e.html": ""})
        assert list(watch.next().assets) == ["all.txt"]
        (site / "pages/new/er/e.html").unlink()
        assert list(watch.next().assets) == ["all.txt"]
        (site / "pages/a.html").write_text("other")
        watch.no_more()
