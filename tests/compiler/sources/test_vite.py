"""A source root that Vite built: names of sources, kept names, and faults."""

import json
import shutil
from base64 import b64encode
from functools import cache
from hashlib import sha384
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest

from buildassets.compiler.config.values import Mode
from buildassets.compiler.result import BuildResult
from buildassets.errors import ConfigError
from buildassets.runtime import Assets
from tests import vite
from tests.building import build, check, codes, load_config, manifest_of, only_error
from tests.command import run
from tests.conftest import Tree, read_tree, write_tree
from tests.vite import FRONT, LOGO, config, settings

pytestmark = pytest.mark.corpus


def build_front(folder: Path, given: str | None = None, mode: Mode = "production") -> BuildResult:
    (folder / "buildassets.toml").write_text(settings() if given is None else given)
    return build(load_config(start=str(folder), mode=mode), mode=mode)


@cache
def _dist(files: tuple[tuple[str, str | bytes], ...]) -> dict[str, bytes]:
    """The files that Vite builds of these, which do not depend on the folder."""
    with TemporaryDirectory() as folder:
        vite.vite_build(Path(folder), dict(files), {})
        return read_tree(Path(folder, "front/dist"))


def vite_build(folder: Path, files: Tree = FRONT, configuration: Tree | None = None) -> Any:
    """Write `files` and what Vite builds of them to `folder/front`, and return its manifest."""
    sources = {**files, **(config() if configuration is None else configuration)}
    write_tree(folder, {"assets/app.css": "a { color: red }\n", **sources})
    shutil.rmtree(folder / "front/dist", ignore_errors=True)
    write_tree(folder / "front/dist", _dist(tuple(sources.items())))
    return json.loads((folder / "front/dist/.vite/manifest.json").read_text())


def test_files_keep_their_names_and_bytes(tmp_path: Path) -> None:
    vite_build(tmp_path)
    manifest = manifest_of(build_front(tmp_path))
    dist = read_tree(tmp_path / "front/dist/assets")
    assert {path for path, entry in manifest.assets.items() if entry.file == path} == {
        f"assets/{name}" for name in dist
    }
    assert all((tmp_path / "build/assets/assets" / name).read_bytes() == content for name, content in dist.items())


def test_entries_have_the_names_of_their_sources(tmp_path: Path) -> None:
    theirs = vite_build(tmp_path)
    ours = manifest_of(build_front(tmp_path)).vite
    assert {name: source.asset for name, source in ours.items()} == {
        name: record["file"] for name, record in theirs.items() if not name.startswith("_")
    }


def test_style_sheets_of_imports_come_before_that_of_the_entry(tmp_path: Path) -> None:
    theirs = vite_build(tmp_path)
    (shared,) = (theirs[name] for name in theirs["src/main.ts"]["imports"])
    assert list(manifest_of(build_front(tmp_path)).vite["src/main.ts"].css) == [
        *shared["css"],
        *theirs["src/main.ts"]["css"],
    ]


def test_entries_leave_no_file_of_vite_out(tmp_path: Path) -> None:
    vite_build(tmp_path)
    all_of_them = manifest_of(build_front(tmp_path)).assets.keys()
    assert manifest_of(build_front(tmp_path, settings(more='entries = ["app.css"]\n'))).assets.keys() == all_of_them


def test_a_prefix_of_the_root_is_optional_in_names_of_entries(tmp_path: Path) -> None:
    vite_build(tmp_path)
    given = 'sources = [{ path = "front/dist", prefix = "front", manifest = ".vite/manifest.json" }]\n'
    ours = manifest_of(build_front(tmp_path, given)).vite
    assert ours["src/main.ts"].asset == ours["front/src/main.ts"].asset
    assert ours["src/main.ts"].asset.startswith("front/assets/main-")


