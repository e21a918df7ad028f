import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buildassets.compiler.cache.store import Cache, Run
from buildassets.compiler.clean import Cleaned, clean_cache, clean_release
from buildassets.compiler.config.values import MODES, Mode
from buildassets.compiler.incremental.no_op import kept_or_built
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.write.release_directory import release_files
from buildassets.errors import ConfigError
from buildassets.foundation.permission import BUILDING
from buildassets.manifest.model import loads
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\n',
    "assets/css/app.css": "a { background: url(../img/a.svg) }\n" + "b { color: red }\n" * 20,
    "assets/img/a.svg": "<svg/>",
    "assets/js/app.js": "call( 1 )\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project that is built, with a cache."""
    rebuild(write_tree(tmp_path, SITE))
    return tmp_path


def rebuild(site: Path) -> None:
    config, cache = load_config(start=str(site)), str(site / ".buildassets")
    assert kept_or_built(
        BuildRequest(config=config, cache=cache),
        lambda *, last: build(config, cache=cache, last=last),
    ).succeeded


def clean(site: Path, **how: bool) -> set[str]:
    """Clean the release directory; gives the names of what went."""
    return names(site, clean_release(str(site / "build"), str, **how, permission=BUILDING))


def names(site: Path, cleaned: Cleaned) -> set[str]:
    assert cleaned.diagnostics == ()
    return {os.path.relpath(path, site) for path, _ in cleaned.removed}


def released(site: Path) -> set[str]:
    manifest = loads((site / "build/manifest.json").read_text())
    return {os.path.relpath(path, site) for path in release_files(str(site / "build"), manifest)}


def files(site: Path) -> set[str]:
    return {f"build/{name}" for name in read_tree(site / "build")}


def test_files_of_the_release_stay(site: Path) -> None:
    assert clean(site) == set()
    assert files(site) == released(site)


def test_files_of_an_earlier_release_are_removed_with_their_copies(site: Path) -> None:
    before = released(site)
    write_tree(site, {"assets/css/app.css": "b { color: tan }\n" * 20})
    rebuild(site)
    gone = before - released(site)
    assert len(gone) == 2  # the sheet and its copy; the manifest has its name again
    assert clean(site) == gone
    assert files(site) == released(site)


def test_a_copy_that_the_release_does_not_name_goes(site: Path) -> None:
    write_tree(site, {"buildassets.toml": "compress = []\n"})
    rebuild(site)
    assert [name.rpartition(".")[2] for name in clean(site)] == ["gz"]


def test_files_of_a_retained_release_stay_as_long_as_it_is_retained(site: Path) -> None:
    before = released(site)
    write_tree(site, {"buildassets.toml": 'compress = ["gzip"]\n[retain]\n'})
    write_tree(site, {"assets/css/app.css": "b { color: tan }\n" * 20})
    rebuild(site)
    assert clean(site) == set()
    assert before <= released(site) == files(site)
    write_tree(site, {"buildassets.toml": 'compress = ["gzip"]\n'})
    rebuild(site)
    assert clean(site) == before - released(site) != set()


@pytest.mark.parametrize("mode", MODES)
def test_where_a_watch_can_be_reached_stays_in_a_release_that_it_made(site: Path, mode: Mode) -> None:
    assert build(load_config(start=str(site)), mode=mode).succeeded
    clean(site)
    write_tree(site, {"build/assets/livereload.json": "{}"})
    assert clean(site) == (set() if mode == "development" else {"build/assets/livereload.json"})


def test_a_release_with_all_that_a_manifest_may_hold_is_not_damaged(site: Path) -> None:
    settings = 'modules = "importmap"\nsource_maps = true\n[importmap]\n"a" = "js/app.js"\n'
    settings += '[importmap.scopes."css/"]\n"a" = "js/app.js"\n'
    write_tree(site, {"buildassets.toml": settings, "assets/js/main.js": 'import "./app.js"'})
    rebuild(site)
    clean(site)
    assert files(site) == released(site)


def test_folders_that_are_left_empty_go(site: Path) -> None:
    write_tree(site, {"build/assets/old/older/a.0123456789ab.js": ""})
    assert clean(site) == {"build/assets/old/older/a.0123456789ab.js"}
    assert not (site / "build/assets/old").exists()


@pytest.mark.parametrize("everything", [False, True])
def test_files_of_a_first_build_that_was_killed_before_its_manifest_are_removed(site: Path, everything: bool) -> None:
    (site / "build/manifest.json").unlink()
    write_tree(site, {"build/.new-0123456789abcdef/7": "{"})
    before = files(site)
    assert clean(site, everything=everything) == before
    assert files(site) == set()


