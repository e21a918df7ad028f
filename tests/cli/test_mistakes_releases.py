"""Mistakes with releases, and what is reported of each: the whole message as a user sees it."""

import subprocess
import sys
from pathlib import Path

from tests.cli.mistakes import mistaken
from tests.command import environment, run
from tests.conftest import find_tool, permitted, write_tree


def test_verifying_before_a_build(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "verify") == (
        1,
        """
error[verify/none]: there is no `build/manifest.json`
  --> build/manifest.json

hint: run `buildassets build` first, or name another folder
""",
    )


def test_explaining_before_a_build(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "explain", "css/app.css") == (
        1,
        """
error[manifest/unreadable]: cannot read `build/manifest.json`: no such file or directory
  --> build/manifest.json

hint: run `buildassets build` first
""",
    )


def test_packing_before_a_build(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "pack") == (
        1,
        """
error[verify/none]: there is no `build/manifest.json`
  --> build/manifest.json

hint: run `buildassets build` first, or name another folder
""",
    )


def test_publishing_before_a_build(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "publish", "out") == (
        1,
        """
error[verify/none]: there is no `build/manifest.json`
  --> build/manifest.json

hint: run `buildassets build` first, or name another folder
""",
    )


def test_cleaning_before_a_build(tmp_path: Path) -> None:
    assert mistaken(tmp_path, "clean") == (
        0,
        """
removed nothing
""",
    )


def test_explaining_a_source_by_its_own_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/css/a.scss": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    assert mistaken(tmp_path, "explain", "css/a.scss") == (
        1,
        """
error[asset/unknown]: the release has no asset `css/a.scss`
  --> build/manifest.json

hint: did you mean `css/a.css`?
""",
    )


def test_explaining_an_unknown_asset(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    assert mistaken(tmp_path, "explain", "b/x.png") == (
        1,
        """
error[asset/unknown]: the release has no asset `b/x.png`
  --> build/manifest.json

hint: name an asset by its logical path, as in `a.css`
""",
    )


def test_a_manifest_of_a_newer_schema(tmp_path: Path) -> None:
    write_tree(tmp_path, {"build/manifest.json": '{"schema": 7, "assets": {}}\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "explain", "a.css") == (
        1,
        """
error[manifest/schema]: `build/manifest.json` has schema 7, this version reads 1
  --> build/manifest.json

hint: use the same version of buildassets for the build and for the web process, or build again with this one
""",
    )


def test_a_manifest_with_a_conflict_in_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"build/manifest.json": '<<<<<<< HEAD\n{"schema": 1, "assets": {}}\n', "assets/a.css": ""})
    assert mistaken(tmp_path, "explain", "a.css") == (
        1,
        """
error[manifest/invalid]: `build/manifest.json` is not JSON: expecting value
  --> build/manifest.json:1:1
   |
1  | <<<<<<< HEAD
   | ^

hint: run `buildassets build` again, or name another manifest
""",
    )


def test_an_archive_that_is_cut_off(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    whole = (tmp_path / "r.tar.gz").read_bytes()
    (tmp_path / "r.tar.gz").write_bytes(whole[:200])
    assert mistaken(tmp_path, "verify", "r.tar.gz") == (
        1,
        """
error[archive/damaged]: `r.tar.gz` ends too early
  --> r.tar.gz

hint: get it again from where it was packed
""",
    )


def test_the_page_of_a_server_for_an_archive(tmp_path: Path) -> None:
    write_tree(tmp_path, {"r.tar.gz": "<!doctype html><title>404 Not Found</title>\n"})
    assert mistaken(tmp_path, "unpack", "r.tar.gz", "-o", "out") == (
        1,
        """
error[archive/damaged]: `r.tar.gz` is not an archive: it begins with `<!doctype html><title>404 Not Found</tit`
  --> r.tar.gz

hint: get it again from where it was packed
""",
    )


def test_a_folder_that_is_there_already(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    write_tree(tmp_path, {"out/notes.txt": ""})
    assert mistaken(tmp_path, "unpack", "r.tar.gz", "-o", "out") == (
        1,
        """
error[unpack/exists]: `out` is there already
  --> out

hint: name another folder with `-o`, or replace the release in it with `--replace`
""",
    )


def test_a_storage_that_there_is_not(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    assert mistaken(tmp_path, "publish", "s4://bucket/site") == (
        2,
        """
error[publish/target]: `s4:` is not a storage that fsspec knows

hint: name a folder, or a URL such as `s3://bucket/path`, `gs://bucket/path` or `az://container/path`
""",
    )


def test_a_target_as_scp_has_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    assert mistaken(tmp_path, "publish", "user@example.com:/var/www") == (
        2,
        """
error[publish/target]: `user@example.com:/var/www` is written as scp has it, and would be a folder of this machine

hint: write `sftp://user@example.com/var/www`, or `./user@example.com:/var/www` for a folder
""",
    )


def test_a_release_that_is_spelled_wrong(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { b: c }\n"})
    run(tmp_path, "build")
    run(tmp_path, "pack", "-o", "r.tar.gz")
    assert mistaken(tmp_path, "diff", "build", "biuld") == (
        1,
        """
error[manifest/unreadable]: there is no manifest at `biuld`
  --> biuld

hint: name a release directory, an archive of one, or a manifest by its path or URL
""",
    )


def test_an_earlier_release_that_is_not_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": ""})
    assert mistaken(tmp_path, "build", "--carry-from", "old") == (
        1,
        """
error[carry/absent]: there is no release at `old`
  --> old

hint: correct it, or add `--carry-if-any` if there is no earlier release yet
""",
    )


def test_an_application_that_starts_before_a_build(tmp_path: Path) -> None:
    program = "from buildassets.runtime import Assets; Assets('build/manifest.json').url('css/app.css')"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "buildassets.errors.ManifestError: cannot read the manifest `build/manifest.json`: no such file or directory; "
        "run `buildassets build`, or name another manifest"
    )


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.bin": bytes(range(256)) * 1000, "build/.keep": ""})
    program = 'mount -t tmpfs -o size=64k tmpfs build && exec "$@"'
    inside = permitted([find_tool("unshare"), "--map-root-user", "--mount", "sh", "-c", program, "sh"], tmp_path)
    command = [*inside, sys.executable, "-m", "buildassets", "build"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        """\
error[output/unwritable]: cannot write the release directory `build`: no space left on device
  --> build

hint: check the permissions and the free space there, or name another folder with `-o` or as `output`

failed with 1 error; there is no release yet
""",
    )
