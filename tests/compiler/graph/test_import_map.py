"""Modules in both modes: what is written into files, what is left to the page's import map, and what is renamed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildassets.compiler.graph.import_map import unnamed_hosts
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.model import ImportMap
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath, relative
from buildassets.manifest.model import Manifest, dumps
from tests.building import build, load_config, only, printed
from tests.command import built
from tests.conftest import Tree, write_tree

PLAIN = 'minify = false\ncompress = []\nmodules = "importmap"\n'
CYCLE: Mapping[str, str] = {
    "assets/js/app.js": 'import "./a.js"; import("./late.js");',
    "assets/js/a.js": 'import { b } from "./b.js"; export const a = 1;',
    "assets/js/b.js": 'import { a } from "./a.js"; export const b = 2;',
    "assets/js/late.js": 'export * from "./a.js"; new URL("../img/i.svg", import.meta.url);',
    "assets/img/i.svg": "<svg/>",
}


def manifest_of(folder: Path, files: Tree, settings: str = PLAIN) -> Manifest:
    """The manifest of a build that succeeds without a diagnostic."""
    result = built(folder, files, settings)
    assert result.manifest is not None, printed(result)
    assert result.diagnostics == ()
    return result.manifest


def text(folder: Path, manifest: Manifest, path: str) -> str:
    return (folder / "build/assets" / manifest.assets[path].file).read_text()


def renamed(folder: Path, files: Tree, settings: str, edit: Tree) -> set[str]:
    """The assets whose files have other names once `edit` is made."""
    before, after = manifest_of(folder, files, settings), manifest_of(folder, {**files, **edit}, settings)
    return {path for path, entry in after.assets.items() if before.assets[path].file != entry.file}


EDIT = {"assets/js/b.js": CYCLE["assets/js/b.js"] + "\nexport const c = 3;"}


def test_with_an_import_map_an_edit_in_a_cycle_renames_one_file(tmp_path: Path) -> None:
    assert renamed(tmp_path, CYCLE, PLAIN, EDIT) == {"js/b.js"}


def test_with_rewritten_files_an_edit_in_a_cycle_renames_it_and_its_importers(tmp_path: Path) -> None:
    settings = PLAIN.replace("importmap", "rewrite")
    assert renamed(tmp_path, CYCLE, settings, EDIT) == {"js/a.js", "js/app.js", "js/b.js", "js/late.js"}


def test_references_other_than_imports_are_written_into_the_file(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, CYCLE)
    image = manifest.assets["img/i.svg"].file
    assert text(tmp_path, manifest, "js/app.js") == CYCLE["assets/js/app.js"]
    assert text(tmp_path, manifest, "js/late.js") == CYCLE["assets/js/late.js"].replace("img/i.svg", image)
    edit = {"assets/img/i.svg": "<svg></svg>"}
    assert renamed(tmp_path, CYCLE, PLAIN, edit) == {"img/i.svg", "js/late.js"}


def test_the_manifest_names_the_modules_that_are_imported(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, CYCLE)
    assert manifest.modules == {path: path for path in ("js/a.js", "js/b.js", "js/late.js")}
    assert manifest.assets["js/app.js"].references == ("js/a.js", "js/late.js")
    assert json.loads(dumps(manifest))["modules"] == dict(manifest.modules)


def test_rewritten_files_need_no_map(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, CYCLE, PLAIN.replace("importmap", "rewrite"))
    assert (manifest.modules, manifest.scopes) == ({}, {})
    assert not {"modules", "scopes"} & json.loads(dumps(manifest)).keys()


def test_each_spelling_of_a_url_is_mapped(tmp_path: Path) -> None:
    files = {
        "assets/ü b/app.js": 'import "./a,b.js"; import "./a%2Cb.js"; import "../ü%20b/./ä.js"; import "./%C3%A4.js"',
        "assets/ü b/a,b.js": "",
        "assets/ü b/ä.js": "",
    }
    assert manifest_of(tmp_path, files).modules == {
        "%C3%BC%20b/a,b.js": "ü b/a,b.js",
        "%C3%BC%20b/a%2Cb.js": "ü b/a,b.js",
        "%C3%BC%20b/%C3%A4.js": "ü b/ä.js",
    }


@pytest.mark.parametrize(
    "specifier",
    ["./a.js?v=1", "./a.js#x", "/assets/js/a.js", r"./x\\..\\a.js", ".//a.js", "./%2e/a.js", "./a b.js", "./\\ta.js"],
)
def test_specifiers_that_a_map_may_not_match_are_written_into_the_file(tmp_path: Path, specifier: str) -> None:
    files = {"assets/js/app.js": f'import "{specifier}"', "assets/js/a.js": "", "assets/js/a b.js": ""}
    manifest = manifest_of(tmp_path, {**files, "assets/js/\ta.js": ""})
    (target,) = manifest.assets["js/app.js"].references
    fingerprint = manifest.assets[target].file.split(".")[-2]
    assert f".{fingerprint}.js" in text(tmp_path, manifest, "js/app.js")
    assert manifest.modules == {}


WORKER: Mapping[str, str] = {
    "assets/app.js": 'import "./both.js"; import "./page.js"; new Worker(new URL("./work.js", import.meta.url));',
    "assets/work.js": 'import "./both.js"; import "lib";',
    "assets/both.js": 'import "./deep.js";',
    "assets/deep.js": "",
    "assets/page.js": 'import "lib"; import "./deep.js";',
    "assets/lib.js": "",
}


@pytest.mark.parametrize("mode", ["importmap", "rewrite"])
def test_imports_of_a_worker_are_written_into_its_files(tmp_path: Path, mode: str) -> None:
    settings = PLAIN.replace("importmap", mode) + '[importmap]\nlib = "lib.js"\n'
    manifest = manifest_of(tmp_path, WORKER, settings)
    file = {path: entry.file for path, entry in manifest.assets.items()}
    assert text(tmp_path, manifest, "work.js") == f'import "./{file["both.js"]}"; import "./{file["lib.js"]}";'
    assert text(tmp_path, manifest, "both.js") == f'import "./{file["deep.js"]}";'
    assert text(tmp_path, manifest, "page.js").startswith('import "lib";')


def test_modules_that_page_and_worker_import_are_also_in_the_map(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, WORKER, PLAIN + '[importmap]\nlib = "lib.js"\n')
    assert manifest.modules == {path: path for path in ("both.js", "deep.js", "page.js")}


@pytest.mark.parametrize(
    "page",
    [
        ("index.html", '<script type="module" src="app.js"></script>'),
        ("index.html", '<script type="module">import "./app.js"</script>'),
        ("image.svg", '<svg><script type="module" href="app.js"/></svg>'),
        ("starter.js", 'import.meta.resolve("./app.js")'),
        ("starter.js", 'new SharedWorker(new URL("app.js", import.meta.url))'),
    ],
)
def test_modules_that_may_run_without_the_map_are_rewritten(tmp_path: Path, page: tuple[str, str]) -> None:
    files = {f"assets/{page[0]}": page[1], "assets/app.js": 'import "./a.js"', "assets/a.js": ""}
    manifest = manifest_of(tmp_path, files)
    assert text(tmp_path, manifest, "app.js") == f'import "./{manifest.assets["a.js"].file}"'
    assert manifest.assets["app.js"].file in text(tmp_path, manifest, page[0])
    assert manifest.modules == {}


def test_imports_of_a_bundle_in_another_folder_are_written_into_it(tmp_path: Path) -> None:
    files = {"assets/js/one.js": 'import("./a.js")', "assets/js/a.js": "", "assets/js/two.js": "f()"}
    manifest = manifest_of(tmp_path, files, PLAIN + '[bundles]\n"all.js" = ["js/one.js", "js/two.js"]\n')
    assert f'import("./{manifest.assets["js/a.js"].file}")' in text(tmp_path, manifest, "all.js")
    assert text(tmp_path, manifest, "js/one.js") == 'import("./a.js")'


def test_a_missing_import_is_an_error_in_an_unchanged_module(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.js": 'import "./b.js"'}, PLAIN)
    assert "error[reference/missing]: cannot find `b.js`\n  --> assets/a.js:1:9" in printed(result)


def test_entries_reach_what_is_imported(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, {**CYCLE, "assets/other.js": ""}, PLAIN + 'entries = ["js/app.js"]\n')
    assert sorted(manifest.assets) == ["img/i.svg", "js/a.js", "js/app.js", "js/b.js", "js/late.js"]


SCOPED: Mapping[str, str] = {
    "assets/app.js": 'import "lib"',
    "assets/old/user.js": 'import "lib"',
    "assets/lib.js": "",
    "assets/old/lib.js": "",
    "assets/old/parts/a.js": "",
}


def test_scopes_are_in_the_manifest_with_their_folders_written_out(tmp_path: Path) -> None:
    settings = '[importmap]\nlib = "lib.js"\n[importmap.scopes."old/"]\nlib = "old/lib.js"\n"parts/" = "old/parts/"\n'
    manifest = manifest_of(tmp_path, SCOPED, PLAIN + settings)
    assert manifest.importmap == {"lib": "lib.js"}
    assert manifest.scopes == {"old/": {"lib": "old/lib.js", "parts/a.js": "old/parts/a.js"}}


def test_modules_that_a_scope_names_are_released(tmp_path: Path) -> None:
    settings = (
        'entries = ["app.js"]\n[importmap]\nlib = "lib.js"\n[importmap.scopes."old/user.js"]\nlib = "old/lib.js"\n'
    )
    assert sorted(manifest_of(tmp_path, SCOPED, PLAIN + settings).assets) == ["app.js", "lib.js", "old/lib.js"]


def test_a_worker_in_a_scope_has_the_module_of_the_scope(tmp_path: Path) -> None:
    files = {**SCOPED, "assets/start.js": 'new Worker(new URL("old/user.js", import.meta.url))'}
    settings = '[importmap]\nlib = "lib.js"\n[importmap.scopes."old/"]\nlib = "old/lib.js"\n'
    manifest = manifest_of(tmp_path, files, PLAIN + settings)
    assert text(tmp_path, manifest, "old/user.js") == f'import "./{manifest.assets["old/lib.js"].file[4:]}"'


@pytest.mark.parametrize(
    ("settings", "message", "line"),
    [
        ('[importmap.scopes."odl/"]\nlib = "lib.js"\n', "import map scope `odl/` holds no asset", 4),
        ('[importmap.scopes."old/"]\nlib = "lbi.js"\n', "import map entry `lib` names no asset: `lbi.js`", 5),
    ],
)
def test_a_scope_that_names_nothing_is_an_error(tmp_path: Path, settings: str, message: str, line: int) -> None:
    result = built(tmp_path, SCOPED, PLAIN + settings)
    (fault,) = (found for found in result.diagnostics if found.is_error)
    assert (fault.code, fault.message) == ("importmap/missing", message)
    assert fault.location is not None
    assert fault.location.line == line


def test_a_bare_name_that_nothing_maps_is_a_warning(tmp_path: Path) -> None:
    files = {"assets/a.js": '\nimport "lti";', "assets/lit.js": ""}
    assert printed(built(tmp_path, files, PLAIN + '[importmap]\nlit = "lit.js"\n')) == (
        "warning[reference/unmapped]: nothing maps the bare name `lti`\n"
        "  --> assets/a.js:2:9\n"
        "   |\n"
        '2  | import "lti";\n'
        "   |         ^^^\n"
        "note: looked in `importmap`\n"
        "\n"
        "hint: did you mean `lit`?"
    )


def test_a_name_that_nothing_maps_is_reported_at_each_place(tmp_path: Path) -> None:
    files = {"assets/b.js": 'import "far"', "assets/a.js": 'import "far"; import "off"', "assets/lit.js": ""}
    found = built(tmp_path, files, PLAIN + '[importmap]\nlit = "lit.js"\n').diagnostics
    names = ("far", "off", "far")
    assert [fault.message for fault in found] == [f"nothing maps the bare name `{name}`" for name in names]
    places = [(fault.location.file, fault.location.column) for fault in found if fault.location]
    assert places == [("assets/a.js", 9), ("assets/a.js", 23), ("assets/b.js", 9)]


def test_a_name_whose_entry_is_at_fault_is_reported_once(tmp_path: Path) -> None:
    result = built(tmp_path, {"assets/a.js": 'import "lit"'}, PLAIN + '[importmap]\nlit = "lit.js"\n')
    assert [fault.code for fault in result.diagnostics] == ["importmap/missing"]


def test_a_forgotten_dot_is_guessed(tmp_path: Path) -> None:
    files = {"assets/js/a.js": 'import "b.js"', "assets/js/b.js": "", "assets/lit.js": ""}
    (fault,) = built(tmp_path, files, PLAIN + '[importmap]\nlit = "lit.js"\n').diagnostics
    assert fault.hint == "did you mean `./b.js`?"


@pytest.mark.parametrize(
    "settings",
    [
        'external = ["far"]\n',
        'external = ["far"]\n[importmap]\nlit = "lit.js"\n',
        '[importmap]\nfar = "https://far.example/far.js"\n',
        '[importmap]\n"f" = "lit.js"\n"far/" = "https://far.example/"\n',
    ],
)
def test_a_bare_name_may_be_for_others(tmp_path: Path, settings: str) -> None:
    name = "far/away.js" if '"far/"' in settings else "far"
    manifest_of(
        tmp_path, {"assets/a.js": f'import "{name}"; import "fs"; import "node:fs"', "assets/lit.js": ""}, settings
    )


def test_a_bare_name_in_an_html_file_is_not_judged(tmp_path: Path) -> None:
    page = '<script type="importmap">{"imports": {"x": "./x.js"}}</script><script type="module">import "x"</script>'
    manifest_of(tmp_path, {"assets/a.html": page, "assets/x.js": ""}, PLAIN + '[importmap]\nlit = "x.js"\n')


def test_a_manifest_with_a_map_satisfies_its_schema(tmp_path: Path) -> None:
    from importlib.resources import files

    from jsonschema import Draft202012Validator

    schema: Any = json.loads(files("buildassets").joinpath("manifest.schema.json").read_text())
    settings = '[importmap]\nlib = "lib.js"\n[importmap.scopes."old/"]\nlib = "old/lib.js"\n'
    manifest = manifest_of(tmp_path, {**CYCLE, **SCOPED}, PLAIN + settings)
    Draft202012Validator(schema).validate(json.loads(dumps(manifest)))


NPM = 'sources = ["assets", { path = "node_modules", prefix = "npm", npm = true }]\n'
PACKAGES: Mapping[str, str] = {
    "assets/app.js": 'import "lit"; import "old";',
    "node_modules/lit/package.json": '{"name": "lit", "exports": {".": "./lit.js", "./*": "./x/*.js"}}',
    "node_modules/lit/lit.js": 'import "lit/part"; export * from "./x/other";',
    "node_modules/lit/x/part.js": "export default 1;",
    "node_modules/lit/x/other.js": "export default 2;",
    "node_modules/lit/unused.js": 'import "./gone.js";',
    "node_modules/old/package.json": '{"main": "old"}',
    "node_modules/old/old.js": 'import "lit"; export default 1;',
    "node_modules/old/node_modules/lit/package.json": '{"exports": "./lit1.js"}',
    "node_modules/old/node_modules/lit/lit1.js": "export default 1;",
}
REACHED = ["app.js", "npm/lit/lit.js", "npm/lit/x/other.js", "npm/lit/x/part.js"]
REACHED += ["npm/old/node_modules/lit/lit1.js", "npm/old/old.js"]


def test_names_of_packages_are_written_into_rewritten_files(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, PACKAGES, NPM + PLAIN.replace("importmap", "rewrite"))
    file = {path: entry.file for path, entry in manifest.assets.items()}
    assert text(tmp_path, manifest, "app.js") == (
        f'import "./{file["npm/lit/lit.js"]}"; import "./{file["npm/old/old.js"]}";'
    )
    assert text(tmp_path, manifest, "npm/old/old.js").startswith(
        f'import "./{file["npm/old/node_modules/lit/lit1.js"][8:]}"'
    )
    assert manifest.assets["app.js"].references == ("npm/lit/lit.js", "npm/old/old.js")
    assert manifest.importmap == {}


def test_names_of_packages_are_in_the_map_of_the_page(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, PACKAGES, NPM + PLAIN)
    assert text(tmp_path, manifest, "app.js") == PACKAGES["assets/app.js"]
    assert manifest.importmap == {
        "lit": "npm/lit/lit.js",
        "lit/part": "npm/lit/x/part.js",
        "old": "npm/old/old.js",
    }
    assert manifest.scopes == {"npm/old/": {"lit": "npm/old/node_modules/lit/lit1.js"}}
    assert manifest.modules == {"npm/lit/x/other": "npm/lit/x/other.js"}


@pytest.mark.parametrize("settings", ["", 'entries = ["app.js"]\n', 'entries = ["**/*.js"]\n'])
def test_of_packages_only_what_is_reached_is_released(tmp_path: Path, settings: str) -> None:
    assert sorted(manifest_of(tmp_path, PACKAGES, NPM + PLAIN + settings).assets) == REACHED


def test_the_configured_map_goes_before_packages(tmp_path: Path) -> None:
    files = {**PACKAGES, "assets/app.js": 'import "lit";'}
    settings = '[importmap]\nlit = "npm/lit/x/other.js"\n'
    manifest = manifest_of(tmp_path, files, NPM + PLAIN.replace("importmap", "rewrite") + settings)
    assert text(tmp_path, manifest, "app.js") == 'import "lit";'
    assert sorted(manifest.assets) == ["app.js", "npm/lit/x/other.js"]


@pytest.mark.parametrize("mode", ["importmap", "rewrite"])
def test_the_manifest_lists_what_a_script_waits_for(tmp_path: Path, mode: str) -> None:
    files = {
        "assets/app.js": (
            'import "./a.js"; export * from "lib"; import "lit"; import("./late.js"); import "./b.js?own";\n'
            'import "./c.css" with { type: "css" }; new Worker(new URL("./work.js", import.meta.url));'
        ),
        **{f"assets/{name}.js": "export default 1;" for name in ("a", "b", "late", "lib", "work")},
        "assets/c.css": "",
    }
    settings = NPM + PLAIN.replace("importmap", mode, 1) + '[importmap]\nlib = "lib.js"\n'
    manifest = manifest_of(tmp_path, {**PACKAGES, **files}, settings)
    assert manifest.assets["app.js"].imports == ("a.js", "lib.js", "npm/lit/lit.js")
    assert manifest.assets["npm/lit/lit.js"].imports == ("npm/lit/x/other.js", "npm/lit/x/part.js")
    assert manifest.assets["a.js"].imports == manifest.assets["c.css"].imports == ()


@pytest.mark.parametrize("mode", ["importmap", "rewrite"])
def test_a_worker_has_its_packages_written_into_it(tmp_path: Path, mode: str) -> None:
    files = {**PACKAGES, "assets/start.js": 'new Worker(new URL("app.js", import.meta.url))'}
    manifest = manifest_of(tmp_path, files, NPM + PLAIN.replace("importmap", mode))
    assert f'import "./{manifest.assets["npm/lit/lit.js"].file}"' in text(tmp_path, manifest, "app.js")
    part = manifest.assets["npm/lit/x/part.js"].file
    assert text(tmp_path, manifest, "npm/lit/lit.js").startswith(f'import "./{part[8:]}"')


def test_of_the_mode_depends_what_a_package_gives(tmp_path: Path) -> None:
    files = {
        "assets/app.js": 'import "p"',
        "node_modules/p/package.json": '{"exports": {"development": "./dev.js", "production": "./prod.js"}}',
        "node_modules/p/dev.js": "export {}",
        "node_modules/p/prod.js": "export {}",
    }
    config = load_config(start=str(write_tree(tmp_path, {"buildassets.toml": NPM, **files})))
    for mode in ("development", "production"):
        result = build(config, mode=mode)
        assert result.manifest is not None
        assert sorted(result.manifest.assets) == ["app.js", f"npm/p/{mode[: 3 if mode[0] == 'd' else 4]}.js"]


def test_an_exported_file_that_is_absent_is_missing(tmp_path: Path) -> None:
    files = {"assets/app.js": 'import "p"', "node_modules/p/package.json": '{"exports": "./gone.js"}'}
    assert "error[reference/missing]: cannot find `npm/p/gone.js`" in printed(built(tmp_path, files, NPM))


@pytest.mark.parametrize(("missing", "severities"), [("error", ["error"]), ("warn", ["warning"]), ("ignore", [])])
def test_an_unexported_module_is_an_error_like_a_missing_one(
    tmp_path: Path, missing: str, severities: list[str]
) -> None:
    files = {"assets/app.js": 'import "p/b.js"', "node_modules/p/package.json": '{"exports": "./a.js"}'}
    found = built(tmp_path, files, f'{NPM}missing = "{missing}"\n').diagnostics
    assert [(fault.severity.value, fault.code) for fault in found] == [(one, "npm/exports") for one in severities]


def test_an_unknown_package_is_a_warning_with_the_nearest_name(tmp_path: Path) -> None:
    (fault,) = built(tmp_path, {**PACKAGES, "assets/app.js": 'import "lti"'}, NPM).diagnostics
    assert (fault.code, fault.notes) == ("reference/unmapped", ("looked in `importmap` and in `node_modules/`",))
    assert fault.hint == "did you mean `lit`?"


def test_commonjs_is_reported_once(tmp_path: Path) -> None:
    files = {
        "assets/a.js": 'import "p"',
        "assets/b.js": 'import "p"; import "q"',
        "node_modules/p/index.js": "// export\nmodule.exports = 1",
        "node_modules/q/index.js": "export default 1",
    }
    (fault,) = built(tmp_path, files, NPM).diagnostics
    assert (fault.severity.value, fault.code) == ("warning", "npm/commonjs")
    assert fault.location is not None
    assert fault.location.file == "assets/a.js"


def test_packages_outside_of_the_root_are_not_faults_until_they_are_needed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"own/p/index.js": "", "assets/app.js": "", "node_modules/q/index.js": ""})
    (tmp_path / "node_modules/p").symlink_to("../own/p")
    manifest_of(tmp_path, {}, NPM)
    result = built(tmp_path, {"assets/app.js": 'import "p"'}, NPM)
    assert "note: `npm/p` is a link that leaves its source root" in printed(result)


def test_a_sheet_next_to_its_source_is_not_a_duplicate_in_packages(tmp_path: Path) -> None:
    files = {
        "assets/app.css": '@import "npm/p/a.css";',
        "node_modules/p/a.css": "a { b: plain }",
        "node_modules/p/a.scss": "a { b: compiled }",
    }
    manifest = manifest_of(tmp_path, files, NPM + PLAIN)
    assert text(tmp_path, manifest, "npm/p/a.css") == "a { b: plain }"


def test_an_invalid_package_description_is_reported(tmp_path: Path) -> None:
    files = {"assets/app.js": 'import "p"', "node_modules/p/package.json": "{", "node_modules/p/index.js": "export {}"}
    result = built(tmp_path, files, NPM)
    assert result.succeeded
    assert printed(result).startswith("warning[npm/package]: cannot read `node_modules/p/package.json`: it is not JSON")


def test_an_application_without_packages_reads_no_description(tmp_path: Path) -> None:
    files = {"assets/app.js": 'import "lit"', "assets/package.json": "{"}
    assert only(built(tmp_path, files, 'external = ["lit"]\n')).code == "json/syntax"


NAMES = ("a.js", "x/b.js", "x/y/c.js", "ü/d e.js", "x/f.js")
_FORMS = {
    "import": 'import "{}";',
    "export": 'export * from "{}";',
    "call": 'import("{}");',
    "bare": 'import "{}";',
    "worker": 'new Worker(new URL("{}", import.meta.url));',
}
_graphs = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(_FORMS)), st.sampled_from(NAMES)), max_size=10
)
_SETTINGS = PLAIN + "[importmap]\n" + "".join(f'"bare-{index}" = "{name}"\n' for index, name in enumerate(NAMES))


def _graph_files(edges: list[tuple[str, str, str]]) -> dict[str, str]:
    files = {f"assets/{name}": f"/* {index} */" for index, name in enumerate(NAMES)}
    for base, form, target in edges:
        specifier = f"bare-{NAMES.index(target)}" if form == "bare" else quote(relative(LogicalPath(base), target))
        lead = "./" if form not in ("bare", "worker") and not specifier.startswith(".") else ""
        files[f"assets/{base}"] += _FORMS[form].format(lead + specifier)
    return files


def _loaded(manifest: Manifest, folder: Path, start: str) -> set[str]:
    """The files that a browser asks for when a page with the import map runs `start`, and when workers run, without."""
    by_url = {key: quote(manifest.assets[target].file) for key, target in manifest.modules.items()}
    by_name = {key: quote(manifest.assets[target].file) for key, target in manifest.importmap.items()}
    pending = [(quote(manifest.assets[start].file), True)]
    loaded: set[tuple[str, bool]] = set()
    while pending:
        url, is_in_page = pending.pop()
        if (url, is_in_page) in loaded:
            continue
        loaded.add((url, is_in_page))
        for reference in scan(Syntax.JAVASCRIPT, (folder / "build/assets" / unquote(url)).read_text()):
            resolved = urljoin(f"/{url}", reference.url)[1:]
            if reference.kind is ReferenceKind.URL:
                pending.append((resolved, False))
            elif is_in_page:
                pending.append((by_name.get(reference.url) or by_url.get(resolved, resolved), True))
            else:
                assert reference.url.startswith("."), "a worker knows no names"
                pending.append((resolved, False))
    return {url for url, _ in loaded}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_graphs, st.sampled_from(["importmap", "rewrite"]), st.sampled_from(NAMES))
def test_a_browser_finds_every_module_in_a_page_and_in_a_worker(
    tmp_path_factory: pytest.TempPathFactory, edges: list[tuple[str, str, str]], mode: str, start: str
) -> None:
    folder = tmp_path_factory.mktemp("graph")
    manifest = manifest_of(folder, _graph_files(edges), _SETTINGS.replace("importmap", mode, 1))
    released = {quote(entry.file) for entry in manifest.assets.values()}
    assert _loaded(manifest, folder, start) <= released


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_graphs, st.sampled_from(NAMES))
def test_with_an_import_map_an_edit_of_any_module_renames_one_file(
    tmp_path_factory: pytest.TempPathFactory, edges: list[tuple[str, str, str]], edited: str
) -> None:
    imports_alone = [edge for edge in edges if edge[1] != "worker"]
    files = _graph_files(imports_alone)
    edit = {f"assets/{edited}": files[f"assets/{edited}"] + "// edited"}
    assert renamed(tmp_path_factory.mktemp("graph"), files, _SETTINGS, edit) == {edited}


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        *((url, False) for url in ("https://evil.test/a.js", "//evil.test/a.js", "data:text/javascript,alert(1)")),
        *(
            (url, False)
            for url in ("https://cdn.test@evil.test/", "https://cdn.test.evil.test/", "http://cdn.test/a.js")
        ),
        *(
            (url, True)
            for url in ("https://cdn.test/b.js", "https://CDN.test?b", "https://cdn.test", "js/a.js", "/a.js")
        ),
    ],
)
def test_host_that_the_configuration_does_not_name_is_refused(url: str, is_named: bool, tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[importmap]\nlit = "https://cdn.test/lit.js"\n', "assets/js/a.js": "1"})
    config = load_config(start=str(tmp_path))
    for importmap in (ImportMap({"a": url}), ImportMap(scopes={"js/": {"a": url}})):
        assert [fault.code for fault in unnamed_hosts(config, importmap, ["js/a.js"])] == ["importmap/host"] * (
            not is_named
        )
