"""Outputs of bundlers in a plain root, whose scripts name other files."""

import re
from pathlib import Path

import pytest

from tests.building import only, only_error, printed, released
from tests.command import built, run
from tests.conftest import Tree, write_tree

PLAIN = "minify = false\ncompress = []\n"
CHUNKS: Tree = {
    "assets/dist/chunk-B6nLGpFt.js": 'import { s } from "./shared.js"; export const hi = s;\n',
    "assets/dist/shared.js": "export const s = 1;\n",
    "assets/dist/map.css": "a { top: 0 }\n",
    "assets/dist/chunk.43.0a0ecc18.js": "a();\n",
    "assets/dist/chunk.menu.a83a85dd.js": "a();\n",
    "assets/dist/css/43.beccf2ab.css": "",
}
VITE = (
    'const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./chunk-B6nLGpFt.js","./map.css"])))=>i.map(i=>d[i]);\n'
    'load(()=>import("./chunk-B6nLGpFt.js"),__vite__mapDeps([0,1]),import.meta.url);\n'
)
VITE_4 = 'load(()=>import("./chunk-B6nLGpFt.js"),["./chunk-B6nLGpFt.js","./map.css"],import.meta.url);\n'


@pytest.mark.parametrize("settings", [PLAIN, "compress = []\n", PLAIN + 'modules = "importmap"\n'])
@pytest.mark.parametrize("text", [VITE, VITE_4])
def test_a_list_of_vite_that_is_relative_is_rewritten(tmp_path: Path, text: str, settings: str) -> None:
    result = built(tmp_path, {**CHUNKS, "assets/dist/app.js": text}, settings)
    assert result.succeeded, printed(result)
    assert result.manifest is not None
    listed = re.findall(r'(?<=[\[,])"([^"]*)"(?=[,\]])', released(tmp_path, result, "dist/app.js"))
    files = [result.manifest.assets[f"dist/{name}"].file for name in ("chunk-B6nLGpFt.js", "map.css")]
    assert [f"dist/{name}" for name in listed] == files


def test_what_only_looks_like_a_list_of_vite_is_left_alone(tmp_path: Path) -> None:
    text = f'a = 1; b = `\n{VITE.splitlines()[0]}`; c(["./map.css"], import.meta.url);\n'
    result = built(tmp_path, {**CHUNKS, "assets/dist/app.js": text}, PLAIN)
    assert not result.manifest or released(tmp_path, result, "dist/app.js") == text


WRITTEN = {
    "a base of Vite": (
        VITE.replace('"./', '"dist/').replace('import("dist/', 'import("./'),
        ["dist/chunk-B6nLGpFt.js", "dist/map.css"],
    ),
    "a base of Vite 4": (
        VITE_4.replace(',["./', ',["dist/').replace(",import.meta.url", ""),
        ["dist/chunk-B6nLGpFt.js"],
    ),
    "webpack": (
        'self.webpackChunkx=[];r.u=e=>"chunk."+({968:"menu"}[e]||e)+"."+{43:"0a0ecc18",968:"a83a85dd"}[e]+".js";',
        ["dist/chunk.43.0a0ecc18.js", "dist/chunk.menu.a83a85dd.js"],
    ),
    "webpack, sheets": (
        'self.webpackChunkx=[];r.miniCssF=e=>"css/"+e+"."+{43:"beccf2ab"}[e]+".css";',
        ["dist/css/43.beccf2ab.css"],
    ),
    "webpack, a file": ('self.webpackChunkx=[];e.exports=r.p+"map.css";', ["dist/map.css"]),
    "Parcel": (
        'parcelRequire1.register(JSON.parse(\'["5jMpw","chunk-B6nLGpFt.js"]\'));',
        ["dist/chunk-B6nLGpFt.js"],
    ),
    "SystemJS": (
        "System.register(['./shared.js'], function (_, module) { module.import('./chunk-B6nLGpFt.js') });",
        ["dist/shared.js", "dist/chunk-B6nLGpFt.js"],
    ),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_names_that_a_script_joins_are_an_error(tmp_path: Path, kind: str) -> None:
    text, targets = WRITTEN[kind]
    found = only_error(built(tmp_path, {**CHUNKS, "assets/dist/app.js": text + "\n"}, PLAIN))
    assert found.code == "reference/chunks"
    assert all(f"`{target}`" in found.message for target in targets)
    assert found.hint is not None
    assert ('manifest = ".vite/manifest.json"' in found.hint) == kind.startswith("a base of Vite")
    assert 'fingerprinted = ["dist/' in found.hint


KEPT = {
    "a base of Vite": '"dist/map.css", "dist/chunk-*.js", "dist/shared.js"',
    "webpack": '"dist/chunk.*.*.js"',
    "webpack, sheets": '"dist/css/*.*.css"',
    "webpack, a file": '"dist/map.css"',
    "Parcel": '"dist/chunk-*.js", "dist/shared.js"',
    "SystemJS": '"dist/chunk-*.js", "dist/shared.js"',
}


@pytest.mark.parametrize("kind", KEPT)
def test_the_hint_keeps_only_names_that_the_bundler_chose(tmp_path: Path, kind: str) -> None:
    files: Tree = {**CHUNKS, "assets/dist/app.js": WRITTEN[kind][0], "assets/dist/own.css": "b { top: 0 }\n"}
    found = only_error(built(tmp_path, files, PLAIN))
    assert found.hint is not None
    (globs,) = re.findall(r"fingerprinted = \[(.*?)\]", found.hint)
    assert globs == KEPT[kind]
    result = built(tmp_path, files, f"{PLAIN}fingerprinted = [{globs}]\n")
    assert result.manifest is not None, printed(result)
    assert result.manifest.assets["dist/own.css"].file != "dist/own.css"


def test_the_hint_sums_up_many_names(tmp_path: Path) -> None:
    names = [f"part-{letter}.a83a85d{letter}.js" for letter in "abcdef"]
    text = f"self.webpackChunkx={names};\n".replace("'", '"')
    found = only_error(
        built(tmp_path, {"assets/app.js": text, **{f"assets/{name}": "a();\n" for name in names}}, PLAIN)
    )
    assert found.hint is not None
    assert 'fingerprinted = ["./part-*.*.js"]' in found.hint


@pytest.mark.parametrize("kind", WRITTEN)
def test_names_that_are_kept_are_not_errors(tmp_path: Path, kind: str) -> None:
    result = built(
        tmp_path, {**CHUNKS, "assets/dist/app.js": WRITTEN[kind][0]}, f'{PLAIN}fingerprinted = ["dist/**"]\n'
    )
    assert result.succeeded, printed(result)


def test_a_file_of_the_server_that_a_bundler_names_is_not_an_error(tmp_path: Path) -> None:
    files: Tree = {
        "assets/icon.svg": "<svg/>",
        "assets/a.js": 'self.webpackChunkx=[];a("/icon.svg","/dist/icon.svg");\n',
    }
    assert built(tmp_path, files, PLAIN).succeeded
    files = {**files, "assets/a.js": 'self.webpackChunkx=[];a("/assets/icon.svg");\n'}
    assert only_error(built(tmp_path, files, PLAIN)).code == "reference/chunks"


def test_names_of_webpack_s_modules_are_not_those_of_files(tmp_path: Path) -> None:
    text = 'self.webpackChunkx=[];var n={"./map.css":42,"./shared.js":7};'
    assert built(tmp_path, {**CHUNKS, "assets/dist/app.js": f"{text}\n"}, PLAIN).succeeded
    write_tree(tmp_path, {"assets/dist/app.js": f'{text}load(n?"./map.css":"./shared.js");\n'})
    error = only_error(built(tmp_path, {}, PLAIN))
    assert "`dist/map.css`, `dist/shared.js`" in error.message


def test_the_output_of_a_bundler_in_a_package_is_a_warning(tmp_path: Path) -> None:
    files = {**CHUNKS, "assets/dist/app.js": WRITTEN["webpack"][0] + "\n"}
    found = only(built(tmp_path, files, PLAIN + 'sources = [{ path = "assets", vendored = true }]\n'))
    assert (found.code, found.is_error) == ("reference/chunks", False)


def test_an_edit_that_adds_names_is_an_error(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**CHUNKS, "assets/dist/app.js": "a();\n", "buildassets.toml": PLAIN})
    assert run(folder, "build").returncode == 0
    write_tree(folder, {"assets/dist/app.js": WRITTEN["webpack"][0]})
    assert "error[reference/chunks]" in run(folder, "build").stderr


