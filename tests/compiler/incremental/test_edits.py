"""A build after an edit leaves the release of a clean build."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.manifest.model import dumps, loads
from tests.building import build, load_config
from tests.compiler.incremental.project import SITE, Project
from tests.conftest import Tree, write_tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_tree(tmp_path, SITE))


AMENDED: Mapping[str, Mapping[str, str | None]] = {
    "a leaf": {"assets/img/b.png": "other pixels"},
    "a script": {"assets/js/late.js": 'new URL("../img/a.svg", import.meta.url); late()\n'},
    "a member of a cycle": {"assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = cycle;\n'},
    "a partial": {"assets/css/_theme.scss": "$colour: blue;\n"},
    "a partial of a sheet with a warning": {"assets/css/_size.scss": "$size: 2px;\n"},
    "two files": {"assets/css/_theme.scss": "$colour: tan;\n", "assets/css/print.css": "b { color: #111 }\n"},
    "a comment": {"assets/css/print.css": "/* of no matter */ b { color: black }\n"},
    "a reference to another asset": {"assets/css/print.css": "b { background: url(../img/b.png) }\n"},
    "a reference that makes a cycle": {"assets/css/print.css": '@import "base.css"; b { color: black }\n'},
    "an empty file": {"assets/css/print.css": ""},
    "a page": {"assets/page.html": '<link rel="stylesheet" href="css/base.css">\n<p>new</p>\n'},
}
WHOLE: Mapping[str, Mapping[str, str | None]] = {
    "a new file": {"assets/js/new.js": "fresh()\n"},
    "a file less": {"assets/js/late.js": None, "assets/js/app.js": "app()\n"},
    "a new file that takes another's place": {
        "assets/css/base.scss": "a { color: red }\n",
        "assets/css/base.css": None,
    },
    "a reference less": {"assets/css/base.css": "a { color: red }\n"},
    "a reference to nothing": {"assets/css/print.css": "b { background: url(none.png) }\n"},
    "a file with a warning": {"assets/css/faulty.css": "a { color: red }\n"},
    "a warning less": {"assets/css/warned.scss": '@use "size" as *; a { width: $size; }\n'},
    "a warning in another place": {"assets/css/warned.scss": '@use "size" as *;\n\na { width: $size; @warn "old"; }\n'},
    "a page that links another sheet": {"assets/page.html": '<link rel="stylesheet" href="css/print.css">\n'},
    "a member of a bundle": {"assets/js/one.js": "uno();\n"},
    "a fault": {"assets/css/_theme.scss": "$colour: ;\n"},
    "an unclosed string": {"assets/css/print.css": 'b { content: "x }\n'},
    "a demand for a data URL": {"assets/css/print.css": "b { background: url(../img/b.png?buildassets-data-url) }\n"},
}


EDITS: Mapping[str, Mapping[str, str | None]] = {**AMENDED, **WHOLE}


@pytest.mark.parametrize("files", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("mode", ["production", "development"])
def test_an_edit_leaves_the_release_of_a_clean_build(
    tmp_path: Path, files: Mapping[str, str | None], mode: Mode
) -> None:
    project = Project(write_tree(tmp_path, SITE), mode)
    project.edit(files)
    project.assert_as_a_clean_build()


def test_a_release_that_another_builder_put_there_is_not_amended(project: Project) -> None:
    assert build(replace(load_config(start=str(project.folder)), integrity="sha256")).succeeded
    project.edit({"assets/css/print.css": "b { color: tan }\n"})
    project.assert_as_a_clean_build()


def test_only_what_changed_is_written(project: Project) -> None:
    result = project.edit({"assets/css/print.css": "b { color: #222 }\n"})
    written = [name.partition(".")[0] for name in result.written]
    assert sorted(set(written)) == ["assets/css/base", "assets/css/print", "assets/page", "manifest"]


def test_a_manifest_without_sources_is_written_again(project: Project) -> None:
    path = project.folder / "build/manifest.json"
    path.write_text(dumps(replace(loads(path.read_text()), sources={})))
    project.edit({"assets/css/_theme.scss": "$colour: blue;\n"})
    project.assert_as_a_clean_build()


def test_unchanged_output_stops_the_rebuild(project: Project) -> None:
    release = project.release()
    # The manifest has the digest of each file of an asset.
    assert project.edit({"assets/css/_theme.scss": "$colour: red; // the same\n"}).written == ("manifest.json",)
    assert project.edit({"assets/css/print.css": f"/* the same */ {SITE['assets/css/print.css']!s}"}).written == ()
    assert project.release() == release


MAPPED = 'compress = []\nmodules = "importmap"\n[importmap]\napp = "js/app.js"\n'
EMBEDDED = "compress = []\n[data_urls]\nlimit = 10\n"


@pytest.mark.parametrize(
    ("settings_text", "file", "text"),
    [
        (MAPPED, "assets/js/late.js", 'new URL("../img/a.svg", import.meta.url); late()\n'),
        (MAPPED, "assets/js/app.js", 'import { cycle } from "./cycle.js";\nimport("./late.js");\n'),
        (MAPPED, "assets/css/_theme.scss", "$colour: blue;\n"),
        (EMBEDDED, "assets/js/late.js", 'new URL("../img/a.svg", import.meta.url); late()\n'),
        (EMBEDDED, "assets/css/_theme.scss", "$colour: blue;\n"),
    ],
)
def test_an_asset_with_the_same_references_is_built_as_a_clean_build_would_with_other_settings_too(
    tmp_path: Path, settings_text: str, file: str, text: str
) -> None:
    files = {name: content for name, content in SITE.items() if "faulty" not in name}
    project = Project(write_tree(tmp_path, {**files, "buildassets.toml": settings_text}))
    project.edit({file: text})
    project.assert_as_a_clean_build()


@pytest.mark.parametrize(
    ("settings_text", "file", "text"),
    [
        (MAPPED, "assets/js/app.js", 'import "./late.js";\n'),
        (MAPPED, "assets/js/app.js", 'import "app";\n'),
        (MAPPED, "assets/css/base.css", 'a { background: url("../img/b.png") }\n'),
        (EMBEDDED, "assets/img/b.png", "tiny"),
        (EMBEDDED, "assets/css/base.css", 'a { background: url("../img/a.svg") }\n'),
    ],
)
def test_a_new_reference_with_other_settings_is_built_as_a_clean_build_would(
    tmp_path: Path, settings_text: str, file: str, text: str
) -> None:
    files = {name: content for name, content in SITE.items() if "faulty" not in name}
    project = Project(write_tree(tmp_path, {**files, "buildassets.toml": settings_text}))
    project.edit({file: text})
    project.assert_as_a_clean_build()


NAMING: Tree = {
    "assets/js/app.js": "export const app = 1;\n",
    "assets/js/main.js": "main();\n",
    "assets/js/named.js": 'import { app } from "app";\nimport "./app.js";\n',
    "assets/page.html": "<p>\n",
    "node_modules/pkg/index.js": 'import "./more.js";\n',
    "node_modules/pkg/more.js": "more();\n",
    "node_modules/pkg/package.json": '{"name": "pkg", "version": "1.0.0", "main": "index.js"}',
}
NPM = 'compress = []\nsources = ["assets", { path = "node_modules", npm = true }]\n'


@pytest.mark.parametrize(
    ("settings_text", "file", "text"),
    [
        (MAPPED, "assets/js/main.js", 'new Worker(new URL("./named.js", import.meta.url), { type: "module" });\n'),
        (MAPPED, "assets/page.html", '<script type="module" src="js/named.js"></script>\n'),
        (NPM, "assets/js/main.js", 'import "pkg";\n'),
    ],
)
def test_a_reference_that_decides_what_names_mean_comes_and_goes(
    tmp_path: Path, settings_text: str, file: str, text: str
) -> None:
    named = NAMING if settings_text == MAPPED else {**NAMING, "assets/js/named.js": "named();\n"}
    project = Project(write_tree(tmp_path, {**named, "buildassets.toml": settings_text}))
    for edit in (text, str(NAMING[file]), text):
        project.edit({file: edit})
        project.assert_as_a_clean_build()


def test_a_reference_that_moves_to_another_partial_is_followed_from_there(tmp_path: Path) -> None:
    files = {
        "buildassets.toml": "compress = []\n",
        "assets/app.scss": '@use "one/part" as *; @use "two/part" as *;\n',
        "assets/one/_part.scss": "a { background: url(i.svg) }\n",
        "assets/one/i.svg": "<svg/>",
        "assets/two/_part.scss": "b { color: red }\n",
        "assets/two/i.svg": "<svg></svg>",
    }
    project = Project(write_tree(tmp_path, files))
    moved = {"assets/one/_part.scss": "a { color: red }\n", "assets/two/_part.scss": "b { background: url(i.svg) }\n"}
    project.edit(moved)
    project.assert_as_a_clean_build()


def test_an_asset_without_its_last_reference_is_no_longer_released(tmp_path: Path) -> None:
    project = Project(write_tree(tmp_path, {**SITE, "buildassets.toml": 'compress = []\nentries = ["js/app.js"]\n'}))
    result = project.edit({"assets/js/app.js": "app()\n"})
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["js/app.js"]
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("prefixes", ['url_prefixes = ["/"]\n', ""])
def test_a_file_that_a_prefix_names_may_appear_and_disappear(tmp_path: Path, prefixes: str) -> None:
    files = {"buildassets.toml": prefixes, "assets/a.css": "a { background: url(/b.png) }\n"}
    project = Project(write_tree(tmp_path, files))
    for text in ("pixels", None):
        project.edit({"assets/b.png": text})
        project.assert_as_a_clean_build()


@pytest.mark.parametrize("name", ["h.json", "i.svg", "p.html"])
def test_the_manifest_lists_an_engine_as_long_as_something_is_made_by_it(tmp_path: Path, name: str) -> None:
    """A file that is small already stays unchanged, and no minifier is listed for it."""
    texts = {
        "h.json": ('{"a":1}', '{ "a": 1 }'),
        "i.svg": ('<svg xmlns="http://www.w3.org/2000/svg"/>', '<svg  xmlns="http://www.w3.org/2000/svg" >\n\n</svg>'),
        "p.html": ("<!doctype html><p>a", "<!doctype html>\n\n<!-- b -->\n<p   >  a"),
    }
    small, large = texts[name]
    project = Project(write_tree(tmp_path, {"buildassets.toml": "", "assets/a.css": "a{b:c}", f"assets/{name}": small}))
    for text in (large, small, large):
        project.edit({f"assets/{name}": text})
        project.assert_as_a_clean_build()


def test_an_edited_file_may_name_an_asset_by_a_prefix(tmp_path: Path) -> None:
    files = {"assets/a.css": "a { color: red }\n", "assets/b.css": "b { color: red }\n", "assets/img/c.png": "pixels"}
    for number, prefixes in enumerate(('url_prefixes = ["/"]\n', "")):
        project = Project(write_tree(tmp_path / str(number), {"buildassets.toml": prefixes, **files}))
        project.edit({"assets/a.css": "a { background: url(/img/c.png) }\n"})
        project.assert_as_a_clean_build()


@pytest.mark.parametrize(
    "edit",
    [
        'import "./d.json";\n',  # the attribute is gone
        'import "./d.json" with { type: "json" }; import "lodash";\n',
        'import "./d.json" with { type: "json" }; import "./c.css";\n',
        'import "./d.json" with { type: "json" }; more();\n',
    ],
)
def test_an_edit_may_bring_an_import_that_browsers_refuse(tmp_path: Path, edit: str) -> None:
    files = {"assets/a.js": 'import "./d.json" with { type: "json" };\n', "assets/c.css": "", "assets/d.json": "{}"}
    project = Project(write_tree(tmp_path, {"buildassets.toml": "", **files}))
    project.edit({"assets/a.js": edit})
    project.assert_as_a_clean_build()


def test_an_edit_may_name_a_broken_third_party_script(tmp_path: Path) -> None:
    settings = 'sources = ["assets", { path = "vendor", vendored = true }]\n'
    files = {"assets/a.js": "f();\n", "vendor/b.js": "g(\n"}
    project = Project(write_tree(tmp_path, {"buildassets.toml": settings, **files}))
    result = project.edit({"assets/a.js": 'import "./b.js";\n'})
    assert [(one.code, one.is_error) for one in result.diagnostics] == [("js/syntax", True)]


@pytest.mark.parametrize("name", ["c.css", "b.js"])
def test_importers_of_the_edited_file_are_built_as_a_clean_build_would(tmp_path: Path, name: str) -> None:
    scripts = {
        "a.js": 'import "./c.css"; import { b } from "./b.js"; import "bare";\n',
        "b.js": "export const b = 1;\n",
    }
    files = {f"assets/{path}": text for path, text in {**scripts, "c.css": "", "d.js": 'import "./c.css";\n'}.items()}
    project = Project(write_tree(tmp_path, {"buildassets.toml": "", **files}))
    assert project.edit({f"assets/{name}": f"{files[f'assets/{name}']}\n"}).diagnostics
    project.assert_as_a_clean_build()


VENDORED = 'sources = [{ path = "assets", vendored = true }]\n'
STREAM = ("G" + "\0" * 187) * 2
IN_SOURCE: Tree = {
    "buildassets.toml": "compress = []\n",
    "assets/a.js": 'fetch(new URL("./x.ejs", import.meta.url));\n',
    "assets/b.js": "b();\n",
    "assets/x.ejs": "x",
    "assets/y.ejs": "y",
    "assets/seg0.ts": STREAM,
}
CHANGES_IN_SOURCE: Mapping[str, Mapping[str, str | None]] = {
    "a reference less": {"assets/a.js": "a();\n"},
    "one reference more": {"assets/b.js": 'fetch(new URL("./y.ejs", import.meta.url));\n'},
    "a file that something refers to": {"assets/x.ejs": "xx"},
    "a file that nothing refers to": {"assets/y.ejs": "yy"},
    "a new file": {"assets/z.coffee": ""},
    "the compiled form of a file": {"assets/c.ts": "", "assets/c.js": ""},
    "a video": {"assets/seg0.ts": STREAM * 2},
    "a script in place of a video": {"assets/seg0.ts": "let x: number;\n"},
}


@pytest.mark.parametrize("change", CHANGES_IN_SOURCE)
def test_a_change_of_an_uncompiled_file_is_built_as_a_clean_build_would(tmp_path: Path, change: str) -> None:
    project = Project(write_tree(tmp_path, IN_SOURCE))
    assert project.edit(CHANGES_IN_SOURCE[change]).succeeded
    project.assert_as_a_clean_build()


def test_an_image_that_becomes_too_large_is_a_warning_until_it_is_smaller(tmp_path: Path) -> None:
    configuration = str(SITE["buildassets.toml"]) + "[images]\nwarn = '10 B'\n"
    project = Project(write_tree(tmp_path, {**SITE, "buildassets.toml": configuration, "assets/img/a.svg": "<svg/>"}))
    for pixels, warnings in (("1234567890.", 1), ("12345678901.", 1), ("1234", 0)):
        found = project.edit({"assets/img/b.png": pixels}).diagnostics
        assert sum(one.code == "source/large" for one in found) == warnings


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.js", 'new Worker("b.js");\n', "reference/worker"),
        ("a.js", "//= require ./b\n", "directive/ignored"),
        ("c.css", 'a { b: c }\n@import "d.css";\n', "css/syntax"),
        ("e.svg", "<svg>", "svg/syntax"),
    ],
)
def test_a_fault_is_reported_until_another_edit_fixes_it(tmp_path: Path, name: str, text: str, code: str) -> None:
    files = {"buildassets.toml": "", "assets/b.js": "b();\n", "assets/d.css": "d { e: f }\n", f"assets/{name}": ""}
    project = Project(write_tree(tmp_path, files))
    for edit, codes in ((text, [code]), (text + "\n", [code]), ("\n", [])):
        assert [one.code for one in project.edit({f"assets/{name}": edit}).diagnostics] == codes


@pytest.mark.parametrize(
    ("settings_text", "name", "text"),
    [
        ("", "js", "//= require ./b\n"),
        (VENDORED, "css", "a {} }\n"),
        (VENDORED, "css", "a { background: url(none.png) }\n"),
        (VENDORED, "js", "import 'lost';\n"),
        (VENDORED, "js", 'new Worker("d.js");\n'),
    ],
)
def test_a_warning_of_several_files_is_that_of_a_clean_build(
    tmp_path: Path, settings_text: str, name: str, text: str
) -> None:
    files = {f"assets/{one}.{name}": text for one in "abc"}
    project = Project(
        write_tree(tmp_path, {"buildassets.toml": settings_text, "assets/d.js": "export default 1;\n", **files})
    )
    for one in "bac":
        project.edit({f"assets/{one}.{name}": ""})
        project.assert_as_a_clean_build()
        project.edit({f"assets/{one}.{name}": text})
        project.assert_as_a_clean_build()


def test_a_lost_map_stays_lost_after_an_edit(tmp_path: Path) -> None:
    files = {"buildassets.toml": 'missing = "ignore"\n', "assets/a.min.js": "a()\n//# sourceMappingURL=a.map\n"}
    project = Project(write_tree(tmp_path, files))
    project.edit({"assets/a.min.js": "b()\n//# sourceMappingURL=a.map\n"})
    project.assert_as_a_clean_build()
    project.edit({"assets/a.map": "{}"})
    project.assert_as_a_clean_build()


def test_names_in_messages_after_an_edit_are_those_of_a_clean_build(tmp_path: Path) -> None:
    settings = f'sources = ["{(tmp_path / "assets").as_posix()}"]\n'
    sheets = {name: SITE[name] for name in ("assets/css/warned.scss", "assets/css/_size.scss")}
    project = Project(write_tree(tmp_path, {"buildassets.toml": settings, **sheets}))
    project.edit({"assets/css/_size.scss": "$size: 2px;\n"})
    project.assert_as_a_clean_build()


def test_a_deprecation_of_several_sheets_is_what_a_clean_build_reports(tmp_path: Path) -> None:
    use = '@use "old";\n'
    sheets = {"assets/a.scss": use, "assets/b.scss": use, "assets/_old.scss": "a { width: (1/3) }\n"}
    write_tree(tmp_path, {"buildassets.toml": 'engines = { scss = "dart-sass" }', **sheets})
    project = Project(tmp_path)
    edits: list[tuple[Mapping[str, str | None], int]] = [
        ({"assets/b.scss": f"{use}b {{ color: red }}\n"}, 1),
        ({"assets/a.scss": f"\n{use}"}, 1),
        ({"assets/c.scss": use}, 2),
        ({"assets/b.scss": "b { color: red }\n"}, 1),
        ({"assets/c.scss": None}, 0),
        ({"assets/b.scss": use}, 1),
        ({"assets/_old.scss": "a { width: (1/4) }\n"}, 1),
    ]
    for files, others in edits:
        (found,) = project.edit(files).diagnostics
        assert found.notes[-1].startswith(f"and in {others} other" if others else "reached from")
        project.assert_as_a_clean_build()
