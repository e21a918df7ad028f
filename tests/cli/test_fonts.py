"""Fonts through the command line: made once, in any number of workers alike, and again on demand."""

import json
from pathlib import Path

from tests.command import document_of_build, run
from tests.conftest import read_tree, write_tree
from tests.fonts import LETTERS, font_file

_SETTINGS = '[fonts]\n"*.ttf" = {{ unicode_range = ["{found}"], text = "templates" }}\n'


def fonts(folder: Path, count: int = 3, found: str = "U+20-7A") -> None:
    write_tree(
        folder,
        {
            "buildassets.toml": _SETTINGS.format(found=found),
            "assets/site.css": "@font-face { font-family: A; src: url(0.ttf) } a { font-family: A }",
            "templates/page.html": "<p>é</p>",
            **{
                f"assets/{number}.ttf": font_file(LETTERS + "éü", usWeightClass=100 + number) for number in range(count)
            },
        },
    )


def test_a_build_of_nothing_new_writes_nothing(tmp_path: Path) -> None:
    fonts(tmp_path)
    assert len(document_of_build(tmp_path)["written"]) > 1
    assert document_of_build(tmp_path)["written"] == []


def test_changed_sheet_rebuilds_no_font(tmp_path: Path) -> None:
    fonts(tmp_path)
    document_of_build(tmp_path)
    (tmp_path / "assets/site.css").write_text("@font-face { font-family: B; src: url(0.ttf) } a { font-family: B }")
    again = document_of_build(tmp_path)
    assert [path for path in again["anew"] if path.endswith("woff2")] == []
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert "B fallback" in (tmp_path / "build/assets" / manifest["assets"]["site.css"]["file"]).read_text()


def test_changed_template_rebuilds_the_fonts(tmp_path: Path) -> None:
    fonts(tmp_path)
    document_of_build(tmp_path)
    (tmp_path / "templates/page.html").write_text("<p>éü</p>")
    assert sorted(path for path in document_of_build(tmp_path)["anew"] if path.endswith("woff2")) == [
        "0.woff2",
        "1.woff2",
        "2.woff2",
    ]


def test_another_range_rebuilds_the_fonts(tmp_path: Path) -> None:
    fonts(tmp_path)
    document_of_build(tmp_path)
    (tmp_path / "buildassets.toml").write_text(_SETTINGS.format(found="U+41"))
    assert {"0.woff2", "1.woff2", "2.woff2"} <= set(document_of_build(tmp_path)["anew"])


def test_workers_make_the_same_bytes_as_one_process(tmp_path: Path) -> None:
    fonts(tmp_path)
    for name, jobs in (("one", "1"), ("several", "4")):
        document_of_build(tmp_path, "--jobs", jobs, "--no-cache", "-o", name)
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "several")


def test_check_reports_a_damaged_font_and_writes_nothing(tmp_path: Path) -> None:
    fonts(tmp_path, 1)
    whole = (tmp_path / "assets/0.ttf").read_bytes()
    (tmp_path / "assets/0.ttf").write_bytes(whole[: len(whole) // 2])
    done = run(tmp_path, "check")
    assert done.returncode == 1
    assert "error[font/damaged]: `assets/0.ttf` is cut off: " in done.stderr
    assert not (tmp_path / "build").exists()


def test_explain_knows_the_cached_font(tmp_path: Path) -> None:
    fonts(tmp_path, 1)
    document_of_build(tmp_path)
    assert "in the cache:\n  0.woff2: up to date" in run(tmp_path, "explain", "0.woff2").stdout
    (tmp_path / "buildassets.toml").write_text(_SETTINGS.format(found="U+41"))
    assert "0.woff2: the settings or an engine changed" in run(tmp_path, "explain", "0.woff2").stdout