STRINGS: Tree = {
    "assets/js/a.js": 'load("./parts/b.js", "./parts/c.css", "./none/d.js"); show(`/static/img/e.png`);\n',
    "assets/js/parts/b.js": "b();\n",
    "assets/js/parts/c.css": "a { top: 0 }\n",
    "assets/js/kept.js": (
        'import "./parts/b.js"; new URL("./parts/c.css", import.meta.url);\n'
        'ASSET_URL("img/e.png"); "a/b"; // "js/a.js"\n'
    ),
    "assets/img/e.png": b"\x89PNG",
}


def test_check_reports_strings_that_name_assets_by_script(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**STRINGS, "buildassets.toml": PLAIN})
    assert "reference/string" not in run(folder, "build").stderr
    done = run(folder, "check")
    assert done.returncode == 0, done.stderr
    messages = [line for line in done.stderr.splitlines() if "[reference/string]" in line]
    named = "`js/parts/b.js`, `js/parts/c.css`, `img/e.png`"
    assert messages == [f"warning[reference/string]: {named} are assets that a string names"]


def test_strings_that_external_names_are_not_reported(tmp_path: Path) -> None:
    settings = PLAIN + 'external = ["./parts/*", "/static/img/*"]\n'
    folder = write_tree(tmp_path, {**STRINGS, "buildassets.toml": settings})
    assert "reference/string" not in run(folder, "check").stderr


def test_the_hint_names_the_folder_of_vite_s_output(tmp_path: Path) -> None:
    text = VITE.replace('"./', '"assets/')
    tree = {name.replace("assets/dist/", "assets/dist/assets/"): content for name, content in CHUNKS.items()}
    found = built(tmp_path, {**tree, "assets/dist/assets/app.js": text}, PLAIN)
    fault = next(one for one in found.diagnostics if one.code == "reference/chunks")
    assert fault.hint is not None
    assert '`{ path = "assets/dist", manifest = ".vite/manifest.json" }`' in fault.hint
    assert "fingerprinted" not in fault.hint


def test_a_string_that_names_a_plain_file_is_not_reported(tmp_path: Path) -> None:
    files: Tree = {"assets/img/x.svg": "<svg/>", "assets/a.js": 'fetch("/assets/img/x.svg");\n', "buildassets.toml": ""}
    assert "reference/string" in run(write_tree(tmp_path, files), "check").stderr
    write_tree(tmp_path, {"buildassets.toml": 'plain = ["img/x.svg"]\n'})
    assert "reference/string" not in run(tmp_path, "check").stderr
