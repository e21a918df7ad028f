"""A watch in a process of its own: its working directory, its engines, its mode, and changes while it stands still."""

import os
import shutil
import signal
from pathlib import Path

from tests.cli.watching import watching
from tests.compiler.watch.test_loop import PAGES, SITE
from tests.conftest import children, write_tree


def test_deleted_project_is_watched_again_when_it_returns(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path / "site", SITE)) as watch:
        assert watch.next()["ok"]
        shutil.rmtree(watch.folder)
        while watch.next()["ok"]:
            pass
        write_tree(watch.folder, SITE)
        while not watch.next()["ok"]:
            pass
        write_tree(watch.folder, {"assets/img/b.svg": "<svg/>"})
        while "img/b.svg" not in watch.next()["assets"]:
            pass


def test_engines_stay_started_from_one_build_to_the_next(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE)) as watch:
        watch.next()
        before = children(watch.process.pid)
        (tmp_path / "assets/css/_theme.scss").write_text("$ink: red;\n")
        watch.next()
        assert children(watch.process.pid) == before != set()


def test_edits_of_templates_load_no_page_again_in_production(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, PAGES), "--mode=production") as watch:
        watch.next()
        write_tree(tmp_path, {"templates/page.html": "<p>two</p>\n"})
        write_tree(tmp_path, {"assets/img/a.svg": "<svg></svg>"})
        assert "assets/img/a.svg" in watch.next()["changed"]  # a page that is loaded again would be reported before


def test_folders_whose_change_the_system_dropped_among_too_many_are_still_watched(tmp_path: Path) -> None:
    with watching(write_tree(tmp_path, SITE)) as site:
        site.next()
        write_tree(site.folder, {"assets/css/page.css": "p {}\n"})
        site.next()  # so the folders are covered: a build is reported before they are
        limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
        site.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, site.process.pid, os.WSTOPPED)
        for number in range(limit // 2):  # three events each
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
