"""`verify`, `pack` and `unpack` as commands."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tests.command import SITE, release_site, run
from tests.conftest import read_tree, write_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release."""
    return release_site(tmp_path, SITE)


def css(site: Path) -> str:
    """The name of a file of the release."""
    return next((site / "build").glob("assets/css/*.css")).relative_to(site / "build").as_posix()


def test_verify_reports_that_a_release_is_whole(site: Path) -> None:
    done = run(site, "verify")
    files = len(read_tree(site / "build"))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"`build` matches its manifest: {files} files\n"


def test_verify_has_a_line_for_each_thing_that_is_wrong(site: Path) -> None:
    svg = next((site / "build/assets/img").glob("*.svg"))
    svg.unlink()
    write_tree(site / "build", {css(site): "x", "notes.txt": "mine"})
    done = run(site, "verify", "build")
    size = json.loads((site / "build/manifest.json").read_text())["assets"]["css/app.css"]["size"]
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"missing: assets/img/{svg.name}",
        f"changed: {css(site)} (it has 1 bytes instead of {size})",
        "not listed: notes.txt",
    ]
    assert [line for line in done.stderr.splitlines() if line.startswith("error")] == [
        "error[verify/missing]: `build` lacks a file that its manifest names",
        "error[verify/changed]: `build` holds a file that its manifest describes otherwise",
        "error[verify/extra]: `build` holds a file that its manifest does not name",
    ]


def test_verify_has_a_line_for_a_manifest_that_changed(site: Path) -> None:
    manifest = site / "build/manifest.json"
    manifest.write_text(manifest.read_text().replace('"size": ', '"size": 1', 1))
    done = run(site, "verify")
    assert (done.returncode, done.stdout) == (1, "changed: manifest.json\n")
    assert "error[verify/manifest]: `build/manifest.json` is not as a build wrote it\n" in done.stderr


def test_verify_as_json(site: Path) -> None:
    whole = json.loads(run(site, "verify", "--json").stdout)
    manifest = json.loads((site / "build/manifest.json").read_text())
    files = len(read_tree(site / "build"))
    assert whole == {
        "ok": True,
        "release": manifest["release"],
        "files": files,
        "missing": [],
        "changed": {},
        "extra": [],
        "diagnostics": [],
    }
    name = css(site)
    (site / "build" / name).unlink()
    broken = json.loads(run(site, "verify", "--json").stdout)
    assert (broken["ok"], broken["missing"]) == (False, [name])
    assert [found["code"] for found in broken["diagnostics"]] == ["verify/missing"]


def test_names_that_stdout_cannot_encode_are_escaped(site: Path) -> None:
    write_tree(site, {"build/b\u00e4r": "x"})
    done = run(site, "verify", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (1, "not listed: b\\xe4r\n"), done.stderr


def test_verify_of_a_missing_release_is_reported(site: Path) -> None:
    done = run(site, "verify", "nowhere.tar")
    assert done.returncode == 1
    assert "error[release/unreadable]: cannot read `nowhere.tar`: no such file or directory\n" in done.stderr


def test_a_rebuild_of_the_same_sources_is_the_same(site: Path) -> None:
    before = read_tree(site)
    done = run(site, "verify", "--rebuild")
    assert (done.returncode, done.stdout) == (0, "")
    assert read_tree(site) == before


def test_a_rebuild_finds_what_the_sources_do_not_make(site: Path) -> None:
    was = css(site).removeprefix("assets/")
    write_tree(site, {"assets/css/app.css": "a { color: red }", "assets/new.css": "b { color: red }"})
    done = run(site, "verify", "--rebuild")
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert first.startswith(f"differs: css/app.css (it is `{was}`, and would be `css/app.")
    assert second == "differs: new.css (the release lacks it)"
    assert "error[verify/rebuilt]: `build` is not what its sources make now\n" in done.stderr


def test_a_rebuild_of_an_archive_finds_the_same(site: Path) -> None:
    run(site, "pack", "-o", "a.zip")
    shutil.rmtree(site / "build")
    assert run(site, "verify", "a.zip", "--rebuild").returncode == 0
    write_tree(site, {"assets/css/app.css": "a { color: red }"})
    document = json.loads(run(site, "verify", "a.zip", "--rebuild", "--json").stdout)
    assert list(document["differs"]) == ["css/app.css", "img/a.svg"][:1]


def test_failed_rebuild_reports_its_errors(site: Path) -> None:
    write_tree(site, {"assets/css/app.css": "a { background: url(nowhere.png) }"})
    done = run(site, "verify", "--rebuild")
    assert done.returncode == 1
    assert "error[reference/missing]: cannot find `css/nowhere.png`" in done.stderr


def test_pack_reports_the_archive(site: Path) -> None:
    done = run(site, "pack")
    digest = hashlib.sha256((site / "build.tar").read_bytes()).hexdigest()
    files = len(read_tree(site / "build"))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"packed {files} files into `build.tar` (")
    assert done.stderr.endswith(f"), sha256 {digest}\n")


