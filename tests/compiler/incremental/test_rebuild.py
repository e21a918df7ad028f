"""A build that does over what a change concerns gives what a build from the start gives; and does no more."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildassets.compiler.build import build
from buildassets.compiler.config.load import load_config
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.digest import digest
from buildassets.manifest import dumps, loads, release_of
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\nmissing = "warn"\n[bundles]\n"js/all.js" = ["js/one.js", "js/two.js"]\n',
    "assets/css/app.scss": '@use "theme" as *; a { color: $colour; background: url(../img/a.svg) }\n',
    "assets/css/_theme.scss": "$colour: red;\n",
    "assets/css/base.css": '@import "print.css";\na { background: url("../img/a.svg"), url("../img/b.png") }\n',
    "assets/css/print.css": "b { color: black }\n",
    "assets/css/warned.scss": '@use "size" as *; a { width: $size; @warn "old"; }\n',
    "assets/css/_size.scss": "$size: 1px;\n",
    "assets/css/faulty.css": 'a { background: url("gone.png") }\n',  # a warning
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="b.png"/></svg>\n',
    "assets/img/b.png": "pixels",
    "assets/js/app.js": 'import { cycle } from "./cycle.js";\nimport("./late.js");\ncycle();\n',
    "assets/js/cycle.js": 'import { back } from "./back.js";\nexport const cycle = () => back;\n',
    "assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = () => cycle;\n',
    "assets/js/late.js": 'new URL("../img/a.svg", import.meta.url);\n',
    "assets/js/one.js": "one();\n",
    "assets/js/two.js": "two();\n",
    "assets/page.html": '<link rel="stylesheet" href="css/base.css">\n',
}


class Project:
    """Builds a folder with what is known of the build before; `drafts` counts what whole builds compiled."""

    def __init__(self, folder: Path, mode: Mode = "production") -> None:
        self.folder = folder
        self.drafts = 0
        self._mode = mode
        self._result = self._build(None)

    def edit(self, files: Mapping[str, str | None]) -> BuildResult:
        """Write or remove `files`, and build."""
        before = self._result
        folders = {str((self.folder / name).parent) for name, text in files.items() if self._comes_or_goes(name, text)}
        for name, text in files.items():
            (self.folder / name).unlink() if text is None else write_tree(self.folder, {name: text})
        changed = {str(self.folder / name): digest((text or "").encode()) for name, text in files.items()}
        changed |= dict.fromkeys(folders, "")
        self._result = self._build(
            LastBuild(
                changed,
                {*before.inputs, *before.outputs}.difference(changed),
                before.diagnostics,
                before.inputs,
                before.outputs,
                before.record,
                before.size_bytes,
                before.manifest_digest,
            )
            if before.succeeded
            else None
        )
        return self._result

    def _comes_or_goes(self, name: str, text: str | None) -> bool:
        return (text is None) is (self.folder / name).exists()

    def _build(self, last: LastBuild | None) -> BuildResult:
        def progress(done: int, known: int, name: str) -> None:
            self.drafts += 1

        return build(self._config(), mode=self._mode, progress=progress, last=last)

    def _config(self) -> Config:
        return load_config(str(self.folder / "buildassets.toml"))

    def forget(self, record: bytes) -> None:
        """Know of the last build what `record` tells."""
        self._result = replace(self._result, record=record)

    @property
    def record(self) -> bytes:
        """What is known of the last build."""
        return self._result.record

    def release(self) -> str:
        """What the manifest calls the release."""
        return release_of((self.folder / "build/manifest.json").read_bytes())

    def clean(self) -> BuildResult:
        """The result of a build that knows of no other, in the folder `clean`."""
        shutil.rmtree(self.folder / "clean", ignore_errors=True)
        config = load_config(str(self.folder / "buildassets.toml"), output=str(self.folder / "clean"))
        return build(config, mode=self._mode)

    def assert_as_a_clean_build(self) -> None:
        """What stands in the release directory, and what was said, is what a clean build gives."""
        clean = self.clean()
        assert self._result.manifest == clean.manifest
        assert self._result.diagnostics == clean.diagnostics
        if not clean.succeeded:
            return
        expected = read_tree(self.folder / "clean")
        found = read_tree(self.folder / "build")
        assert {name: found[name] for name in expected} == expected
        outputs = {Path(path).relative_to(self.folder / "build").as_posix() for path in self._result.outputs}
        assert outputs == set(expected)
        assert self._result.size_bytes == clean.size_bytes
        assert {str(Path(path)) for path in clean.inputs} <= set(self._result.inputs)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_tree(tmp_path, SITE))


AMENDED = {
    "a leaf": {"assets/img/b.png": "other pixels"},
    "a script": {"assets/js/late.js": 'new URL("../img/a.svg", import.meta.url); late()\n'},
    "a member of a cycle": {"assets/js/back.js": 'import { cycle } from "./cycle.js";\nexport const back = cycle;\n'},
    "a partial": {"assets/css/_theme.scss": "$colour: blue;\n"},
    "a partial of a sheet with a warning": {"assets/css/_size.scss": "$size: 2px;\n"},
    "two files": {"assets/css/_theme.scss": "$colour: tan;\n", "assets/css/print.css": "b { color: #111 }\n"},
    "a comment": {"assets/css/print.css": "/* of no matter */ b { color: black }\n"},
    "a reference to another asset": {"assets/css/print.css": "b { background: url(../img/b.png) }\n"},
    "a reference that makes a cycle": {"assets/css/print.css": '@import "base.css"; b { color: black }\n'},
    "a reference less": {"assets/css/base.css": "a { color: red }\n"},
    "an empty file": {"assets/js/late.js": ""},
    "a page": {"assets/page.html": '<link rel="stylesheet" href="css/base.css">\n<p>new</p>\n'},
}
WHOLE = {
    "a new file": {"assets/js/new.js": "fresh()\n"},
    "a file less": {"assets/js/late.js": None, "assets/js/app.js": "app()\n"},
    "a new file that takes another's place": {
        "assets/css/base.scss": "a { color: red }\n",
        "assets/css/base.css": None,
    },
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


@pytest.mark.parametrize("files", AMENDED.values(), ids=AMENDED)
@pytest.mark.parametrize("mode", ["production", "development"])
def test_what_can_be_done_over_by_itself_is(tmp_path: Path, files: Mapping[str, str | None], mode: Mode) -> None:
    project = Project(write_tree(tmp_path, SITE), mode)
    drafts = project.drafts
    project.edit(files)
    assert project.drafts == drafts
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("files", WHOLE.values(), ids=WHOLE)
def test_what_concerns_more_is_done_as_a_whole(project: Project, files: Mapping[str, str | None]) -> None:
    drafts = project.drafts
    project.edit(files)
    assert project.drafts > drafts
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("files", [*AMENDED.values(), *WHOLE.values()], ids=[*AMENDED, *WHOLE])
def test_a_change_and_its_undoing_leave_the_first_release(project: Project, files: Mapping[str, str | None]) -> None:
    first = read_tree(project.folder / "build")["manifest.json"]
    project.edit(files)
    project.edit({name: str(SITE[name]) if name in SITE else None for name in files})
    assert read_tree(project.folder / "build")["manifest.json"] == first
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("record", [b'{"css/app.css": ["a", 0, []]}', b"[]", b"no JSON"])
def test_a_record_that_another_version_left_is_none(project: Project, record: bytes) -> None:
    project.forget(record)
    assert project.edit({"assets/js/late.js": "late()\n"}).succeeded
    project.assert_as_a_clean_build()


@pytest.mark.parametrize("damage", [b',"js/none.js"]', b",7]", b"]"])
def test_a_damaged_record_of_an_asset_is_none(project: Project, damage: bytes) -> None:
    record = project.record.replace(b',"js/late.js"]', damage)
    assert record != project.record
    project.forget(record)
    assert project.edit({"assets/js/app.js": f"{SITE['assets/js/app.js']!s}more();\n"}).succeeded
    project.assert_as_a_clean_build()


def test_a_release_that_another_builder_put_there_is_not_amended(project: Project) -> None:
    assert build(replace(load_config(start=str(project.folder)), integrity="sha256")).succeeded
    project.edit({"assets/css/print.css": "b { color: tan }\n"})
    project.assert_as_a_clean_build()


def test_only_what_changed_is_written(project: Project) -> None:
    result = project.edit({"assets/css/print.css": "b { color: #222 }\n"})
    written = [name.partition(".")[0] for name in result.written]
    assert sorted(set(written)) == ["assets/css/base", "assets/css/print", "assets/page", "manifest"]


def test_a_manifest_that_knows_less_of_its_sources_is_written_anew(project: Project) -> None:
    path = project.folder / "build/manifest.json"
    path.write_text(dumps(replace(loads(path.read_text()), sources={})))
    project.edit({"assets/css/_theme.scss": "$colour: blue;\n"})
    project.assert_as_a_clean_build()


def test_what_comes_out_the_same_is_the_end_of_it(project: Project) -> None:
    release = project.release()
    # The manifest tells one from the other of the files that make an asset together.
    assert project.edit({"assets/css/_theme.scss": "$colour: red; // the same\n"}).written == ("manifest.json",)
    assert project.edit({"assets/css/print.css": f"/* the same */ {SITE['assets/css/print.css']!s}"}).written == ()
    assert project.release() == release


@pytest.mark.parametrize(
    "setting",
    ["source_maps = true", 'modules = "importmap"', 'entries = ["js/app.js"]', "[data_urls]\nlimit = 10"],
)
def test_whatever_the_settings_it_is_as_a_clean_build(tmp_path: Path, setting: str) -> None:
    project = Project(write_tree(tmp_path, {**SITE, "buildassets.toml": f"compress = []\n{setting}\n"}))
    for files in AMENDED.values():
        project.edit({name: text for name, text in files.items() if "faulty" not in name})
        project.assert_as_a_clean_build()


MAPPED = 'compress = []\nmodules = "importmap"\n[importmap]\napp = "js/app.js"\n'
EMBEDDED = "compress = []\n[data_urls]\nlimit = 10\n"


@pytest.mark.parametrize(
    ("settings_text", "file", "text"),
    [
        (MAPPED, "assets/js/late.js", 'new URL("../img/a.svg", import.meta.url); late()\n'),
        (MAPPED, "assets/js/app.js", 'import { cycle } from "./cycle.js";\nimport("./late.js");\n'),
        (MAPPED, "assets/css/base.css", 'a { background: url("../img/b.png") }\n'),
        (MAPPED, "assets/css/_theme.scss", "$colour: blue;\n"),
        (EMBEDDED, "assets/js/late.js", 'new URL("../img/a.svg", import.meta.url); late()\n'),
        (EMBEDDED, "assets/css/_theme.scss", "$colour: blue;\n"),
    ],
)
def test_an_asset_with_the_same_references_is_rebuilt_alone_with_other_settings_too(
    tmp_path: Path, settings_text: str, file: str, text: str
) -> None:
    files = {name: content for name, content in SITE.items() if "faulty" not in name}
    project = Project(write_tree(tmp_path, {**files, "buildassets.toml": settings_text}))
    drafts = project.drafts
    project.edit({file: text})
    assert project.drafts == drafts
    project.assert_as_a_clean_build()


@pytest.mark.parametrize(
    ("settings_text", "file", "text"),
    [
        (MAPPED, "assets/js/app.js", 'import "./late.js";\n'),
        (MAPPED, "assets/js/app.js", 'import "app";\n'),
        (EMBEDDED, "assets/img/b.png", "tiny"),
        (EMBEDDED, "assets/css/base.css", 'a { background: url("../img/a.svg") }\n'),
    ],
)
def test_what_names_something_else_is_done_as_a_whole_with_other_settings(
    tmp_path: Path, settings_text: str, file: str, text: str
) -> None:
    files = {name: content for name, content in SITE.items() if "faulty" not in name}
    project = Project(write_tree(tmp_path, {**files, "buildassets.toml": settings_text}))
    project.edit({file: text})
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


def test_what_only_a_lost_reference_reached_is_released_no_longer(tmp_path: Path) -> None:
    project = Project(write_tree(tmp_path, {**SITE, "buildassets.toml": 'compress = []\nentries = ["js/app.js"]\n'}))
    result = project.edit({"assets/js/app.js": "app()\n"})
    assert result.manifest is not None
    assert list(result.manifest.assets) == ["js/app.js"]
    project.assert_as_a_clean_build()


NAMES = [f"{folder}/{name}.{kind}" for folder in ("a", "b") for name in "xyz" for kind in ("css", "js")]


@st.composite
def texts(draw: Callable[..., object], name: str) -> str:
    """A sheet or script with a few references to others of its kind, some of which are not there."""
    kind = name.rpartition(".")[2]
    others = draw(st.lists(st.sampled_from([one for one in NAMES if one.endswith(kind)]), max_size=2))
    form = '@import "../{}";\n' if kind == "css" else 'import "../{}";\n'
    assert isinstance(others, list)
    own = "a {{ order: {} }}\n" if kind == "css" else "f({});\n"
    return "".join(map(form.format, others)) + own.format(draw(st.integers(0, 3)))


edits = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), st.none() | texts(name)))


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries({name: texts(name) for name in NAMES}),
    st.lists(edits, max_size=5),
)
def test_any_sequence_of_edits_leaves_what_a_clean_build_leaves(
    tmp_path_factory: pytest.TempPathFactory,
    files: Mapping[str, str],
    sequence: list[tuple[str, str | None]],
) -> None:
    settings_text = 'compress = []\nminify = false\nmissing = "warn"\n'
    assets = {f"assets/{name}": text for name, text in files.items()}
    folder = write_tree(tmp_path_factory.mktemp("edits"), {**assets, "buildassets.toml": settings_text})
    project = Project(folder)
    for name, text in sequence:
        if text is None and not (folder / "assets" / name).exists():
            continue
        project.edit({f"assets/{name}": text})
        project.assert_as_a_clean_build()


@pytest.mark.parametrize("prefixes", ['url_prefixes = ["/"]\n', ""])
def test_what_a_prefix_names_is_written_once_it_is_there_and_left_once_it_is_gone(
    tmp_path: Path, prefixes: str
) -> None:
    files = {"buildassets.toml": prefixes, "assets/a.css": "a { background: url(/b.png) }\n"}
    project = Project(write_tree(tmp_path, files))
    for text in ("pixels", None):
        project.edit({"assets/b.png": text})
        project.assert_as_a_clean_build()


@pytest.mark.parametrize("name", ["h.json", "i.svg", "p.html"])
def test_the_manifest_lists_an_engine_as_long_as_something_is_made_by_it(tmp_path: Path, name: str) -> None:
    """What is small already stays as it is written, and no minifier counts for it."""
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


def test_what_is_written_anew_may_name_an_asset_by_a_prefix(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("name", ["c.css", "b.js"])
def test_what_names_the_edited_file_in_an_import_that_browsers_may_refuse_is_rebuilt_alone(
    tmp_path: Path, name: str
) -> None:
    scripts = {
        "a.js": 'import "./c.css"; import { b } from "./b.js"; import "bare";\n',
        "b.js": "export const b = 1;\n",
    }
    files = {f"assets/{path}": text for path, text in {**scripts, "c.css": "", "d.js": 'import "./c.css";\n'}.items()}
    project = Project(write_tree(tmp_path, {"buildassets.toml": "", **files}))
    drafts = project.drafts
    assert project.edit({f"assets/{name}": f"{files[f'assets/{name}']}\n"}).diagnostics
    assert project.drafts == drafts
    project.assert_as_a_clean_build()


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
    "a film": {"assets/seg0.ts": STREAM * 2},
    "a script in place of a film": {"assets/seg0.ts": "let x: number;\n"},
}


@pytest.mark.parametrize("change", CHANGES_IN_SOURCE)
def test_a_change_of_what_nothing_compiles_is_built_as_a_clean_build_would(tmp_path: Path, change: str) -> None:
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
def test_what_an_edit_brings_is_reported_until_another_mends_it(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    files = {"buildassets.toml": "", "assets/b.js": "b();\n", "assets/d.css": "d { e: f }\n", f"assets/{name}": ""}
    project = Project(write_tree(tmp_path, files))
    for edit, codes in ((text, [code]), (text + "\n", [code]), ("\n", [])):
        assert [one.code for one in project.edit({f"assets/{name}": edit}).diagnostics] == codes


def test_a_lost_map_stays_lost_after_an_edit(tmp_path: Path) -> None:
    files = {"buildassets.toml": 'missing = "ignore"\n', "assets/a.min.js": "a()\n//# sourceMappingURL=a.map\n"}
    project = Project(write_tree(tmp_path, files))
    project.edit({"assets/a.min.js": "b()\n//# sourceMappingURL=a.map\n"})
    project.assert_as_a_clean_build()
    project.edit({"assets/a.map": "{}"})
    project.assert_as_a_clean_build()


def test_a_file_is_called_after_an_edit_as_in_a_clean_build(tmp_path: Path) -> None:
    settings = f'sources = ["{(tmp_path / "assets").as_posix()}"]\n'
    sheets = {name: SITE[name] for name in ("assets/css/warned.scss", "assets/css/_size.scss")}
    project = Project(write_tree(tmp_path, {"buildassets.toml": settings, **sheets}))
    drafts = project.drafts
    project.edit({"assets/css/_size.scss": "$size: 2px;\n"})
    project.assert_as_a_clean_build()
    assert project.drafts == drafts  # no whole build was needed


def test_a_record_is_not_written_anew_where_references_stay(project: Project) -> None:
    before = project.edit({"assets/css/_theme.scss": "$colour: blue;\n"}).record
    assert project.edit({"assets/css/_theme.scss": "$colour: tan;\n"}).record is before


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
