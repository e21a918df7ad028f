"""A named pipe, a socket or a device where a file is expected: a diagnostic that names what it is, and no waiting."""

import os
import shutil
from pathlib import Path

import pytest

from buildassets.errors import ManifestError
from buildassets.runtime import Assets
from buildassets.runtime.served_files import opened
from buildassets.runtime.serving import Representation
from tests.cli.test_malformed_manifests import silent_exit_code
from tests.command import run
from tests.conftest import write_tree
from tests.disk.test_plain_files import at_once, special

__all__ = ["at_once"]

ARGUMENTS = [
    *(["diff", "…", "good"], ["diff", "good", "…", "--json"], ["verify", "…"], ["explain", "a.css", "--since", "…"]),
    *(["unpack", "…", "-o", "new"], ["build", "--carry-from", "…"], ["build", "--config", "…"], ["pack", "…"]),
    *(["clean", "--cache-dir", "…"], ["clean", "-o", "…"], ["build", "-o", "…"], ["build", "…"], ["publish", "…"]),
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(
        write_tree(tmp_path, {"assets/a.css": "a{top:0}", "templates/a.html": "", "buildassets.toml": ""})
    )
    assert silent_exit_code("build", "-q") == 0
    shutil.copytree("build", "good")
    return tmp_path


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_special_file_as_argument_is_an_error(kind: str, arguments: list[str], site: Path) -> None:
    path = special(kind, site)
    assert silent_exit_code(*(path if one == "…" else one for one in arguments)) in (1, 2)


@pytest.mark.parametrize("arguments", [ARGUMENTS[0], ARGUMENTS[2], ARGUMENTS[4], ARGUMENTS[6]], ids=" ".join)
def test_diagnostic_names_the_kind_of_file(arguments: list[str], site: Path) -> None:
    path = special("pipe", site)
    done = run(site, *(path if one == "…" else one for one in arguments))
    assert f"cannot read `{path}`: it is a named pipe and no file" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "command", "code"),
    [
        *(("build/manifest.json", command, 1) for command in ("verify", "explain a.css", "clean", "diff build good")),
        *(("build/manifest.json", command, 1) for command in ("pack -o a.tar", "publish elsewhere")),
        *(("build/manifest.json", command, 0) for command in ("build", "check")),
        *(("buildassets.toml", command, 2) for command in ("build --config buildassets.toml", "build")),
        *((file, "check", 0) for file in ("templates/a.html", "assets/b.css", "assets/b.png", "assets/_b.scss")),
        *((file, "build", 0) for file in ("assets/b.css", "assets/a.css.map", "pyproject.toml", "assets/package.json")),
        *(
            (".buildassets/index.json", command, 0)
            for command in ("build", "build --no-cache", "explain a.css", "clean")
        ),
    ],
)
def test_pipe_in_place_of_a_file_is_ignored_or_an_error(file: str, command: str, code: int, site: Path) -> None:
    (site / file).unlink(missing_ok=True)
    os.mkfifo(site / file)
    assert silent_exit_code(*command.split()) == code


def test_pipe_in_place_of_a_cache_entry_is_ignored(site: Path) -> None:
    for path in [path for path in (site / ".buildassets").rglob("*") if path.is_file()]:
        path.unlink()
        os.mkfifo(path)
    (site / "assets/a.css").write_text("a{top:1}")
    assert silent_exit_code("build", "-q") == 0


@pytest.mark.parametrize("scss", ["dart-sass", "libsass"])
@pytest.mark.parametrize("entries", ['["b.css"]', "[]"])
def test_pipe_in_place_of_a_partial_is_an_error(entries: str, scss: str, site: Path) -> None:
    settings = f'entries = {entries}\nengines = {{ scss = "{scss}" }}'
    write_tree(site, {"buildassets.toml": settings, "assets/b.scss": "@import 'part';", "assets/_part.scss": "a{b:c}"})
    assert silent_exit_code("build", "-q") == 0
    (site / "assets/_part.scss").unlink()
    os.mkfifo(site / "assets/_part.scss")
    for further in ([], ["--no-cache"]):
        done = run(site, "build", *further)
        assert done.returncode == 1
        place = "assets/b.scss:1:10"
        assert f"`assets/_part.scss` cannot be read: it is a named pipe and no file\n  --> {place}" in done.stderr


def test_a_web_process_opens_no_pipe(site: Path) -> None:
    manifest = site / "build" / "manifest.json"
    assets = Assets(manifest, reload=True)
    file = site / "build" / "assets" / assets.url("a.css").rpartition("/")[2]
    for path in (manifest, file):
        path.unlink()
        os.mkfifo(path)
    with pytest.raises(ManifestError, match="it is a named pipe and no file"):
        Assets(manifest)
    assert opened(Representation(str(file.parent), file.name, 0, '""')) is None