def test_one_style_sheet_for_all_belongs_to_each_entry(tmp_path: Path) -> None:
    more = 'build: { manifest: true, cssCodeSplit: false, rollupOptions: { input: ["src/main.ts"] } } }'
    theirs = vite_build(tmp_path, configuration={"front/vite.config.js": f'export default {{ base: "./", {more}'})
    assert manifest_of(build_front(tmp_path)).vite["src/main.ts"].css == (theirs["style.css"]["file"],)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_only_a_manifest_for_development_names_the_server(tmp_path: Path, mode: Mode) -> None:
    vite_build(tmp_path)
    result = build_front(tmp_path, settings(5173), mode)
    text = (tmp_path / "build/manifest.json").read_text()
    assert ("http://localhost:5173" in text) == (mode == "development")
    assert manifest_of(result).dev == ("http://localhost:5173" if mode == "development" else None)


def test_the_server_serves_below_an_absolute_base(tmp_path: Path) -> None:
    vite_build(tmp_path, configuration=config("/assets/"))
    assert manifest_of(build_front(tmp_path, settings(5173), "development")).dev == "http://localhost:5173/assets"


@pytest.mark.parametrize(("base", "url"), [("./", "/x/"), ("", "/x/"), ("/assets/", "/assets/"), ("/", "/")])
def test_a_base_that_fits_is_accepted(tmp_path: Path, base: str, url: str) -> None:
    vite_build(tmp_path, configuration=config(base))
    assert codes(build_front(tmp_path, settings(more=f'url = "{url}"\n'))) == []


def test_a_base_on_another_host_fits_the_same_url(tmp_path: Path) -> None:
    vite_build(tmp_path, configuration=config("https://cdn.example.com/a/"))
    assert codes(build_front(tmp_path, settings(more='url = "https://cdn.example.com/a/"\n'))) == []


@pytest.mark.parametrize("base", ["/", "/static/", "https://cdn.example.com/"])
def test_another_base_is_an_error(tmp_path: Path, base: str) -> None:
    vite_build(tmp_path, configuration=config(base))
    fault = only_error(build_front(tmp_path))
    assert fault.code == "vite/base"
    assert fault.message == f"`front/dist` was built for the base `{base}`, and is served at `/assets/`"
    assert fault.hint == 'set `base: "./"` or `base: "/assets/"` in `vite.config`, and run `vite build`'
    assert fault.location is not None
    assert (fault.location.file, fault.location.line) == ("buildassets.toml", 1)


def test_a_wrong_base_is_found_in_a_single_import(tmp_path: Path) -> None:
    files = {
        "front/src/main.ts": 'import("./lazy");',
        "front/src/admin.ts": "",
        "front/src/lazy.ts": 'import "./lazy.css";',
    }
    vite_build(tmp_path, {**files, "front/src/lazy.css": "i { color: red }"}, config("/static/"))
    assert codes(build_front(tmp_path)) == ["vite/base"]


def test_similar_text_is_not_taken_for_a_base(tmp_path: Path) -> None:
    more = 'window.path = function (name) { return "/" + name; }; window.preload = "modulepreload";'
    vite_build(tmp_path, {**FRONT, "front/src/main.ts": f"{FRONT['front/src/main.ts']!s}\n{more}"})
    assert codes(build_front(tmp_path)) == []


def test_a_base_below_the_prefix_of_the_root_fits(tmp_path: Path) -> None:
    vite_build(tmp_path, configuration=config("/assets/front/"))
    given = 'sources = [{ path = "front/dist", prefix = "front", manifest = ".vite/manifest.json" }]\n'
    assert codes(build_front(tmp_path, given)) == []


PUBLIC: Tree = {
    **FRONT,
    "front/public/buoy.svg": LOGO,
    "front/public/alone.svg": LOGO,
    "front/src/admin.ts": 'import buoy from "/buoy.svg"; document.title = buoy;',
}


def test_a_public_file_keeps_its_name_only_where_a_script_names_it(tmp_path: Path) -> None:
    vite_build(tmp_path, PUBLIC)
    result = build_front(tmp_path)
    assets = manifest_of(result).assets
    assert assets["buoy.svg"].file == "buoy.svg"
    assert assets["alone.svg"].file != "alone.svg"
    assert codes(result) == ["fingerprinted/name"]
    assert result.diagnostics[0].message == "`buoy.svg` keeps a name without a hash"


WORKER: Tree = {
    **FRONT,
    "front/src/admin.ts": 'new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });',
    "front/src/worker.ts": "self.postMessage(1);",
}