@pytest.mark.parametrize("name", ["assets/app.css", "assets/fed.0123456789ab.css", "web.config"])
def test_without_a_manifest_only_what_is_named_by_a_build_is_taken_for_ours(site: Path, name: str) -> None:
    (site / "build/manifest.json").unlink()
    write_tree(site, {f"build/{name}": ""})
    if "0123456789ab" in name:
        assert f"build/{name}" in clean(site)
        return
    with pytest.raises(ConfigError, match="does not hold a release"):
        clean(site)
    assert (site / "build" / name).exists()


def test_files_of_killed_builds_are_removed(site: Path) -> None:
    write_tree(site, {"build/.new-0123456789abcdef/0": "half a fi"})
    assert clean(site) == {"build/.new-0123456789abcdef/0"}
    assert not (site / "build/.new-0123456789abcdef").exists()


def test_foreign_file_next_to_the_assets_stays(site: Path) -> None:
    write_tree(site, {"build/robots.txt": "", "build/other/a.js": ""})
    assert clean(site, everything=True) == released_before_all(site)
    assert read_tree(site / "build") == {"other/a.js": b"", "robots.txt": b""}


def released_before_all(site: Path) -> set[str]:
    """What the release consisted of, from what a build makes of the same sources elsewhere."""
    config = load_config(start=str(site), output=str(site / "elsewhere"))
    result = build(config)
    return {path.replace(f"{site}/elsewhere", "build") for path in result.outputs}


def test_everything_goes_and_can_be_built_again(site: Path) -> None:
    before = read_tree(site / "build")
    clean(site, everything=True)
    assert list((site / "build").iterdir()) == []
    rebuild(site)
    assert read_tree(site / "build") == before


def test_a_dry_run_removes_nothing(site: Path) -> None:
    before = read_tree(site)
    assert clean(site, everything=True, dry_run=True) == released(site)
    clean_cache(str(site / ".buildassets"), str, everything=True, dry_run=True, permission=BUILDING)
    assert read_tree(site) == before


def test_links_are_removed_and_not_followed(site: Path) -> None:
    write_tree(site, {"precious/a.txt": "", "precious/b.0123456789ab.js": ""})
    (site / "build/assets/folder").symlink_to(site / "precious")
    (site / "build/assets/file.js").symlink_to(site / "precious/a.txt")
    (site / "build/assets/nowhere").symlink_to(site / "absent")
    (site / "build/.new-0123456789abcdef").symlink_to(site / "precious")
    assert clean(site) == {f"build/assets/{name}" for name in ("folder", "file.js", "nowhere")}
    assert sorted(read_tree(site / "precious")) == ["a.txt", "b.0123456789ab.js"]


def test_a_link_to_where_named_files_are_stays(site: Path) -> None:
    (site / "build/assets/img").rename(site / "images")
    (site / "build/assets/img").symlink_to(site / "images")
    assert clean(site) == set()
    assert (site / "build/assets/img").is_symlink()


def test_a_linked_folder_of_assets_is_left_alone(site: Path) -> None:
    (site / "build/assets").rename(site / "moved")
    (site / "build/assets").symlink_to(site / "moved")
    before = read_tree(site / "moved")
    clean(site, everything=True)
    assert read_tree(site / "moved") == before


def test_a_file_that_may_not_be_written_goes_too(site: Path) -> None:
    write_tree(site, {"build/assets/old.0123456789ab.js": ""})
    (site / "build/assets/old.0123456789ab.js").chmod(0o400)
    assert clean(site) == {"build/assets/old.0123456789ab.js"}


def test_a_folder_that_is_not_there_is_clean(tmp_path: Path) -> None:
    assert clean_release(str(tmp_path / "build"), str, permission=BUILDING) == Cleaned()
    assert clean_cache(str(tmp_path / "cache"), str, everything=True, permission=BUILDING) == Cleaned()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_without_a_manifest_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.js": "", "notes.txt": ""})
    for everything in (False, True):
        with pytest.raises(ConfigError) as refused:
            clean_release(str(tmp_path), str, everything=everything, permission=BUILDING)
        assert refused.value.diagnostics[0].code == "clean/foreign"
    assert sorted(read_tree(tmp_path)) == ["assets/app.js", "notes.txt"]


