"""Hostile and damaged releases of installed packages: errors, and nothing is written."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.result import BuildResult
from tests.building import build, codes, load_config, only_error
from tests.conftest import write_tree
from tests.wheels.packages import forge, install, site

__all__ = ["site"]

SHEET = "css/card.css"


def merged(folder: Path) -> BuildResult:
    write_tree(folder, {"assets/app.css": "a { color: red }\n", "buildassets.toml": 'packages = ["cards"]\n'})
    result = build(load_config(start=str(folder)))
    assert not (folder / "build/manifest.json").exists()
    assert not list((folder / "build").rglob("cards/*"))
    return result


def renamed_file(name: object) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["assets"][SHEET].update(file=name)


def moved(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["assets"].update({name: document["assets"].pop(SHEET)})


def entry(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["assets"][SHEET].update(values)


HOSTILE = {
    "a file outside": renamed_file("../../../../secret.0123456789ab.css"),
    "an absolute file": renamed_file("/etc/passwd.0123456789ab"),
    "a file that is no text": renamed_file(7),
    "a file without a fingerprint": renamed_file("css/card.css"),
    "a device of Windows": renamed_file("css/aux.0123456789ab.css"),
    "a stream of Windows": renamed_file("css/card.css:a.0123456789ab.css"),
    "a path outside": moved("../app.css"),
    "an absolute path": moved("/app.css"),
    "a path with a backslash": moved("css\\..\\..\\app.css"),
    "a path in another case": lambda document: document["assets"].update(
        {"CSS/card.css": {**document["assets"][SHEET], "file": "x.0123456789ab.css"}}
    ),
    "a file twice": lambda document: document["assets"].update({"b.css": document["assets"][SHEET]}),
    "a size that is no number": entry(size="huge"),
    "a size below zero": entry(size=-1),
    "another size": entry(size=3),
    "an integrity of another file": entry(integrity="sha384-" + "A" * 64),
    "an integrity that is none": entry(integrity="md5-AAAA"),
    "no digest": lambda document: document["assets"][SHEET].pop("integrity"),
    "references to nothing": entry(references=["../../app.css"]),
    "variants that are none": entry(variants=["../x.png"]),
    "a list for assets": lambda document: document.update(assets=[]),
    "another schema": lambda document: document.update(schema=99),
    "a release for development": lambda document: document.update(livereload="livereload.json"),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_manifest_is_an_error(site: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    forge(install(site, "cards"), change)
    found = merged(tmp_path)
    assert set(codes(found)) <= {"wheel/manifest", "wheel/file"}
    assert found.manifest is None


def test_a_manifest_that_was_edited_is_an_error(site: Path, tmp_path: Path) -> None:
    path = install(site, "cards") / "manifest.json"
    path.write_text(path.read_text().replace("img/logo.svg", "img/evil.svg"))
    assert only_error(merged(tmp_path)).code == "wheel/manifest"


def test_a_manifest_of_gigabytes_is_an_error(site: Path, tmp_path: Path) -> None:
    os.truncate(install(site, "cards") / "manifest.json", 1 << 32)
    assert only_error(merged(tmp_path)).code == "wheel/manifest"


def test_a_deep_manifest_is_an_error(site: Path, tmp_path: Path) -> None:
    (install(site, "cards") / "manifest.json").write_text("[" * 100_000)
    assert only_error(merged(tmp_path)).code == "wheel/manifest"


def test_a_release_without_a_manifest_is_an_error(site: Path, tmp_path: Path) -> None:
    (install(site, "cards") / "manifest.json").unlink()
    assert only_error(merged(tmp_path)).code == "wheel/manifest"


def test_a_release_of_very_many_files_is_an_error(site: Path, tmp_path: Path) -> None:
    def multiply(document: dict[str, Any]) -> None:
        sheet = {**document["assets"][SHEET], "references": []}
        document["assets"].update({f"{one}.css": {**sheet, "file": f"{one}.0123456789ab.css"} for one in range(20_000)})

    forge(install(site, "cards"), multiply)
    fault = only_error(merged(tmp_path))
    assert fault.message == "the release has 20,004 files, of at most 20,000"
    assert "cards/release" in str(fault.location)


@pytest.mark.parametrize("name", ["manifest.json", "sheet"])
def test_a_named_pipe_is_an_error_and_does_not_wait(site: Path, tmp_path: Path, name: str) -> None:
    release = install(site, "cards")
    path = sheet_of(release) if name == "sheet" else release / name
    path.unlink()
    os.mkfifo(path)
    assert set(codes(merged(tmp_path))) <= {"wheel/manifest", "wheel/file"}


def test_a_block_that_is_not_closed_has_the_place_in_the_package(site: Path, tmp_path: Path) -> None:
    write_tree(site, {"cards/templates/card.html": "<p>\n{% style %} p { top: 0 }\n"})
    settings = f'components = true\n[templates]\ndirs = ["{(site / "cards/templates").as_posix()}"]\n'
    write_tree(tmp_path, {"assets/app.css": "a { color: red }\n", "buildassets.toml": settings})
    (fault,) = (one for one in build(load_config(start=str(tmp_path))).diagnostics if one.is_error)
    assert (fault.code, fault.message) == ("template/component", "`{% style %}` is not closed")
    assert fault.location is not None
    assert fault.location.file.endswith("site/cards/templates/card.html")
    assert fault.location.line == 2


def sheet_of(release: Path) -> Path:
    return next((release / "assets/css").glob("*.css"))


@pytest.mark.parametrize("content", [b"", b".card { color: blue }", b"x" * 100_000])
def test_a_file_with_another_content_is_an_error(site: Path, tmp_path: Path, content: bytes) -> None:
    sheet_of(install(site, "cards")).write_bytes(content)
    assert only_error(merged(tmp_path)).code == "wheel/file"


def test_a_missing_file_is_an_error(site: Path, tmp_path: Path) -> None:
    sheet_of(install(site, "cards")).unlink()
    assert only_error(merged(tmp_path)).code == "wheel/file"


@pytest.mark.parametrize("name", ["manifest.json", "assets/css", "sheet"])
def test_a_link_is_an_error(site: Path, tmp_path: Path, name: str) -> None:
    release = install(site, "cards")
    path = sheet_of(release) if name == "sheet" else release / name
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert set(codes(merged(tmp_path))) <= {"wheel/manifest", "wheel/file"}
