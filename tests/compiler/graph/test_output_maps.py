"""The source maps of a release: which assets have one, what it names, and that every place in it is the right one."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.mappings import encoded_mappings
from buildassets.compiler.languages.source_map.maps import read_map
from buildassets.compiler.result import BuildResult
from buildassets.foundation.media import Syntax
from tests.building import released
from tests.command import built
from tests.conftest import Tree, read_tree, write_tree

BOTH = pytest.mark.parametrize("mode", ["production", "development"])


def mapped(folder: Path, files: Tree, settings: str = "", mode: Mode = "production") -> BuildResult:
    return built(folder, files, f"source_maps = true\ncompress = []\n{settings}", mode)


def map_of(folder: Path, result: BuildResult, path: str) -> Any:
    """The map that the released text names and the manifest too."""
    text = released(folder, result, path)
    assert result.manifest is not None
    entry = result.manifest.assets[path].map
    assert entry == f"{path}.map"
    (named,) = re.findall(r"sourceMappingURL=(\S+)", text)
    assert result.manifest.assets[entry].file.endswith(unquote(named))
    return json.loads(released(folder, result, entry))


def words(folder: Path, result: BuildResult, path: str) -> dict[str, set[tuple[str, str]]]:
    """Each word at a mapped place, with the sources that it came from and the words that stand there."""
    text, document = released(folder, result, path), map_of(folder, result, path)
    syntax = Syntax.JAVASCRIPT if path.endswith(".js") else Syntax.CSS
    source_map = read_map(json.dumps(document), Lines(text, syntax))
    assert source_map is not None
    found: dict[str, set[tuple[str, str]]] = {}
    for offset, number, line, column, _ in source_map.mappings:
        if number >= 0 and (word := _word(text, offset)):
            origin = source_map.origins[number]
            there = Lines(origin.content or "", syntax).offset(line, column)
            found.setdefault(word, set()).add((origin.name, _word(origin.content or "", there or 0)))
    return found


def _word(text: str, offset: int) -> str:
    match = re.compile(r"[.#]?[\w-]+|'[^']*'").match(text, offset)
    return match[0] if match else ""


SHEET = "@import 'part';\r\n$a: 1px;\r\n.😀 .b { margin: 2px; border: $a; background: url('../i.svg') }\r\n"
FILES = {"assets/css/app.scss": SHEET, "assets/css/_part.scss": ".p { color: red }\n", "assets/i.svg": "<svg/>"}


@BOTH
def test_sheet_leads_to_its_sass(tmp_path: Path, mode: Mode) -> None:
    found = words(tmp_path, mapped(tmp_path, FILES, mode=mode), "css/app.css")
    assert found["margin"] == {("app.scss", "margin")}
    assert found["background"] == {("app.scss", "background")}
    assert found["color"] == {("_part.scss", "color")}
    assert found[".p"] == {("_part.scss", ".p")}


def test_sources_are_named_from_where_the_map_is(tmp_path: Path) -> None:
    files = {
        "assets/a/b/x.scss": "@import 'part';",
        "node_modules/p/_part.scss": "a { b: c }",
        "lib/s t.css": "a { b: c }",
    }
    settings = 'load_paths = ["node_modules/p"]\nsources = ["assets", { path = "lib", prefix = "vendor" }]'
    result = mapped(tmp_path, files, settings)
    assert map_of(tmp_path, result, "a/b/x.css")["sources"] == ["../../_part.scss"]
    assert map_of(tmp_path, result, "vendor/s t.css")["sources"] == ["s%20t.css"]


def test_content_of_the_sources_is_in_the_map(tmp_path: Path) -> None:
    document = map_of(tmp_path, mapped(tmp_path, FILES), "css/app.css")
    assert document["sourcesContent"] == [FILES["assets/css/_part.scss"], SHEET]


def test_content_of_the_sources_can_be_left_out(tmp_path: Path) -> None:
    document = map_of(tmp_path, mapped(tmp_path, FILES, "sources_content = false"), "css/app.css")
    assert ("sourcesContent" in document, document["sources"]) == (False, ["_part.scss", "app.scss"])


def test_byte_order_mark_is_not_part_of_the_content(tmp_path: Path) -> None:
    result = mapped(tmp_path, {"assets/a.js": "\ufeffvar  a = 1"})
    assert map_of(tmp_path, result, "a.js")["sourcesContent"] == ["var  a = 1"]
    assert words(tmp_path, result, "a.js")["a"] == {("a.js", "a")}


def test_places_behind_a_written_reference_are_right(tmp_path: Path) -> None:
    files = {
        "assets/a.js": "import x from './deep/b.js'; import y from './deep/c.js'; console.log( x , '😀' , y )\n",
        "assets/deep/b.js": "export default 1\n",
        "assets/deep/c.js": "export default 2\n",
    }
    found = words(tmp_path, mapped(tmp_path, files), "a.js")
    for word in ("import", "x", "y", "console", "log", "'😀'"):
        assert found[word] == {("a.js", word)}


@BOTH
def test_member_of_a_bundle_leads_to_its_source(tmp_path: Path, mode: Mode) -> None:
    files = {
        "assets/a.js": "var first = 1 // no end",
        "assets/b.js": "'use strict';\r\nsecond( '😀' )\r\n",
        "assets/v/t.jst": "<%= third %>",
    }
    result = mapped(tmp_path, files, '[bundles]\n"all/x.js" = ["a.js", "v/t.jst", "b.js"]', mode)
    found = words(tmp_path, result, "all/x.js")
    assert found["first"] == {("../a.js", "first")}
    assert found["second"] == {("../b.js", "second")}
    assert found["third"] == {("../v/t.jst", "third")}
    assert found["'😀'"] == {("../b.js", "'😀'")}


@BOTH
def test_sheet_in_a_bundle_leads_to_its_sass(tmp_path: Path, mode: Mode) -> None:
    files = {**FILES, "assets/z.css": '@charset "UTF-8";\n.z { background: url(i.svg) ; top: 0 }'}
    result = mapped(tmp_path, files, '[bundles]\n"x/all.css" = ["css/app.css", "z.css"]', mode)
    found = words(tmp_path, result, "x/all.css")
    assert found["color"] == {("../css/_part.scss", "color")}
    assert found["top"] == {("../z.css", "top")}


@BOTH
def test_places_behind_a_data_url_are_right(tmp_path: Path, mode: Mode) -> None:
    settings = '[data_urls]\nlimit = "1 kB"'
    found = words(
        tmp_path,
        mapped(
            tmp_path, {**FILES, "assets/css/app.scss": SHEET + "a { b: c; d: url(../i.svg); e: f }"}, settings, mode
        ),
        "css/app.css",
    )
    assert found["e"] == {("app.scss", "e")}


def test_file_as_its_author_wrote_it_has_no_map(tmp_path: Path) -> None:
    files = {"assets/a.js": "a()\n", "assets/a.css": "a{b:url(i.svg)}", "assets/i.svg": "<svg/>"}
    result = mapped(tmp_path, files, mode="development")
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["a.css", "a.js", "i.svg"]


VENDOR = "function shout( x ) {\n  return x\n}\n//# sourceMappingURL=lib.js.map\n"
VENDOR_MAP = {
    "version": 3,
    "sources": ["src/lib.ts"],
    "sourcesContent": ["const loud = (it) => { return it }"],
    "names": ["loud"],
    "mappings": encoded_mappings([(0, 0, 0, 0, 0, -1), (0, 9, 0, 0, 6, 0), (1, 2, 0, 0, 23, -1)]),
}


@pytest.mark.parametrize("name", ["lib.js", "lib.min.js"])
@BOTH
def test_map_of_a_vendor_is_followed(tmp_path: Path, mode: Mode, name: str) -> None:
    text = VENDOR.replace("lib.js", name)
    result = mapped(tmp_path, {f"assets/v/{name}": text, f"assets/v/{name}.map": json.dumps(VENDOR_MAP)}, mode=mode)
    document = map_of(tmp_path, result, f"v/{name}")
    assert (document["sources"], document["sourcesContent"]) == (["src/lib.ts"], VENDOR_MAP["sourcesContent"])
    assert words(tmp_path, result, f"v/{name}")["return"] == {("src/lib.ts", "return")}
    assert result.manifest is not None
    assert result.manifest.assets[f"v/{name}"].inputs == (f"v/{name}", f"v/{name}.map")


def test_map_of_a_vendor_is_followed_into_a_bundle(tmp_path: Path) -> None:
    files = {"assets/v/lib.js": VENDOR, "assets/v/lib.js.map": json.dumps(VENDOR_MAP), "assets/a.js": "shout( 1 )"}
    result = mapped(tmp_path, files, '[bundles]\n"all.js" = ["v/lib.js", "a.js"]')
    found = words(tmp_path, result, "all.js")
    assert (found["return"], found["1"]) == ({("v/src/lib.ts", "return")}, {("a.js", "1")})
    assert map_of(tmp_path, result, "all.js")["names"] == ["loud"]


def test_content_that_a_vendor_s_map_lacks_is_read(tmp_path: Path) -> None:
    bare = {key: value for key, value in VENDOR_MAP.items() if key != "sourcesContent"}
    files = {"assets/lib.js": VENDOR, "assets/lib.js.map": json.dumps(bare), "assets/src/lib.ts": "const loud = 1"}
    result = mapped(tmp_path, files)
    assert map_of(tmp_path, result, "lib.js")["sourcesContent"] == ["const loud = 1"]
    assert result.manifest is not None
    assert result.manifest.assets["lib.js.map"].inputs == ("lib.js", "lib.js.map", "src/lib.ts")


@pytest.mark.parametrize("secret", ["../secret.js", ".env", "../../../../../../etc/passwd", "link.js"])
def test_map_of_a_vendor_publishes_sources_only(tmp_path: Path, secret: str) -> None:
    bare = {**VENDOR_MAP, "sources": [secret]}
    del bare["sourcesContent"]
    write_tree(tmp_path, {"secret.js": "SECRET", "assets/.env": "SECRET"})
    (tmp_path / "assets").joinpath("link.js").symlink_to(tmp_path / "secret.js")
    result = mapped(tmp_path, {"assets/lib.js": VENDOR, "assets/lib.js.map": json.dumps(bare)})
    assert "sourcesContent" not in map_of(tmp_path, result, "lib.js")


def test_comment_for_a_map_that_is_not_there_goes_in_development_too(tmp_path: Path) -> None:
    result = mapped(tmp_path, {"assets/lib.js": VENDOR}, mode="development")
    assert released(tmp_path, result, "lib.js") == VENDOR.replace("//# sourceMappingURL=lib.js.map", "")
    assert [fault.code for fault in result.diagnostics] == ["reference/missing-map"]


def test_damaged_map_of_a_vendor_is_reported_and_not_followed(tmp_path: Path) -> None:
    result = mapped(tmp_path, {"assets/lib.js": VENDOR, "assets/lib.js.map": "{"})
    assert [fault.code for fault in result.diagnostics] == ["reference/damaged-map"]
    assert map_of(tmp_path, result, "lib.js")["sources"] == ["lib.js"]


def test_inline_map_gives_way_to_a_file(tmp_path: Path) -> None:
    inline = VENDOR.replace("lib.js.map", f"data:application/json,{quote(json.dumps(VENDOR_MAP))}")
    result = mapped(tmp_path, {"assets/lib.js": inline}, mode="development")
    assert "data:" not in released(tmp_path, result, "lib.js")
    assert words(tmp_path, result, "lib.js")["shout"] == {("src/lib.ts", "loud")}


@pytest.mark.parametrize("end", ["b { c : 'd", "b { --c : d", "@import 'b.css'", "b { c : d } e"])
def test_sheet_without_an_end_has_no_map(tmp_path: Path, end: str) -> None:
    result = mapped(tmp_path, {"assets/a.css": "a { b : c } " + end, "assets/b.css": ""})
    assert result.manifest is not None
    assert (result.manifest.assets["a.css"].map, "a.css.map" in result.manifest.assets) == (None, False)


def test_release_with_maps_is_the_same_in_another_folder(tmp_path: Path) -> None:
    for name in ("one", "two/three"):
        settings = '[bundles]\n"all.css" = ["css/app.css"]'
        assert mapped(tmp_path / name, FILES, settings).succeeded
    assert read_tree(tmp_path / "one/build") == read_tree(tmp_path / "two/three/build")


def test_source_is_named_by_its_fingerprint_too(tmp_path: Path) -> None:
    first = mapped(tmp_path, FILES)
    assert first.manifest is not None
    second = mapped(tmp_path, {"assets/css/_part.scss": "// more\n.p { color: red }\n"})
    assert second.manifest is not None
    assert first.manifest.assets["css/app.css"].file != second.manifest.assets["css/app.css"].file


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    mapped(tmp_path, FILES)
    assert mapped(tmp_path, {}).written == ()


def test_members_of_an_import_cycle_have_maps(tmp_path: Path) -> None:
    files = {"assets/a.js": "import './b.js' ; left( )", "assets/b.js": "import './a.js' ; right( )"}
    result = mapped(tmp_path, files)
    assert words(tmp_path, result, "a.js")["left"] == {("a.js", "left")}
    assert words(tmp_path, result, "b.js")["right"] == {("b.js", "right")}
