"""Where the system reports no more changes, or watchdog has another version, the watch polls and warns of it."""

import os
from pathlib import Path

import pytest

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