def test_workers_and_source_maps_keep_their_names_too(tmp_path: Path) -> None:
    vite_build(tmp_path, WORKER, config(build="sourcemap: true"))
    result = build_front(tmp_path)
    assert codes(result) == []
    names = {entry.file for entry in manifest_of(result).assets.values()}
    assert names >= {f"assets/{name}" for name in read_tree(tmp_path / "front/dist/assets")}
    assert any("worker" in name for name in names)


def test_maps_that_vite_hides_are_hidden(tmp_path: Path) -> None:
    vite_build(tmp_path, FRONT, config(build='sourcemap: "hidden"'))
    assets = manifest_of(build_front(tmp_path, settings(more='source_maps = "hidden"\n'))).assets
    maps = {name: content for name, content in read_tree(tmp_path / "front/dist").items() if name.endswith(".map")}
    assert maps
    assert read_tree(tmp_path / "build.maps/assets") == {name.removeprefix("assets/"): maps[name] for name in maps}
    assert not [path for path in assets if path.endswith(".map")]


def test_no_manifest_is_an_error_with_its_place(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "front/dist/a.js": ""})
    fault = only_error(build_front(tmp_path))
    assert (fault.code, fault.message) == ("vite/manifest", "there is no `.vite/manifest.json` in `front/dist`")
    assert fault.hint == "set `build: { manifest: true }` in `vite.config`, and run `vite build`"


def test_a_manifest_in_its_usual_place_is_suggested(tmp_path: Path) -> None:
    write_tree(tmp_path, {"front/dist/.vite/manifest.json": "{}"})
    fault = only_error(build_front(tmp_path, 'sources = [{ path = "front/dist", manifest = "manifest.json" }]'))
    assert fault.hint == "did you mean `.vite/manifest.json`?"


@pytest.mark.parametrize("content", ["[1]", "{", '{"a": 1}', '{"a": {}}', '{"a": {"file": "../a.js"}}', '"a"'])
def test_an_invalid_manifest_is_an_error(tmp_path: Path, content: str) -> None:
    write_tree(tmp_path, {"assets/a.css": "", "front/dist/.vite/manifest.json": content})
    fault = only_error(build_front(tmp_path))
    assert (fault.code, fault.message) == (
        "vite/manifest",
        "`front/dist/.vite/manifest.json` is not a manifest of Vite",
    )


@pytest.mark.parametrize("more", ['"imports": "x"', '"imports": [{}]', '"css": {}', '"assets": 1'])
def test_a_manifest_with_a_list_of_another_type_is_an_error(tmp_path: Path, more: str) -> None:
    content = f'{{"a.ts": {{"file": "a-0123abcd.js", {more}}}}}'
    write_tree(
        tmp_path, {"assets/a.css": "", "front/dist/a-0123abcd.js": "", "front/dist/.vite/manifest.json": content}
    )
    assert only_error(build_front(tmp_path)).code == "vite/manifest"


def test_thousands_of_chunks_may_import_one_another(tmp_path: Path) -> None:
    chunks: Any = {f"_{n}.js": {"file": "a-0123abcd.js", "imports": [f"_{n + 1}.js"]} for n in range(3000)}
    chunks["_3000.js"] = {"file": "a-0123abcd.js", "css": ["a-0123abcd.css"]}
    chunks["src/a.ts"] = {"file": "a-0123abcd.js", "isEntry": True, "imports": ["_0.js"]}
    dist = {"a-0123abcd.js": "", "a-0123abcd.css": "", ".vite/manifest.json": json.dumps(chunks)}
    write_tree(tmp_path, {"assets/a.css": "", **{f"front/dist/{name}": text for name, text in dist.items()}})
    assert manifest_of(build_front(tmp_path)).vite["src/a.ts"].css == ("a-0123abcd.css",)


def test_a_file_that_the_manifest_names_has_to_be_there(tmp_path: Path) -> None:
    content: Any = {"src/a.ts": {"file": "assets/a-0123abcd.js", "isEntry": True}}
    write_tree(tmp_path, {"assets/a.css": "", "front/dist/.vite/manifest.json": json.dumps(content)})
    fault = only_error(build_front(tmp_path))
    assert "names `assets/a-0123abcd.js`, which is not a file of `front/dist`" in fault.message


