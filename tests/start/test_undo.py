"""What `init` writes keeps encodings and permissions, and its patches take back all of it, in turn."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.start.edits import FileEdit, write
from tests.command import environment, run
from tests.conftest import NOT_SHOWN, Tree, find_tool, permitted, read_tree, write_tree

APP = "from flask import Flask\n\nnäme = 1\napp = Flask(__name__)\n"
HEAD = "<html>\n<head>\n</head>\n</html>\n"
LINK = "<link rel=\"stylesheet\" href=\"{{ url_for('static', filename='a.css') }}\">\n"
FILES: Tree = {"app.py": APP, "templates/base.html": HEAD, "templates/a.html": LINK, "static/a.css": "a {}"}
PATCH = ".buildassets/init.patch"


def undone(project: Path, stderr: str) -> dict[str, bytes]:
    """The files after the command that `init` printed, without the patches."""
    (command,) = [line.removeprefix("undo: ") for line in stderr.split("\n") if line.startswith("undo: ")]
    subprocess.run(["sh", "-euc", command], cwd=project, check=True)
    return {name: content for name, content in read_tree(project).items() if not name.startswith(".buildassets/")}


@pytest.mark.parametrize(
    "app",
    [
        b"# coding: latin-1\r\n" + APP.replace("\n", "\r\n").encode("latin-1"),
        b"\xef\xbb\xbf" + APP.encode(),
        APP.replace("\n", "\r\n").encode(),
        "# -*- coding: cp1251 -*-\nЖ = 1\nfrom flask import Flask\napp = Flask(__name__)\n".encode("cp1251"),
    ],
)
def test_module_keeps_its_encoding_and_line_ends(app: bytes, tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {**FILES, "app.py": app}))
    done = run(tmp_path, "init", "--yes")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "app.py").read_bytes()
    assert b"FlaskAssets(app, static=True, strict=False, required=False)" in written
    assert [line for line in written.splitlines(keepends=True) if b"Assets" not in line] == app.splitlines(
        keepends=True
    )
    compile(written, "app.py", "exec")
    assert undone(tmp_path, done.stderr) == before


@pytest.mark.parametrize(
    ("app", "place"),
    [(APP.encode("latin-1"), "app.py"), (b"# coding: none\n", "app.py"), (b"x = 1\nprint 1\n", "app.py:2")],
)
def test_module_that_cannot_be_read_is_named(app: bytes, place: str, tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, {**FILES, "app.py": app, "requirements.txt": "flask\n"}), "init", "--yes")
    assert f"note: `{place}` cannot be read by Python 3." in done.stderr
    assert (tmp_path / "app.py").read_bytes() == app
    assert (tmp_path / "templates/base.html").read_text() == HEAD


def test_patch_that_is_there_is_kept(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {**FILES, PATCH: "a patch"}))
    done = run(tmp_path, "init", "--yes")
    assert "undo: git apply -R .buildassets/init-2.patch\n" in done.stderr
    assert (tmp_path / PATCH).read_text() == "a patch"
    assert {**undone(tmp_path, done.stderr), PATCH: b"a patch"} == before


def test_second_run_has_a_patch_of_its_own(tmp_path: Path) -> None:
    page = HEAD.replace("</head>", '<link rel="stylesheet" href="/static/a.css"></head>')
    before = read_tree(write_tree(tmp_path, {**FILES, "templates/base.html": page}))
    first = run(tmp_path, "init", "--yes").stderr
    second = run(tmp_path, "init", "--yes", "--pages").stderr
    assert "url_for" in (tmp_path / "templates/base.html").read_text()
    undone(tmp_path, second)
    assert undone(tmp_path, first) == before


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o664, 0o700])
def test_permissions_are_the_same_after_undo(mode: int, tmp_path: Path) -> None:
    write_tree(tmp_path, FILES)
    app = tmp_path / "app.py"
    app.chmod(mode)
    done = run(tmp_path, "init", "--yes")
    assert stat.S_IMODE(app.stat().st_mode) == mode
    undone(tmp_path, done.stderr)
    assert stat.S_IMODE(app.stat().st_mode) == mode


@pytest.mark.parametrize("name", ["app.py", "templates/base.html"])
def test_read_only_file_stops_all_edits(name: str, tmp_path: Path) -> None:
    page = '<head>\n<link href="/static/a.css">\n</head>\n'
    before = read_tree(write_tree(tmp_path, {**FILES, "templates/base.html": page}))
    (tmp_path / name).chmod(0o444)
    done = run(tmp_path, "init", "--yes", "--pages")
    assert done.returncode == 1
    assert f"write by hand, `{name}`, a read-only file, " in done.stderr
    assert read_tree(tmp_path) == before
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o444


@pytest.mark.skipif(os.name == "nt", reason="links need a permission")
def test_linked_template_is_restored(tmp_path: Path) -> None:
    page = '<link href="/static/a.css">'
    write_tree(tmp_path, {"app.py": APP, "static/a.css": "a {}", "pages/base.html": page})
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/base.html").symlink_to("../pages/base.html")
    before = read_tree(tmp_path)
    done = run(tmp_path, "init", "--yes", "--pages")
    assert "url_for('static', filename='a.css')" in (tmp_path / "pages/base.html").read_text()
    assert undone(tmp_path, done.stderr) == before


def test_file_that_changes_while_init_plans_is_not_overwritten(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": "a = 1\n"})
    with pytest.raises(ConfigError, match="has changed meanwhile"):
        write(str(tmp_path), [FileEdit("new.py", None, ""), FileEdit("app.py", "a = 2\n", "a = 3\n")], "undo.patch")
    assert read_tree(tmp_path) == {"app.py": b"a = 1\n"}


SMALL = 'mount -t tmpfs -o size=64k none {place} && cp -R {project}/. {place} && cd {place} && exec "$@"'
FULL = """
left=$(df --output=avail -k . | tail -1)
head -c $(((left - {room}) * 1024)) /dev/zero > filled
before=$(ls -A; cat app.py templates/base.html)
{python} -m buildassets init --yes; code=$?
rmdir .buildassets
[ "$before" = "$(ls -A; cat app.py templates/base.html)" ] || echo "files have changed"
exit $code
"""


@pytest.mark.parametrize("room", [0, 8, 12])
def test_full_disk_leaves_all_files_as_they_were(room: int, tmp_path: Path) -> None:
    project, place = write_tree(tmp_path / "project", FILES), tmp_path / "mount"
    place.mkdir()
    small = SMALL.format(place=place, project=project)
    inside = permitted([find_tool("unshare"), "--map-root-user", "--mount", "sh", "-c", small, "sh"], tmp_path)
    script = FULL.format(room=room, python=sys.executable)
    done = subprocess.run([*inside, "sh", "-c", script], env=environment(), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "files have changed" not in done.stdout
    assert done.returncode == 2
    assert "all files are as they were" in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason=f"{NOT_SHOWN}: only root sets owners")
def test_file_keeps_its_owner_where_root_edits_it(tmp_path: Path) -> None:
    project = write_tree(tmp_path, FILES)
    os.chown(project / "app.py", 1, 1)
    assert run(project, "init", "--yes").returncode == 0
    status = os.stat(project / "app.py")
    assert (status.st_uid, status.st_gid) == (1, 1)
