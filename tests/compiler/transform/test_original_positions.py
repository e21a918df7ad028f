import json
from pathlib import Path

import pytest

from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.paths import LogicalPath
from tests.command import built

# One segment a line: line 0 is of `_a.scss`, line 1 of `_b.scss`; both of their first places.
MAPPINGS = "AAAA;ACAA"
TEXT = "a{b:url(x.png)}\nc{d:url(y.png),url(x.png)}"


def draft(folder: Path, body: str, sources: list[str] | None = None) -> Draft:
    """A draft whose text before it was minified is TEXT."""
    paths = [str(folder / "_a.scss"), str(folder / "_b.scss")] if sources is None else sources
    source_map = json.dumps({"version": 3, "sources": paths, "mappings": MAPPINGS})
    source = Source(LogicalPath("app.css"), str(folder / "app.scss"), "app.scss", 0, "app.scss")
    return Draft(source, body, tuple(scan(body)), compiled=Compiled(TEXT, source_map=source_map))


def names(draft: Draft) -> list[str | None]:
    return [path and Path(path).name for path in OriginalPositions(draft, str).writers()]


def test_source_map_decides_the_writers(tmp_path: Path) -> None:
    assert names(draft(tmp_path, TEXT.replace("\n", ""))) == ["_a.scss", "_b.scss", "_b.scss"]


def test_writers_are_found_where_a_minifier_merged_references(tmp_path: Path) -> None:
    assert names(draft(tmp_path, "c{d:url(y.png),url(x.png)}")) == ["_b.scss", "_a.scss"]


def test_reference_that_a_minifier_made_has_no_writer(tmp_path: Path) -> None:
    assert names(draft(tmp_path, "c{d:url(z.png)}")) == [None]


def test_source_without_a_path_is_not_a_writer(tmp_path: Path) -> None:
    assert OriginalPositions(draft(tmp_path, TEXT, ["a.scss", "stdin"]), str).writers() == (None, None, None)


def test_a_draft_that_is_its_source_is_not_read_again(tmp_path: Path) -> None:
    source = Source(LogicalPath("app.css"), str(tmp_path / "gone.css"), "gone.css", 0, "gone.css")
    whole = Draft(source, TEXT, tuple(scan(TEXT)), digest="0" * 64)
    found = OriginalPositions(whole, str).place_of(1)
    assert (found.file, found.line, found.column) == ("gone.css", 2, 9)


@pytest.mark.parametrize(
    ("written", "reference", "line", "column", "marked"),
    [
        ("a { b: url(../img/x.png) }", "../img/x.png", 1, 12, "../img/x.png"),
        ('a { b: url("#{$dir}/img/x.png") }', "../img/x.png", 1, 21, "img/x.png"),
        ('a { b: asset-url("img/x y.png?v=1") }', "/assets/img/x%20y.png?v=1", 1, 19, "img/x y.png"),
        ("a { b:\n  c,\n  url(x.png) }", "x.png", 3, 7, "x.png"),
        ("a { b: url(ax.png, x.png) }", "x.png", 1, 20, "x.png"),
        ("a { b: f(); c: url(x.png) }", "x.png", 1, 1, "a"),
        ("a { b: f(x.pngs) }", "x.png", 1, 1, "a"),
    ],
)
def test_rest_of_a_reference_is_marked(
    tmp_path: Path, written: str, reference: str, line: int, column: int, marked: str
) -> None:
    (tmp_path / "_a.scss").write_text(written)
    text = f"a{{b:url({reference})}}"
    source_map = json.dumps({"version": 3, "sources": [str(tmp_path / "_a.scss")], "mappings": "AAAA"})
    source = Source(LogicalPath("app.css"), str(tmp_path / "app.scss"), "app.scss", 0, "app.scss")
    given = Draft(source, text, tuple(scan(text)), compiled=Compiled(text, source_map=source_map))
    place = OriginalPositions(given, lambda path: Path(path).name).place_of(0)
    found = place.excerpt[place.excerpt_column - 1 :][: place.length]
    assert (place.file, place.line, place.column, found) == ("_a.scss", line, column, marked)


@pytest.mark.parametrize("scss", ["dart-sass", "libsass"])
@pytest.mark.parametrize("minify", ["true", "false"])
def test_an_import_that_sass_moves_to_the_head_is_reported_where_it_is_written(
    tmp_path: Path, scss: str, minify: str
) -> None:
    files = {
        "assets/app.scss": '.a { b: url(x.css) }\n@import "part", "y.css";\n.c { @import "z.css"; }\n',
        "assets/_part.scss": '.d { e: f }\n\n@import url("x.css") screen;\n',
    }
    result = built(tmp_path, files, f"minify = {minify}\n[engines]\nscss = '{scss}'\n")
    missing = (one for one in result.diagnostics if one.code == "reference/missing")
    assert {
        (one.message, one.location and (one.location.file, one.location.line, one.location.column)) for one in missing
    } == {
        ("cannot find `x.css`", ("assets/_part.scss", 3, 14)),
        ("cannot find `x.css`", ("assets/app.scss", 1, 13)),
        ("cannot find `y.css`", ("assets/app.scss", 2, 18)),
        ("cannot find `z.css`", ("assets/app.scss", 3, 15)),
    }