def test_the_server_needs_no_built_files(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.css": "a { color: red }"})
    assert manifest_of(build_front(tmp_path, settings(5173), "development")).dev == "http://localhost:5173"
    with pytest.raises(ConfigError, match="the source root `front/dist` does not exist"):
        build_front(tmp_path, settings(5173))


def test_a_check_knows_the_names_and_takes_no_chunk_for_unused(tmp_path: Path) -> None:
    vite_build(tmp_path)
    page = '{{ stylesheet("app.css") }}{{ script("src/main.ts") }}{{ script("src/man.ts") }}'
    write_tree(tmp_path, {"buildassets.toml": settings(), "templates/page.html": page})
    found = check(load_config(start=str(tmp_path)))
    assert [fault.message for fault in found.diagnostics] == ["no asset is named `src/man.ts`"]
    assert found.diagnostics[0].hint == "did you mean `src/main.ts`?"
    assert found.unused == ()


def test_explain_takes_the_name_of_a_source(tmp_path: Path) -> None:
    chunk = vite_build(tmp_path)["src/main.ts"]["file"]
    build_front(tmp_path)
    done = run(tmp_path, "explain", "src/main.ts", "--json")
    assert json.loads(done.stdout)["asset"] == chunk


def test_old_chunks_are_retained(tmp_path: Path) -> None:
    before = vite_build(tmp_path)["src/main.ts"]["file"]
    retaining = settings(more="[retain]\nreleases = 2\n")
    build_front(tmp_path, retaining)
    after = vite_build(tmp_path, {**FRONT, "front/src/shared.ts": "export const tide = 'low';"})["src/main.ts"]["file"]
    (earlier,) = manifest_of(build_front(tmp_path, retaining)).retained
    assert before != after
    assert before in {entry.file for entry in earlier.assets.values()}
    assert (tmp_path / "build/assets" / before).exists()
    assert not (tmp_path / "front/dist" / before).exists()


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    vite_build(tmp_path)
    build_front(tmp_path)
    assert build_front(tmp_path).written == ()


def test_each_missing_file_and_chunk_of_a_manifest_is_reported(tmp_path: Path) -> None:
    chunks = {
        "a.js": {"file": "a-0123abcd.js", "css": ["a-0123abcd.css"], "imports": ["_b.js"], "dynamicImports": ["c.js"]},
        "d.js": {"file": "d-0123abcd.js", "imports": ["a.js", "_b.js"]},
    }
    dist = {"d-0123abcd.js": "", ".vite/manifest.json": json.dumps(chunks)}
    write_tree(tmp_path, {"assets/a.css": "", **{f"front/dist/{name}": text for name, text in dist.items()}})
    found = build_front(tmp_path).diagnostics
    shown = "`front/dist/.vite/manifest.json`"
    assert {one.code for one in found} == {"vite/manifest"}
    assert [one.message for one in found] == [
        f"{shown} has no chunk `_b.js`, which `d.js` imports",
        f"{shown} has no chunk `c.js`, which `a.js` imports",
        f"{shown} names `a-0123abcd.css`, which is not a file of `front/dist`",
        f"{shown} names `a-0123abcd.js`, which is not a file of `front/dist`",
    ]


def _write_chunks(folder: Path, importmap: str) -> None:
    """Write a root as Vite leaves it with `build.chunkImportMap`: a chunk imports a name that only the map has."""
    files = {
        ".vite/manifest.json": json.dumps(
            {"src/a.js": {"file": "assets/a-CPxAW2E7.js"}, "_b.js": {"file": "assets/b-DFEy9ydu.js"}}
        ),
        "assets/a-CPxAW2E7.js": 'import "./b-DTcYZfOE.js";',
        "assets/b-DFEy9ydu.js": "export const b = 1;",
        "importmap.json": importmap,
    }
    write_tree(folder, {"assets/app.css": "a { color: red }\n"})
    write_tree(folder / "front/dist", files)


def _with_import_map(folder: Path, imports: dict[str, str]) -> BuildResult:
    """Build such a root."""
    _write_chunks(folder, json.dumps({"imports": imports}))
    return build_front(folder)


@pytest.mark.parametrize("base", ["./", "/assets/"])
def test_import_map_of_vite_is_part_of_that_of_pages(tmp_path: Path, base: str) -> None:
    result = _with_import_map(tmp_path, {f"{base}assets/b-DTcYZfOE.js": f"{base}assets/b-DFEy9ydu.js"})
    manifest = manifest_of(result)
    assert result.diagnostics == ()
    assert manifest.modules == {"assets/b-DTcYZfOE.js": "assets/b-DFEy9ydu.js"}
    assert manifest.assets["assets/a-CPxAW2E7.js"].references == ("assets/b-DFEy9ydu.js",)


def test_chunk_that_imports_by_the_import_map_keeps_its_bytes(tmp_path: Path) -> None:
    _with_import_map(tmp_path, {"./assets/b-DTcYZfOE.js": "./assets/b-DFEy9ydu.js"})
    assert (tmp_path / "build/assets/assets/a-CPxAW2E7.js").read_text() == 'import "./b-DTcYZfOE.js";'


def test_name_that_the_import_map_of_vite_lacks_is_missing(tmp_path: Path) -> None:
    result = _with_import_map(
        tmp_path, {"./assets/c-x.js": "./assets/b-DFEy9ydu.js", "https://a.test/b": "./assets/b-DFEy9ydu.js"}
    )
    assert codes(result) == ["reference/missing"]


@pytest.mark.parametrize(
    ("importmap", "line", "column"),
    [
        ('{\n  "imports": {,}\n}', 2, 15),
        ('{\n  "imports": []\n}', 2, 3),
        ("[]", 1, 1),
        ('{"imports": {"./a.js": 1}}', 1, 2),
    ],
)
def test_import_map_of_another_form_is_an_error(tmp_path: Path, importmap: str, line: int, column: int) -> None:
    _write_chunks(tmp_path, importmap)
    fault = next(one for one in build_front(tmp_path).diagnostics if one.code == "vite/manifest")
    assert fault.location
    assert (fault.location.file, fault.location.line, fault.location.column) == (
        "front/dist/importmap.json",
        line,
        column,
    )
    assert fault.message == "`front/dist/importmap.json` is not an import map of Vite"
    assert fault.hint == "run `vite build` again, or give the file another name if it is from `public/`"


def test_import_map_that_names_no_file_is_an_error(tmp_path: Path) -> None:
    result = _with_import_map(tmp_path, {"./assets/c-x.js": "./assets/c-y.js"})
    (fault,) = (one for one in result.diagnostics if one.code == "vite/manifest")
    assert fault.message == "`front/dist/importmap.json` names `assets/c-y.js`, which is not a file of `front/dist`"


def test_pages_check_the_integrity_of_chunks_that_vite_maps(tmp_path: Path) -> None:
    _with_import_map(tmp_path, {"./assets/b-DTcYZfOE.js": "./assets/b-DFEy9ydu.js"})
    markup = str(Assets(str(tmp_path / "build/manifest.json"), url="/x/").importmap())
    document = json.loads(markup.partition(">")[2].partition("<")[0])
    assert document["imports"] == {"/x/assets/b-DTcYZfOE.js": "/x/assets/b-DFEy9ydu.js"}
    digest = b64encode(sha384((tmp_path / "front/dist/assets/b-DFEy9ydu.js").read_bytes()).digest()).decode()
    assert document["integrity"] == {"/x/assets/b-DFEy9ydu.js": f"sha384-{digest}"}


GUARD: Final = (
    'export function __vite_legacy_guard(){import.meta.url;import("_").catch(()=>1);(async function*(){})().next()};'
)


@pytest.mark.parametrize(("more", "warnings"), [("", []), ('import("_").then(show);', ["reference/unmapped"])])
def test_only_the_guard_for_older_browsers_is_no_import(tmp_path: Path, more: str, warnings: list[str]) -> None:
    _write_chunks(tmp_path, json.dumps({"imports": {"./assets/b-DTcYZfOE.js": "./assets/b-DFEy9ydu.js"}}))
    write_tree(tmp_path / "front/dist", {"assets/b-DFEy9ydu.js": GUARD + more})
    assert codes(build_front(tmp_path)) == warnings
