"""Bad input: a diagnostic, a stated exit code, an unharmed release."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Finished, environment, release_site, run
from tests.conftest import PATIENCE_SECONDS, find_tool, read_tree, write_tree

GOOD = {"buildassets.toml": "", "assets/css/app.css": "a { color: red }\n", "assets/js/app.js": "f( 1 );\n"}


def build_unprivileged(folder: Path, *arguments: str) -> Finished:
    """Run a build as somebody who may not read and write everything."""
    # Root may; without these capabilities it is as bound by the mode of a file as its owner.
    bound = [find_tool("setpriv"), "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*bound, sys.executable, "-m", "buildassets", "build", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def _unreadable(folder: Path) -> None:
    (folder / "assets/a.css").write_text("a{}")
    (folder / "assets/a.css").chmod(0)


def _scss(folder: Path) -> None:
    (folder / "assets/a.scss").write_text("a {\n  color: ;\n}\n")


def _missing(folder: Path) -> None:
    (folder / "assets/a.js").write_text('import "./no.js";')


def _utf8(folder: Path) -> None:
    (folder / "assets/a.css").write_bytes(b"/* ok */\na { content: '\xe9' }")


def _utf16(folder: Path) -> None:
    (folder / "assets/a.css").write_bytes("a { color: red }".encode("utf-16-le"))


def _duplicate(folder: Path) -> None:
    write_tree(folder, {"assets/a.css": "a{}", "assets/a.scss": "a{b:c}"})


def _linked(folder: Path) -> None:
    (folder / "assets/dangling.png").symlink_to("nowhere.png")
    (folder / "assets/a.css").write_text("a { background: url(dangling.png) }")


def _unclosed(folder: Path) -> None:
    (folder / "assets/a.js").write_text("f('never closed);\n")


ERRORS: list[tuple[Callable[[Path], None], str]] = [
    (_missing, "error[reference/missing]: cannot find `no.js`\n  --> assets/a.js:1:9"),
    (_scss, "error[scss/syntax]"),
    (_unreadable, "error[source/unreadable]: cannot read `assets/a.css`: permission denied"),
    (_utf8, "error[source/encoding]: byte 0xe9 is not UTF-8\n  --> assets/a.css:2:15"),
    (_utf16, "error[source/encoding]: `assets/a.css` is UTF-16, not UTF-8"),
    (_duplicate, "error[source/duplicate]"),
    (_linked, "note: `dangling.png` is a link that leads nowhere"),
    (_unclosed, "error[js/syntax]"),
]


@pytest.mark.parametrize(("damage", "message"), ERRORS, ids=[damage.__name__ for damage, _ in ERRORS])
def test_bad_input_is_an_error_and_keeps_the_release(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    release_site(tmp_path, GOOD)
    before = read_tree(tmp_path / "build")
    damage(tmp_path)
    done = build_unprivileged(tmp_path) if damage is _unreadable else run(tmp_path, "build")
    assert (done.returncode, read_tree(tmp_path / "build")) == (1, before)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def _empty(folder: Path) -> None:
    write_tree(folder, {"assets/e.css": "", "assets/e.scss.css": "", "assets/e.js": "", "assets/e.png": ""})


def _long_line(folder: Path) -> None:
    write_tree(folder, {"assets/long.js": "f(1);" * 200_000, "assets/long.css": "a{b:c}" * 170_000})


def _loop(folder: Path) -> None:
    (folder / "assets/loop").symlink_to(".")
    (folder / "assets/self.css").symlink_to("self.css")


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "assets/pipe.css")


@pytest.mark.parametrize("strange", [_empty, _long_line, _loop, _fifo])
def test_strange_input_is_survived(tmp_path: Path, strange: Callable[[Path], None]) -> None:
    strange(write_tree(tmp_path, GOOD))
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("name", "code"), [("loop", "source/link-loop"), ("pipe.css", "source/special")])
def test_skipped_file_is_reported(tmp_path: Path, name: str, code: str) -> None:
    write_tree(tmp_path, GOOD)
    (_loop if name == "loop" else _fifo)(tmp_path)
    assert f"warning[{code}]" in run(tmp_path, "build").stderr


def test_a_read_only_output_is_an_error(tmp_path: Path) -> None:
    release_site(tmp_path, GOOD)
    before = read_tree(tmp_path / "build")
    write_tree(tmp_path, {"assets/css/app.css": "a { color: blue }\n"})
    (tmp_path / "build").chmod(0o555)
    done = build_unprivileged(tmp_path)
    (tmp_path / "build").chmod(0o755)
    assert (done.returncode, read_tree(tmp_path / "build")) == (1, before)
    assert "error[output/unwritable]" in done.stderr
    assert "permission denied" in done.stderr


@pytest.mark.parametrize("verb", ["build", "check", "clean", "watch"])
def test_a_working_directory_that_is_gone_is_an_error(tmp_path: Path, verb: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"import os, sys; os.rmdir(os.getcwd()); sys.argv = ['buildassets', '{verb}']\n"
    program += "from buildassets.cli.main import main; main()"
    # With `-P`, as Python 3.13.0 fails to import from a folder that is gone.
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(command, cwd=gone, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot find the working directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("folder", ["assets/cache", "assets", "build/cache"])
def test_a_cache_that_would_be_released_is_refused(tmp_path: Path, folder: str) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.css": "a{}"})
    done = run(tmp_path, "build", "--cache-dir", folder)
    assert (done.returncode, "error[config/cache]" in done.stderr) == (2, True)


def test_a_hidden_cache_among_the_sources_is_passed_over(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.css": "a{}"})
    for _ in range(2):
        assert run(tmp_path, "build", "--cache-dir", "assets/.cache").returncode == 0
    assert [path.suffix for path in (tmp_path / "build/assets").iterdir()] == [".css"]