def test_a_first_build_that_was_killed_leaves_no_release_to_refuse(tmp_path: Path) -> None:
    write_tree(tmp_path, {"build/.new-0123456789abcdef/0": ""})
    clean_release(str(tmp_path / "build"), str, permission=BUILDING)
    assert list((tmp_path / "build").iterdir()) == []


DAMAGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "truncated": ("manifest/invalid", lambda text: text[:-20]),
    "of an application": ("manifest/invalid", lambda text: '{"name": "My app", "start_url": "/"}'),
    "of another schema": ("manifest/schema", lambda text: text.replace('"schema": 1', '"schema": 2')),
    "with another name in it": ("clean/damaged", lambda text: text.replace('"file": "css/app.', '"file": "css/apq.')),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_manifest_that_is_not_whole_is_refused(site: Path, damage: str) -> None:
    code, change = DAMAGES[damage]
    path = site / "build/manifest.json"
    path.write_text(change(path.read_text()))
    before = read_tree(site)
    for everything in (False, True):
        with pytest.raises(ConfigError) as refused:
            clean_release(str(site / "build"), str, everything=everything, permission=BUILDING)
        assert refused.value.diagnostics[0].code == code
    assert read_tree(site) == before


def test_the_cache_goes_with_everything(site: Path) -> None:
    write_tree(site, {".buildassets/mine.txt": "", ".buildassets/content/ab/mine.txt": ""})
    clean_cache(str(site / ".buildassets"), str, everything=True, permission=BUILDING)
    assert sorted(read_tree(site / ".buildassets")) == [".gitignore", "content/ab/mine.txt", "mine.txt"]
    rebuild(site)


def test_a_cache_whose_index_is_damaged_is_still_one(site: Path) -> None:
    (site / ".buildassets/index.json").write_text("damaged")
    clean_cache(str(site / ".buildassets"), str, everything=True, permission=BUILDING)
    assert sorted(read_tree(site / ".buildassets")) == [".gitignore"]


def test_folder_that_is_not_a_cache_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"index.json": "{}", "content/ab/notes.txt": "", ".gitignore": "*\n"})
    for everything in (False, True):
        with pytest.raises(ConfigError) as refused:
            clean_cache(str(tmp_path), str, everything=everything, permission=BUILDING)
        assert refused.value.diagnostics[0].code == "clean/foreign"
    assert len(read_tree(tmp_path)) == 3


def test_unneeded_files_of_a_cache_are_removed(site: Path) -> None:
    Cache(str(site / ".buildassets")).keep("never saved", str, Run(b"left by a killed build"), 0)
    before = read_tree(site / ".buildassets/content")
    (left,) = (name for name, content in before.items() if content == b"left by a killed build")
    for name in before:
        os.utime(site / ".buildassets/content" / name, (0, 0))
    assert names(site, clean_cache(str(site / ".buildassets"), str, permission=BUILDING)) == {
        f".buildassets/content/{left}"
    }
    assert read_tree(site / ".buildassets/content").keys() == before.keys() - {left}


@pytest.fixture
def builder(site: Path) -> Iterator[None]:
    """Builds the site in another process, each time with another sheet."""
    program = f"""
import itertools, pathlib
from buildassets import build, load_config
for number in itertools.count():
    pathlib.Path("assets/css/app.css").write_text("b {{ color: #%06x }}" % number * 20)
    assert build(load_config(), cache_dir={str(site / ".buildassets")!r}).succeeded
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=site) as process:
        try:
            yield
            assert process.poll() is None, "a build failed"
        finally:
            process.kill()


@pytest.mark.usefixtures("builder")
def test_builds_at_the_same_time_lose_nothing(site: Path) -> None:
    seen: set[str] = set()
    until = time.monotonic() + 100
    while len(seen) < 10 and time.monotonic() < until:
        clean(site)
        clean_cache(str(site / ".buildassets"), str, everything=len(seen) % 2 == 0, permission=BUILDING)
        manifest = loads((site / "build/manifest.json").read_text())
        seen.add(manifest.assets["css/app.css"].file)
        assert all(os.path.exists(path) for path in release_files(str(site / "build"), manifest))
    assert len(seen) == 10


def test_a_file_that_the_file_system_lists_in_another_case_stays(site: Path) -> None:
    (file,) = (site / "build/assets/img").iterdir()
    listed = file.with_name(file.name.upper())
    os.link(file, listed)  # as where case does not count
    clean_release(str(site / "build"), str, permission=BUILDING)
    assert file.is_file()
    assert listed.is_file()
