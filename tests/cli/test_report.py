"""`buildassets report` on the command line."""

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_terminal import on_terminal
from tests.command import run
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"
SITE: Tree = {
    "buildassets.toml": '[bundles]\n"css/all.css" = ["css/a.css", "css/b.css"]\n',
    "assets/css/a.css": "a { background: url(../img/a.svg) }\n",
    "assets/css/b.css": "b { color: red }\n" * 30,
    "assets/img/a.svg": SVG,
    "assets/img/copy.svg": SVG,
    "templates/base.html": '{{ stylesheet("css/all.css") }}',
}
BUNDLES: Tree = {
    "buildassets.toml": "[bundles]\n"
    '"a.js" = { files = ["a.ts"], bundle = true }\n"b.js" = { files = ["b.ts"], bundle = true }\n',
    "assets/a.ts": 'import { half } from "./half"\nconsole.log(half(1), "a")\n',
    "assets/b.ts": 'import { half } from "./half"\nconsole.log(half(2), "b")\n',
    "assets/half.ts": 'import { two } from "./two"\nexport const half = (x: number) => x / two()\n',
    "assets/two.ts": "export const two = () => Number(document.title)\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release in `old` and one in `build`, which differ in a sheet."""
    run(write_tree(tmp_path, SITE), "build", "-q")
    shutil.copytree(tmp_path / "build", tmp_path / "old")
    write_tree(tmp_path, {"assets/css/b.css": "b { color: tan }\n" * 60})
    assert run(tmp_path, "build", "-q").returncode == 0
    return tmp_path


def document(folder: Path, *arguments: str) -> Any:
    done = run(folder, "report", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def asset(found: Any, path: str) -> Any:
    return next(one for one in found["assets"] if one["path"] == path)


def test_the_page_is_one_file(site: Path) -> None:
    done = run(site, "report", "-o", "report.html")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("wrote `report.html` (")
    assert (site / "report.html").read_text("ascii").startswith("<!doctype html>")


def test_without_a_file_the_page_goes_to_stdout(site: Path) -> None:
    run(site, "report", "-o", "report.html")
    assert run(site, "report").stdout == (site / "report.html").read_text()


def test_page_is_not_printed_to_a_terminal(site: Path) -> None:
    assert "name a file, as in `-o report.html`" in on_terminal(site, "report")


def test_a_pipe_is_written_to_and_stays_one(site: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert run(site, "report", "-o", str(pipe)).returncode == 0
    reader.join()
    assert pipe.is_fifo()
    assert b"<!doctype html>" in read[0].lower()


def test_json_has_every_asset_with_its_sizes(site: Path) -> None:
    found = document(site)
    manifest = json.loads((site / "build/manifest.json").read_text())
    assert found["release"] == manifest["release"]
    assert [one["path"] for one in found["assets"]] == sorted(manifest["assets"])
    for one in found["assets"]:
        entry = manifest["assets"][one["path"]]
        copies = entry.get("encodings", {})
        assert (one["size"], one["gzip"]) == (entry["size"], copies.get("gzip", entry["size"]))
    assert found["total"]["size"] == sum(entry["size"] for entry in manifest["assets"].values())


def test_a_bundle_has_what_it_is_made_of(site: Path) -> None:
    made = asset(document(site), "css/all.css")["contents"]
    assert [member["name"] for member in made] == ["css/b.css", "css/a.css"]
    assert made[0]["size"] > made[1]["size"] > 20


def test_each_asset_has_the_way_to_it(site: Path) -> None:
    assert asset(document(site), "img/a.svg")["why"] == ["templates/base.html:1", "css/all.css", "img/a.svg"]


def test_duplicates_and_unused_assets_are_listed(site: Path) -> None:
    found = document(site)
    (group,) = found["duplicates"]["files"]
    assert group["places"] == ["img/a.svg", "img/copy.svg"]
    assert found["unused"] == json.loads(run(site, "check", "--json").stdout)["unused"] == ["img/copy.svg"]


def test_changes_since_an_earlier_release_are_those_of_diff(site: Path) -> None:
    changes = document(site, "--since", "old/manifest.json")["changes"]
    compared = json.loads(run(site, "diff", "old", "build", "--json").stdout)
    assert changes["since"] == "old/manifest.json"
    assert changes["changes"] == compared["changes"]
    assert set(changes["changes"]) == {"css/all.css", "css/b.css"}
    assert document(site)["changes"] is None


def test_the_time_of_each_stage_is_that_of_the_build(site: Path) -> None:
    seconds = document(site)["seconds"]
    assert {"transform", "write"} <= seconds.keys()
    assert all(0 < taken < 60 for taken in seconds.values())


def test_release_built_elsewhere_has_no_times(site: Path) -> None:
    assert document(site, "old")["seconds"] is None
    shutil.rmtree(site / ".buildassets")
    assert document(site)["seconds"] is None


@pytest.mark.parametrize("named", ["public", "public/manifest.json"])
def test_times_are_found_for_another_release_directory_too(site: Path, named: str) -> None:
    run(site, "build", "-q", "-o", "public")
    assert document(site, named)["seconds"]


def test_markdown_has_changes_kinds_and_what_could_be_less(site: Path) -> None:
    text = run(site, "report", "--markdown", "--since", "old").stdout
    assert text.startswith("### Assets\n\n2 changed; all assets: ")
    assert "| `css/all.css` | changed | " in text
    assert "\n| style sheets | 3 | " in text
    assert "\n- files more than once (+41 B): `img/a.svg`, `img/copy.svg`\n" in text
    assert "\n- not used by templates and assets: `img/copy.svg`\n" in text


def test_what_smaller_minifiers_would_save_is_named_by_report_and_doctor(tmp_path: Path) -> None:
    script = "\n".join(f"function name{number**5}(first) {{ return first + {number**7}; }}" for number in range(1500))
    write_tree(tmp_path, {"buildassets.toml": "", "assets/a.js": script})
    assert run(tmp_path, "build", "-q").returncode == 0
    (saving,) = document(tmp_path)["savings"]
    assert (saving["kind"], saving["engine"]) == ("js", "esbuild")
    assert '\n- visitors would load less: with `js = "esbuild"` about ' in run(tmp_path, "report", "--markdown").stdout
    assert 'visitors would load less: with `js = "esbuild"` about ' in run(tmp_path, "doctor").stderr


def test_other_forms_can_be_written_to_a_file_too(site: Path) -> None:
    run(site, "report", "--json", "-o", "report.json")
    assert json.loads((site / "report.json").read_text()) == document(site)
    run(site, "report", "--markdown", "-o", "report.md")
    assert (site / "report.md").read_text() == run(site, "report", "--markdown").stdout


def test_an_archive_and_a_manifest_are_releases_too(site: Path) -> None:
    run(site, "pack", "old", "-o", "old.tar.gz")
    assert document(site, "old.tar.gz")["release"] == document(site, "old/manifest.json")["release"]
    assert document(site, "old.tar.gz")["release"] != document(site)["release"]


@pytest.mark.parametrize("file", ["build/report.html", "assets/report.html", "templates"])
def test_page_is_not_written_into_the_release_or_the_sources(site: Path, file: str) -> None:
    done = run(site, "report", "-o", file)
    assert done.returncode == 2
    assert f"`{file}` " in done.stderr
    assert not (site / file).is_file()


def test_two_forms_exclude_each_other(site: Path) -> None:
    assert run(site, "report", "--json", "--markdown").returncode == 2


@pytest.mark.parametrize("since", ["gone", "assets/css/b.css"])
def test_folder_without_a_release_is_reported(site: Path, since: str) -> None:
    done = run(site, "report", "--since", since)
    assert done.returncode == 1
    assert "error[manifest/unreadable]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_written_is_reported(site: Path) -> None:
    done = run(site, "report", "-o", "gone/report.html")
    assert done.returncode in (1, 2)
    assert "error[release/unwritable]: cannot write `gone/report.html`: no such file or directory" in done.stderr


def test_missing_release_hints_at_a_build(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "report")
    assert done.returncode == 1
    assert "hint: run `buildassets build` first" in done.stderr


@pytest.mark.corpus
def test_a_bundle_of_modules_has_what_esbuild_reports_of_it(tmp_path: Path) -> None:
    write_tree(tmp_path, BUNDLES)
    (tmp_path / "node_modules").symlink_to(node_modules())
    assert run(tmp_path, "build", "-q").returncode == 0
    found = document(tmp_path)
    made = {member["name"]: member for member in asset(found, "a.js")["contents"]}
    assert set(made) == {"a.ts", "half.ts", "two.ts"}
    assert made["two.ts"]["why"] == ["a.ts", "half.ts", "two.ts"]
    assert sum(member["size"] for member in made.values()) <= asset(found, "a.js")["size"]
    assert [group["name"] for group in found["duplicates"]["modules"]] == ["two.ts", "half.ts"]
    assert "bundle" in found["seconds"]
