"""Where the system reports no more changes, or watchdog is missing, the watch polls and warns of it."""

import os
import sys
from pathlib import Path

import pytest

from buildassets.compiler.watch.events.lasting import started_events
from buildassets.compiler.watch.events.polling import Polling
from buildassets.foundation.diagnostics import Diagnostic
from tests.cli.watching import watching
from tests.compiler.watch.test_loop import SITE
from tests.conftest import find_tool, permitted, write_tree

pytestmark = pytest.mark.thorough


def limited(count: int) -> list[str]:
    """The command that runs a program in a user namespace which may watch `count` folders."""
    within = f'echo {count} > /proc/sys/user/max_inotify_watches && exec "$@"'
    return permitted([find_tool("unshare"), "--user", "--map-root-user", "sh", "-c", within, "sh"])


@pytest.mark.parametrize("count", [0, 2])
def test_limit_of_inotify_is_named_and_polling_takes_over(tmp_path: Path, count: int) -> None:
    with watching(write_tree(tmp_path, SITE), command=limited(count)) as watch:
        documents = [watch.next(), watch.next()]
        (warning,) = (found for document in documents for found in document["diagnostics"])
        assert (warning["code"], f"the limit of {count} that" in warning["message"]) == ("watch/limit", True)
        assert "sudo sysctl user.max_inotify_watches=" in warning["hint"]
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


def test_a_system_other_than_linux_without_watchdog_is_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "uname")
    monkeypatch.setitem(sys.modules, "watchdog.events", None)
    monkeypatch.delitem(sys.modules, "buildassets.compiler.watch.events.observer", raising=False)
    warnings: list[Diagnostic] = []
    assert isinstance(started_events(None, warnings.append), Polling)
    assert [one.code for one in warnings] == ["watch/watchdog"]


def test_linux_needs_no_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchdog", None)
    events = started_events(None, lambda _: None)
    assert type(events).__name__ == "Inotify"
    events.close()
