"""Which changes of real files wake a watch, and what it builds then."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from buildassets.compiler.engines.process.child import SharedProcesses
from buildassets.compiler.watch.events import lasting
from buildassets.compiler.watch.events.lasting import started_events
from buildassets.compiler.watch.events.protocol import FileChange, LimitError
from buildassets.foundation.diagnostics import Diagnostic
from tests.compiler.watch.loops import MARKER, Loop, looping
from tests.compiler.watch.saves import SAVES, Save, atomic, in_place, jetbrains, vim
from tests.conftest import NOT_SHOWN, Tree, find_tool, write_tree

TURNS = 5  # a busy machine may take the time that is between two steps of a save
SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n',
    "assets/css/app.scss": '@use "theme" as *;\na { color: $ink }\n',
    "assets/css/_theme.scss": "$ink: #123;\n",
    "assets/css/page.css": "a { background: url(../img/a.svg) }\n",
    "assets/img/a.svg": "<svg/>",
}


@pytest.fixture(scope="module")
def processes() -> Iterator[SharedProcesses]:
    """The processes of engines, which all watches share."""
    with closing(SharedProcesses()) as shared:
        yield shared


@pytest.fixture
def site(tmp_path: Path, processes: SharedProcesses) -> Iterator[Loop]:
    """A watch of SITE that has done its first build."""
    with looping(write_tree(tmp_path / "site", SITE), processes=processes) as watch:
        assert watch.next().ok
        yield watch


def test_saved_partial_builds_its_importer(site: Loop) -> None:
    (site.folder / "assets/css/_theme.scss").write_text("$ink: tan;\n")
    assert list(site.next().assets) == ["css/app.css"]


def test_reading_wakes_nothing(site: Loop) -> None:
    for path in site.folder.rglob("*"):
        if path.is_file():
            path.read_bytes()
    site.no_more()


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_save_is_one_build_of_what_was_saved(site: Loop, tmp_path: Path, save: Save) -> None:
    assert any(is_one_build(site, save, tmp_path, turn) for turn in range(TURNS))


def is_one_build(site: Loop, save: Save, elsewhere: Path, turn: int) -> bool:
    """Whether there is one build of what `save` leaves; in any case that comes to be released, and no other content."""
    content = b"b { color: tan }\n" * (1000 + turn)
    save(site.folder / "assets/css/page.css", content, elsewhere)
    return site.next_released("css/page.css", content) == 1


@pytest.mark.parametrize("save", [in_place, vim, jetbrains, atomic], ids=lambda save: save.__name__)
def test_save_is_found_by_looking(tmp_path: Path, save: Save) -> None:
    content = b"b { color: tan }\n" * 1000
    with looping(write_tree(tmp_path / "site", SITE), poll_seconds=0.05) as watch:
        watch.next()
        save(watch.folder / "assets/css/page.css", content, tmp_path)
        watch.next_released("css/page.css", content)  # looking may catch it half done


def test_branch_switch_is_one_build(tmp_path: Path) -> None:
    git = [find_tool("git"), "-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=one"]
    files = [f"assets/{folder}/{number}.css" for folder in "abcde" for number in range(20)]
    write_tree(tmp_path, {**SITE, ".gitignore": "build\n.buildassets\n", **dict.fromkeys(files, "a { color: red }\n")})
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["checkout", "-qb", "two"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    write_tree(tmp_path, dict.fromkeys(files, "b { color: tan }\n"))
    subprocess.run([*git, "commit", "-qam", "two"], cwd=tmp_path, check=True)
    with looping(tmp_path) as watch:
        watch.next()
        subprocess.run([*git, "checkout", "-q", "one"], cwd=tmp_path, check=True)
        assert len(watch.next().assets) == 100
        watch.no_more()


def test_folder_that_appears_with_files_is_built_and_watched(site: Loop, tmp_path: Path) -> None:
    write_tree(tmp_path / "more", {"deep/er/b.css": "b {}\n", "c.css": "c {}\n"})
    (tmp_path / "more").rename(site.folder / "assets/more")
    assert sorted(site.next().assets) == ["more/c.css", "more/deep/er/b.css"]
    (site.folder / "assets/more/deep/er/b.css").write_text("b { color: tan }\n")
    assert list(site.next().assets) == ["more/deep/er/b.css"]


def test_folders_that_are_made_one_by_one_are_built_whole(site: Loop) -> None:
    built: set[str] = set()
    expected = {f"a/{depth}/b/c/{depth}.css" for depth in range(30)}
    write_tree(site.folder / "assets", dict.fromkeys(expected, "a {}\n"))
    while built != expected:
        built.update(site.next().assets)
    (site.folder / "assets/a/29/b/c/29.css").write_text("b {}\n")
    assert list(site.next().assets) == ["a/29/b/c/29.css"]


def test_renamed_folder_is_built_and_watched_under_its_new_name(site: Loop) -> None:
    (site.folder / "assets/css").rename(site.folder / "assets/styles")
    document = site.next()
    assert (sorted(document.assets), document.removed) == (
        ["styles/app.css", "styles/page.css"],
        ["css/app.css", "css/page.css"],
    )
    (site.folder / "assets/styles/page.css").write_text("a {}\n")
    assert list(site.next().assets) == ["styles/page.css"]


def test_folder_that_takes_the_name_of_another_is_watched(site: Loop, tmp_path: Path) -> None:
    write_tree(tmp_path / "css", {"page.css": "b {}\n"})
    (site.folder / "assets/css").rename(tmp_path / "old")
    (tmp_path / "css").rename(site.folder / "assets/css")
    assert list(site.next().assets) == ["css/page.css"]
    (tmp_path / "old/page.css").write_text("none of it")
    site.no_more()
    (site.folder / "assets/css/page.css").write_text("a {}\n")
    assert list(site.next().assets) == ["css/page.css"]


def test_source_root_that_is_deleted_is_an_error_until_it_returns(site: Loop) -> None:
    shutil.rmtree(site.folder / "assets")
    while site.next().ok:
        pass
    write_tree(site.folder, SITE)
    while not site.next().ok:
        pass
    write_tree(site.folder, {"assets/img/b.svg": "<svg/>"})
    while "img/b.svg" not in site.next().assets:
        pass


def test_missing_file_wakes_the_watch_when_it_appears_anywhere(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.scss": '@use "lib/found" as *;', "buildassets.toml": 'load_paths = ["vendor/x"]'})
    with looping(tmp_path) as watch:
        assert watch.next().codes[0] == "scss/import"
        write_tree(tmp_path, {"vendor/x/lib/_found.scss": "a { color: tan }\n"})
        assert watch.next().ok
        write_tree(tmp_path, {"vendor/x/lib/_found.scss": "a { color: red }\n"})
        assert list(watch.next().assets) == ["app.css"]


def test_source_root_that_is_configured_before_it_exists_is_built_when_it_appears(site: Loop) -> None:
    (site.folder / MARKER).write_text('sources = ["assets", "further/deep"]\n')
    assert site.next().codes == ["config/source"]
    write_tree(site.folder, {"further/deep/b.css": "b {}\n"})
    while (report := site.next()).codes:
        assert report.codes == ["config/source"]
    assert list(report.assets) == ["b.css"]


def test_file_of_another_system_that_is_invalid_is_read_again_until_it_is_valid(site: Loop) -> None:
    write_tree(site.folder, {"bundles.yml": "bundles: [\n"})
    (site.folder / MARKER).write_text('sources = ["assets"]\nwebassets = "bundles.yml"\n')
    assert site.next().codes == ["webassets/syntax"]
    bundle = "directory: assets\nbundles:\n  all:\n    output: all.css\n    contents: css/new.css\n"
    write_tree(site.folder, {"bundles.yml": bundle})
    assert site.next().codes == ["webassets/missing"]
    write_tree(site.folder, {"assets/css/new.css": "a {}\n"})
    while (report := site.next()).codes:
        assert report.codes == ["webassets/missing"]
    assert "all.css" in report.assets


def test_changed_configuration_is_obeyed(site: Loop) -> None:
    write_tree(site.folder, {"other/b.css": "b {}\n"})
    (site.folder / "buildassets.toml").write_text('sources = ["other"]\noutput = "out"\n')
    document = site.next()
    assert (list(document.assets), document.output) == (["b.css"], str(site.folder / "out"))
    (site.folder / "other/b.css").write_text("b { color: tan }\n")
    assert list(site.next().assets) == ["b.css"]
    (site.folder / "assets/img/a.svg").write_text("<svg></svg>")
    site.no_more()


def test_configuration_that_appears_is_obeyed(tmp_path: Path) -> None:
    with looping(write_tree(tmp_path, {"assets/a.css": "a {}\n", "other/b.css": "b {}\n"})) as watch:
        assert list(watch.next().assets) == ["a.css"]
        write_tree(tmp_path, {"pyproject.toml": '[tool.buildassets]\nsources = ["other"]\n'})
        assert list(watch.next().assets) == ["b.css"]
        write_tree(tmp_path, {"buildassets.toml": 'sources = ["assets"]\n'})
        assert list(watch.next().assets) == ["a.css"]


def test_other_files_of_the_project_wake_nothing(site: Loop) -> None:
    write_tree(site.folder, {"app.log": "one\n", "notes/a.css": "a {}\n", "assets/css/.hidden.css": "a {}\n"})
    (site.folder / "app.log").write_text("two\n")
    site.no_more()


def test_deleted_file_of_the_release_is_built_again(site: Loop) -> None:
    for text in ("a { color: tan }\n", "a { color: teal }\n"):
        (site.folder / "assets/css/page.css").write_text(text)
        file = site.folder / "build/assets" / site.next().assets["css/page.css"]
        file.unlink()
        assert f"assets/{file.relative_to(site.folder / 'build/assets')}" in site.next().written
        assert file.exists()
    (site.folder / "build/assets/img").rename(site.folder / "moved")
    site.next()
    assert (site.folder / "build/assets/img").exists()
    site.no_more()


def test_deleted_release_directory_is_built_again(site: Loop) -> None:
    shutil.rmtree(site.folder / "build")
    assert "manifest.json" in site.next().written
    assert (site.folder / "build/manifest.json").exists()


def test_file_of_a_release_that_was_built_again_is_built_again(site: Loop) -> None:
    for _ in range(2):
        shutil.rmtree(site.folder / "build")
        site.next()
        (site.folder / "build/manifest.json").unlink()
        assert "manifest.json" in site.next().written
        (file,) = site.folder.glob("build/assets/css/page.*.css")
        file.unlink()
        assert f"assets/css/{file.name}" in site.next().written


def test_second_watch_of_an_unchanged_project_watches_as_the_first(tmp_path: Path) -> None:
    for content in ("<svg></svg>", "<svg> </svg>"):
        with looping(write_tree(tmp_path, SITE)) as watch:
            watch.next()
            (tmp_path / "assets/img/a.svg").write_text(content)
            assert sorted(watch.next().assets) == ["css/page.css", "img/a.svg"]


@contextmanager
def shown(folder: Path, at: Path) -> Iterator[None]:
    """What `folder` holds, shown `at` another place by a program, as a machine shows its files to another."""
    at.mkdir()
    with subprocess.Popen([find_tool("bindfs"), "-f", folder, at], stderr=subprocess.PIPE) as process:
        while not os.path.ismount(at) and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            pytest.skip(f"{NOT_SHOWN}: this system does not allow mounts")
        try:
            yield
        finally:
            process.terminate()


def test_write_on_the_other_side_of_a_mount_is_found_by_polling(
    tmp_path: Path, processes: SharedProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting, "DEFAULT_POLL_SECONDS", 0.05)
    write_tree(tmp_path / "host", SITE)
    guest = tmp_path / "guest"
    with shown(tmp_path / "host", guest), looping(guest, processes=processes) as watch:
        watch.next()
        write_tree(tmp_path / "host", {"assets/img/a.svg": "<svg></svg>"})
        assert sorted(watch.next().assets) == ["css/page.css", "img/a.svg"]
        (warning,) = watch.warnings
        assert warning.code == "watch/mount"
        assert f"`{guest}`" in warning.message


def test_watch_that_polls_does_not_warn_of_a_mount(tmp_path: Path, processes: SharedProcesses) -> None:
    write_tree(tmp_path / "host", SITE)
    guest = tmp_path / "guest"
    with shown(tmp_path / "host", guest), looping(guest, 0.05, processes) as watch:
        watch.next()
        write_tree(tmp_path / "host", {"assets/img/a.svg": "<svg></svg>"})
        assert sorted(watch.next().assets) == ["css/page.css", "img/a.svg"]
        assert watch.warnings == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other events")
def test_limit_on_watched_folders_is_reported_and_polling_takes_over(
    tmp_path: Path, processes: SharedProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    from buildassets.compiler.watch.events.inotify import Inotify

    def cover(_: Inotify, folders: frozenset[str]) -> frozenset[str]:
        raise LimitError("user.max_inotify_watches", 2)

    monkeypatch.setattr(Inotify, "cover", cover)
    monkeypatch.setattr(lasting, "DEFAULT_POLL_SECONDS", 0.05)
    with looping(write_tree(tmp_path, SITE), processes=processes) as watch:
        watch.next()
        (tmp_path / "assets/img/a.svg").write_text("<svg></svg>")
        assert sorted(watch.next().assets) == ["css/page.css", "img/a.svg"]
        assert [warning.code for warning in watch.warnings] == ["watch/limit"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other events")
def test_configuration_that_changed_while_events_were_lost_is_read_again(
    tmp_path: Path, processes: SharedProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    from buildassets.compiler.watch.events.inotify import Inotify

    reported = Inotify.wait
    monkeypatch.setattr(Inotify, "wait", lambda *given: [FileChange("")] if reported(*given) else [])
    write_tree(tmp_path, {**SITE, "more/b.svg": "<svg/>"})
    with looping(tmp_path, processes=processes) as watch:
        watch.next()
        write_tree(tmp_path, {"buildassets.toml": 'sources = ["assets", "more"]\n'})
        assert list(watch.next().assets) == ["b.svg"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other events")
def test_the_system_reports_changes_without_a_warning() -> None:
    warnings: list[Diagnostic] = []
    with closing(started_events(None, warnings.append)) as events:
        assert type(events).__name__ == "Inotify"
    assert warnings == []


PAGES: Tree = {
    **SITE,
    "buildassets.toml": '[templates]\ndirs = ["templates", "app/*/templates"]\n',
    "templates/page.html": "<p>one</p>\n",
    "app/shop/templates/shop/cart.html": "<p>cart</p>\n",
}


@pytest.fixture
def pages(tmp_path: Path, processes: SharedProcesses) -> Iterator[Loop]:
    """A watch of PAGES that has done its first build."""
    with looping(write_tree(tmp_path / "site", PAGES), processes=processes) as watch:
        assert watch.next().ok
        yield watch


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_saved_template_is_reported_without_a_build(pages: Loop, tmp_path: Path, save: Save) -> None:
    assert any(is_one_change_of_pages(pages, save, tmp_path, turn) for turn in range(TURNS))


def is_one_change_of_pages(pages: Loop, save: Save, elsewhere: Path, turn: int) -> bool:
    """Whether one document reports what `save` does to a template; there is no build in any case."""
    save(pages.folder / "templates/page.html", b"<p>two</p>\n" * (1000 + turn), elsewhere)
    documents = [pages.next(), *pages.rest()]
    for document in documents:
        assert document.changed == ["templates/page.html"]
        assert (document.ok, document.assets, document.written) == (True, {}, ())
    return len(documents) == 1


def test_templates_are_watched_wherever_the_configuration_has_them(pages: Loop) -> None:
    write_tree(pages.folder, {"app/shop/templates/shop/cart.html": "<p>empty</p>\n"})
    assert pages.next().changed == ["app/shop/templates/shop/cart.html"]
    write_tree(pages.folder, {"buildassets.toml": 'templates = { dirs = ["mails"] }', "mails/a.html": "a"})
    assert "mails/a.html" in pages.next().changed
    write_tree(pages.folder, {"templates/page.html": "<p>of no matter</p>\n", "mails/a.html": "b"})
    assert pages.next().changed == ["mails/a.html"]


def test_folder_of_templates_that_appears_with_files_is_watched(pages: Loop, tmp_path: Path) -> None:
    write_tree(tmp_path / "more", {"deep/er/a.html": "a"})
    (tmp_path / "more").rename(pages.folder / "templates/more")
    assert pages.next().changed == ["templates/more/deep/er/a.html"]
    write_tree(pages.folder, {"templates/more/deep/er/a.html": "b"})
    assert pages.next().changed == ["templates/more/deep/er/a.html"]
    shutil.rmtree(pages.folder / "templates/more")
    assert pages.next().changed == ["templates/more/deep/er/a.html"]


def test_template_with_the_same_content_is_not_reported(pages: Loop) -> None:
    write_tree(
        pages.folder, {"templates/page.html": "<p>one</p>\n", "templates/.page.html.swp": "", "templates/a~": ""}
    )
    pages.no_more()


def test_template_among_the_sources_is_built_and_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "buildassets.toml": 'templates.dirs = ["assets"]', "assets/page.html": "one"})
    with looping(tmp_path) as watch:
        watch.next()
        write_tree(tmp_path, {"assets/page.html": "two"})
        assert list(watch.next().assets) == ["page.html"]
        assert watch.next().changed == ["assets/page.html"]
        watch.no_more()