def test_archive_is_written_next_to_the_release(site: Path) -> None:
    done = run(site / "assets/css", "pack")
    assert done.stderr.startswith("packed "), done.stderr
    assert " into `../../build.tar` (" in done.stderr
    assert (site / "build.tar").is_file()


def test_pack_of_a_missing_folder_is_reported(site: Path) -> None:
    done = run(site, "pack", "nowhere", "-o", "a.tar")
    assert done.returncode == 1
    assert "error[release/unreadable]: cannot read `nowhere`: no such file or directory\n" in done.stderr


def test_pack_and_unpack_as_json(site: Path) -> None:
    packed = json.loads(run(site, "pack", "build/", "-o", "a.tar.gz", "--json").stdout)
    release = json.loads((site / "build/manifest.json").read_text())["release"]
    content = (site / "a.tar.gz").read_bytes()
    files = len(read_tree(site / "build"))
    assert packed == {
        "ok": True,
        "archive": "a.tar.gz",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "release": release,
        "files": files,
        "diagnostics": [],
    }
    unpacked = json.loads(run(site, "unpack", "a.tar.gz", "-o", "out", "--json").stdout)
    assert unpacked == {"ok": True, "output": "out", "release": release, "files": files, "diagnostics": []}
    assert read_tree(site / "out") == read_tree(site / "build")


def test_unpack_takes_the_configured_folder(site: Path) -> None:
    before = read_tree(site / "build")
    run(site, "pack")
    shutil.rmtree(site / "build")
    done = run(site, "unpack", "build.tar")
    assert (done.returncode, done.stderr) == (0, f"unpacked {len(before)} files into `build`\n")
    assert read_tree(site / "build") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pack", "-o", "a.rar"), "`a.rar` is none of .tar, .tar.gz, .tar.zst, .zip"),
        (("pack", "-o", "build/a.tar"), "`build/a.tar` would be in the release that it is to hold"),
        (("unpack",), "Missing argument 'ARCHIVE'"),
    ],
)
def test_wrong_usage_exits_with_2(site: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(site, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_unwritable_archive_is_reported(site: Path) -> None:
    done = run(site, "pack", "-o", "nowhere/a.tar")
    assert done.returncode == 1
    assert "error[release/unwritable]: cannot write `nowhere/a.tar`: no such file or directory\n" in done.stderr


def test_unreadable_archive_is_reported(site: Path) -> None:
    done = run(site, "unpack", "nowhere.tar", "-o", "out")
    assert done.returncode == 1
    assert "error[release/unreadable]: cannot read `nowhere.tar`: no such file or directory\n" in done.stderr


def test_a_build_for_production_removes_what_a_watch_left(tmp_path: Path) -> None:
    for colour in ("red", "blue"):
        write_tree(tmp_path, {"assets/a.css": f"a {{ color: {colour} }}"})
        assert run(tmp_path, "build", "--mode", "development").returncode == 0
    assert run(tmp_path, "build").returncode == 0
    assert run(tmp_path, "verify").returncode == 0
    assert len(list(tmp_path.glob("build/assets/*.css"))) == 1
