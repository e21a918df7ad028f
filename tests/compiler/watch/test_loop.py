"""What wakes a watch and what it builds then, in a process of its own, on real files and real events."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from buildassets.compiler.watch.events.best import started_events
from buildassets.diagnostics import Diagnostic
from tests.cli.watching import Watching, watching
from tests.compiler.watch.saves import SAVES, Save, atomic, in_place, jetbrains, vim
from tests.conftest import PATIENCE_SECONDS, Tree, children, find_tool, wait_for, write_tree

TURNS = 5  # a busy machine may take the time that is between two steps of a save
SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n',
    "assets/css/app.scss": '@use "theme" as *;\na { color: $ink }\n',
    "assets/css/_theme.scss": "$ink: #123;\n",
    "assets/css/page.css": "a { background: url(../img/a.svg) }\n",
    "assets/img/a.svg": "<svg/>",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Watching]:
    """A watch of SITE that has done its first build."""
    with watching(write_tree(tmp_path / "site", SITE)) as watch:
        assert watch.next()["ok"]
        yield watch


def test_saved_partial_builds_its_importer(site: Watching) -> None:
    (site.folder / "assets/css/_theme.scss").write_text("$ink: tan;\n")
    assert list(site.next()["assets"]) == ["css/app.css"]


def test_reading_wakes_nothing(site: Watching) -> None:
    for path in site.folder.rglob("*"):
        if path.is_file():
            path.read_bytes()
    site.no_more()


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_save_is_one_build_of_what_was_saved(site: Watching, tmp_path: Path, save: Save) -> None:
    assert any(is_one_build(site, save, tmp_path, turn) for turn in range(TURNS))


def is_one_build(site: Watching, save: Save, elsewhere: Path, turn: int) -> bool:
    """Whether there is one build of what `save` leaves; in any case that comes to be released, and no other content."""
    content = b"b { color: tan }\n" * (1000 + turn)
    save(site.folder / "assets/css/page.css", content, elsewhere)
    return site.next_released("css/page.css", content) == 1


@pytest.mark.parametrize("save", [in_place, vim, jetbrains, atomic], ids=lambda save: save.__name__)
def test_save_is_found_by_looking(tmp_path: Path, save: Save) -> None:
    content = b"b { color: tan }\n" * 1000
    with watching(write_tree(tmp_path / "site", SITE), "--poll=0.05") as watch:
        watch.next()
        save(watch.folder / "assets/css/page.css", content, tmp_path)
        watch.next_released("css/page.css", content)  # looking may catch it half done


def test_branch_switch_is_one_build(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=one"]
    files = [f"assets/{folder}/{number}.css" for folder in "abcde" for number in range(100)]
    write_tree(tmp_path, {**SITE, ".gitignore": "build\n.buildassets\n", **dict.fromkeys(files, "a { color: red }\n")})
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"], ["checkout", "-qb", "two"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    write_tree(tmp_path, dict.fromkeys(files, "b { color: tan }\n"))
    subprocess.run([*git, "commit", "-qam", "two"], cwd=tmp_path, check=True)
    with watching(tmp_path) as watch:
        watch.next()
        subprocess.run([*git, "checkout", "-q", "one"], cwd=tmp_path, check=True)
        assert len(watch.next()["assets"]) == 500
        watch.no_more()


def test_folder_that_appears_with_files_is_built_and_watched(site: Watching, tmp_path: Path) -> None:
    write_tree(tmp_path / "more", {"deep/er/b.css": "b {}\n", "c.css": "c {}\n"})
    (tmp_path / "more").rename(site.folder / "assets/more")
    assert sorted(site.next()["assets"]) == ["more/c.css", "more/deep/er/b.css"]
    (site.folder / "assets/more/deep/er/b.css").write_text("b { color: tan }\n")
    assert list(site.next()["assets"]) == ["more/deep/er/b.css"]


def test_folders_that_are_made_one_by_one_are_built_whole(site: Watching) -> None:
    built: set[str] = set()
    expected = {f"a/{depth}/b/c/{depth}.css" for depth in range(30)}
    write_tree(site.folder / "assets", dict.fromkeys(expected, "a {}\n"))
    while built != expected:
        built.update(site.next()["assets"])
    (site.folder / "assets/a/29/b/c/29.css").write_text("b {}\n")
    assert list(site.next()["assets"]) == ["a/29/b/c/29.css"]


def test_renamed_folder_is_built_and_watched_under_its_new_name(site: Watching) -> None:
    (site.folder / "assets/css").rename(site.folder / "assets/styles")
    document = site.next()
    assert (sorted(document["assets"]), document["removed"]) == (
        ["styles/app.css", "styles/page.css"],
        ["css/app.css", "css/page.css"],
    )
    (site.folder / "assets/styles/page.css").write_text("a {}\n")
    assert list(site.next()["assets"]) == ["styles/page.css"]


def test_folder_that_takes_the_name_of_another_is_watched(site: Watching, tmp_path: Path) -> None:
    write_tree(tmp_path / "css", {"page.css": "b {}\n"})
    (site.folder / "assets/css").rename(tmp_path / "old")
    (tmp_path / "css").rename(site.folder / "assets/css")
    assert list(site.next()["assets"]) == ["css/page.css"]
    (tmp_path / "old/page.css").write_text("none of it")
    site.no_more()
    (site.folder / "assets/css/page.css").write_text("a {}\n")
    assert list(site.next()["assets"]) == ["css/page.css"]


def test_source_root_that_is_deleted_is_an_error_until_it_returns(site: Watching) -> None:
    shutil.rmtree(site.folder / "assets")
    while site.next()["ok"]:
        pass
    write_tree(site.folder, SITE)
    while not site.next()["ok"]:
        pass
    write_tree(site.folder, {"assets/img/b.svg": "<svg/>"})
    while "img/b.svg" not in site.next()["assets"]:
        pass


def test_project_that_is_deleted_is_watched_again_when_it_returns(site: Watching) -> None:
    shutil.rmtree(site.folder)
    while site.next()["ok"]:
        pass
    write_tree(site.folder, SITE)
    while not site.next()["ok"]:
        pass
    write_tree(site.folder, {"assets/img/b.svg": "<svg/>"})
    while "img/b.svg" not in site.next()["assets"]:
        pass


def test_missing_file_wakes_the_watch_when_it_appears_anywhere(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/app.scss": '@use "lib/found" as *;', "buildassets.toml": 'load_paths = ["vendor/x"]'})
    with watching(tmp_path) as watch:
        assert watch.next()["diagnostics"][0]["code"] == "scss/import"
        write_tree(tmp_path, {"vendor/x/lib/_found.scss": "a { color: tan }\n"})
        assert watch.next()["ok"]
        write_tree(tmp_path, {"vendor/x/lib/_found.scss": "a { color: red }\n"})
        assert list(watch.next()["assets"]) == ["app.css"]


def test_changed_configuration_is_obeyed(site: Watching) -> None:
    write_tree(site.folder, {"other/b.css": "b {}\n"})
    (site.folder / "buildassets.toml").write_text('sources = ["other"]\noutput = "out"\n')
    document = site.next()
    assert (list(document["assets"]), document["output"]) == (["b.css"], "out")
    (site.folder / "other/b.css").write_text("b { color: tan }\n")
    assert list(site.next()["assets"]) == ["b.css"]
    (site.folder / "assets/img/a.svg").write_text("<svg></svg>")
    site.no_more()


def test_configuration_that_appears_is_obeyed(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, {"assets/a.css": "a {}\n", "other/b.css": "b {}\n"})) as watch:
        assert list(watch.next()["assets"]) == ["a.css"]
        write_tree(tmp_path, {"pyproject.toml": '[tool.buildassets]\nsources = ["other"]\n'})
        assert list(watch.next()["assets"]) == ["b.css"]
        write_tree(tmp_path, {"buildassets.toml": 'sources = ["assets"]\n'})
        assert list(watch.next()["assets"]) == ["a.css"]


def test_other_files_of_the_project_wake_nothing(site: Watching) -> None:
    write_tree(site.folder, {"app.log": "one\n", "notes/a.css": "a {}\n", "assets/css/.hidden.css": "a {}\n"})
    (site.folder / "app.log").write_text("two\n")
    site.no_more()


def test_deleted_release_directory_is_built_again(site: Watching) -> None:
    shutil.rmtree(site.folder / "build")
    assert "manifest.json" in site.next()["written"]
    assert (site.folder / "build/manifest.json").exists()


def test_second_watch_of_an_unchanged_project_watches_as_the_first(tmp_path: Path) -> None:
    for content in ("<svg></svg>", "<svg> </svg>"):
        with watching(write_tree(tmp_path, SITE)) as watch:
            watch.next()
            (tmp_path / "assets/img/a.svg").write_text(content)
            assert sorted(watch.next()["assets"]) == ["css/page.css", "img/a.svg"]


def test_changes_that_are_too_many_for_the_system_lose_none(site: Watching) -> None:
    with open("/proc/sys/fs/inotify/max_queued_events", encoding="ascii") as file:
        limit = int(file.read())
    site.process.send_signal(signal.SIGSTOP)
    for number in range(limit // 2):  # more than two events each
        path = site.folder / "assets" / str(number % 100)
        path.write_text("")
        path.unlink()
    (site.folder / "assets/css").rename(site.folder / "old")
    write_tree(site.folder, {"assets/new/b.css": "b {}\n", "assets/css/page.css": "a {}\n"})
    site.process.send_signal(signal.SIGCONT)
    assert list(site.next()["assets"]) == ["css/page.css", "new/b.css"]
    for name in ("css/page.css", "new/b.css"):
        (site.folder / "assets" / name).write_text("b { color: tan }\n")
        assert list(site.next()["assets"]) == [name]


def limited(count: int) -> list[str]:
    """What runs a program in a user namespace that may watch `count` folders."""
    within = f'echo {count} > /proc/sys/user/max_inotify_watches && exec "$@"'
    command = [find_tool("unshare"), "--user", "--map-root-user", "sh", "-c", within, "sh"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody make a user namespace")
    return command


@pytest.mark.parametrize("count", [0, 2])
def test_limit_of_inotify_is_named_and_looking_takes_over(tmp_path: Path, count: int) -> None:
    with watching(write_tree(tmp_path, SITE), command=limited(count)) as watch:
        documents = [watch.next(), watch.next()]
        (told,) = (found for document in documents for found in document["diagnostics"])
        assert (told["code"], f"the limit of {count} that" in told["message"]) == ("watch/limit", True)
        assert "sudo sysctl user.max_inotify_watches=" in told["hint"]
        (tmp_path / "assets/img/a.svg").write_text("<svg></svg>")
        assert sorted(watch.next()["assets"]) == ["css/page.css", "img/a.svg"]


def test_limit_that_a_new_folder_meets_loses_nothing(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE), command=limited(6)) as watch:
        watch.next()
        files = {f"assets/new/{number}/a.css" for number in range(5)}
        built: set[str] = set()
        codes: list[str] = []
        write_tree(tmp_path, dict.fromkeys(files, "a {}\n"))
        while not codes or built != {name.removeprefix("assets/") for name in files}:
            document = watch.next()
            built.update(document.get("assets", ()))
            codes += [found["code"] for found in document["diagnostics"]]
        assert codes == ["watch/limit"]
        (tmp_path / "assets/new/4/a.css").write_text("b {}\n")
        assert list(watch.next()["assets"]) == ["new/4/a.css"]


@contextmanager
def shown(folder: Path, at: Path) -> Iterator[None]:
    """What `folder` holds, shown `at` another place by a program, as a machine shows its files to another."""
    at.mkdir()
    with subprocess.Popen([find_tool("bindfs"), "-f", folder, at], stderr=subprocess.PIPE) as process:
        while not os.path.ismount(at) and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            pytest.skip("this system lets nobody mount anything")
        try:
            yield
        finally:
            process.terminate()


def test_what_others_write_on_a_mount_is_found_by_looking(tmp_path: Path) -> None:
    write_tree(tmp_path / "host", SITE)
    with shown(tmp_path / "host", tmp_path / "guest"), watching(tmp_path / "guest") as watch:
        told, first = watch.next(), watch.next()
        told = told if "assets" not in told else first
        (warned,) = told["diagnostics"]
        assert warned["code"] == "watch/mount"
        assert f"`{tmp_path}/guest`" in warned["message"]
        (tmp_path / "host/assets/img/a.svg").write_text("<svg></svg>")
        assert sorted(watch.next()["assets"]) == ["css/page.css", "img/a.svg"]


def test_a_watch_that_polls_does_not_warn_of_a_mount(tmp_path: Path) -> None:
    write_tree(tmp_path / "host", SITE)
    with shown(tmp_path / "host", tmp_path / "guest"), watching(tmp_path / "guest", "--poll=0.05") as watch:
        assert watch.next()["diagnostics"] == []
        (tmp_path / "host/assets/img/a.svg").write_text("<svg></svg>")
        assert sorted(watch.next()["assets"]) == ["css/page.css", "img/a.svg"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other events")
def test_the_system_reports_changes_without_a_warning() -> None:
    warnings: list[Diagnostic] = []
    with closing(started_events(None, warnings.append)) as events:
        assert type(events).__name__ == "Inotify"
    assert warnings == []


def test_other_version_of_watchdog_is_reported_and_polling_takes_over(tmp_path: Path) -> None:
    names = ("__init__", "observers/__init__", "observers/inotify_c")
    write_tree(tmp_path / "other", {f"watchdog/{name}.py": "" for name in names})
    path = os.pathsep.join(filter(None, (str(tmp_path / "other"), os.environ.get("PYTHONPATH"))))
    command = ["env", f"PYTHONPATH={path}"]
    with watching(write_tree(tmp_path / "site", SITE), command=command) as watch:
        assert watch.next()["diagnostics"][0]["code"] == "watch/watchdog"
        watch.next()
        (watch.folder / "assets/img/a.svg").write_text("<svg></svg>")
        assert sorted(watch.next()["assets"]) == ["css/page.css", "img/a.svg"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("engine", ["libsass", "dart-sass"])
def test_no_process_stays_behind(tmp_path: Path, engine: str, number: int) -> None:
    sheet = '@import "theme"; a { color: $ink }\n'
    write_tree(tmp_path, {**SITE, "buildassets.toml": f'engines.scss = "{engine}"\n', "assets/css/app.scss": sheet})
    with watching(tmp_path) as watch:
        watch.next()
        (tmp_path / "assets/css/_theme.scss").write_text("$ink: tan;\n")
        watch.next()
        started = children(watch.process.pid)
        assert started
        watch.process.send_signal(number)
        watch.process.wait(timeout=PATIENCE_SECONDS)
        wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in started))


def test_engines_stay_started_from_one_build_to_the_next(site: Watching) -> None:
    (site.folder / "assets/css/_theme.scss").write_text("$ink: tan;\n")
    site.next()
    before = children(site.process.pid)
    (site.folder / "assets/css/_theme.scss").write_text("$ink: red;\n")
    site.next()
    assert children(site.process.pid) == before != set()


PAGES: Tree = {
    **SITE,
    "buildassets.toml": '[templates]\ndirs = ["templates", "app/*/templates"]\n',
    "templates/page.html": "<p>one</p>\n",
    "app/shop/templates/shop/cart.html": "<p>cart</p>\n",
}


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Watching]:
    """A watch of PAGES that has done its first build."""
    with watching(write_tree(tmp_path / "site", PAGES)) as watch:
        assert watch.next()["ok"]
        yield watch


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_saved_template_is_reported_without_a_build(pages: Watching, tmp_path: Path, save: Save) -> None:
    assert any(is_one_change_of_pages(pages, save, tmp_path, turn) for turn in range(TURNS))


def is_one_change_of_pages(pages: Watching, save: Save, elsewhere: Path, turn: int) -> bool:
    """Whether one document tells of what `save` does to a template; there is no build in any case."""
    save(pages.folder / "templates/page.html", b"<p>two</p>\n" * (1000 + turn), elsewhere)
    documents = [pages.next(), *pages.rest()]
    for document in documents:
        assert document["changed"] == ["templates/page.html"]
        assert (document["ok"], document["assets"], document["written"]) == (True, {}, [])
    return len(documents) == 1


def test_templates_are_watched_wherever_the_configuration_has_them(pages: Watching) -> None:
    write_tree(pages.folder, {"app/shop/templates/shop/cart.html": "<p>empty</p>\n"})
    assert pages.next()["changed"] == ["app/shop/templates/shop/cart.html"]
    write_tree(pages.folder, {"buildassets.toml": 'templates = { dirs = ["mails"] }', "mails/a.html": "a"})
    assert "mails/a.html" in pages.next()["changed"]
    write_tree(pages.folder, {"templates/page.html": "<p>of no matter</p>\n", "mails/a.html": "b"})
    assert pages.next()["changed"] == ["mails/a.html"]


def test_folder_of_templates_that_appears_with_files_is_watched(pages: Watching, tmp_path: Path) -> None:
    write_tree(tmp_path / "more", {"deep/er/a.html": "a"})
    (tmp_path / "more").rename(pages.folder / "templates/more")
    assert pages.next()["changed"] == ["templates/more/deep/er/a.html"]
    write_tree(pages.folder, {"templates/more/deep/er/a.html": "b"})
    assert pages.next()["changed"] == ["templates/more/deep/er/a.html"]
    shutil.rmtree(pages.folder / "templates/more")
    assert pages.next()["changed"] == ["templates/more/deep/er/a.html"]


def test_template_with_the_same_content_is_not_reported(pages: Watching) -> None:
    write_tree(
        pages.folder, {"templates/page.html": "<p>one</p>\n", "templates/.page.html.swp": "", "templates/a~": ""}
    )
    pages.no_more()


def test_template_among_the_sources_is_built_and_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "buildassets.toml": 'templates.dirs = ["assets"]', "assets/page.html": "one"})
    with watching(tmp_path) as watch:
        watch.next()
        write_tree(tmp_path, {"assets/page.html": "two"})
        assert list(watch.next()["assets"]) == ["page.html"]
        assert watch.next()["changed"] == ["assets/page.html"]
        watch.no_more()


def test_templates_are_not_watched_for_production(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, PAGES), "--mode=production") as watch:
        watch.next()
        write_tree(tmp_path, {"templates/page.html": "<p>two</p>\n"})
        watch.no_more()
