"""Scripts of workers that a string names."""

from pathlib import Path

import pytest

from tests.building import only
from tests.command import built
from tests.conftest import Tree

FILES: Tree = {"assets/js/w.js": "w();\n", "assets/top.js": "top();\n", "assets/img/a.png": ""}


@pytest.mark.parametrize("settings", ["", "minify = false\n"])
@pytest.mark.parametrize(
    ("text", "target", "hint"),
    [
        ('new Worker("./w.js");', "js/w.js", 'new Worker(ASSET_URL("js/w.js"))'),
        ("new self.Worker('w.js', { name: 'a' });", "js/w.js", 'new Worker(ASSET_URL("js/w.js"))'),
        ('new Worker("top.js");', "top.js", 'new Worker(ASSET_URL("top.js"))'),
        ('new SharedWorker("/static/js/w.js");', "js/w.js", 'new SharedWorker(ASSET_URL("js/w.js"))'),
        ('importScripts("no.js", "../top.js?a");', "top.js", 'importScripts(ASSET_URL("top.js"))'),
        ("new Worker(`./w.js`); export {};", "js/w.js", 'new Worker(new URL("./w.js", import.meta.url))'),
        ('export const w = new Worker("top.js")', "top.js", 'new Worker(new URL("../top.js", import.meta.url))'),
    ],
)
def test_a_string_that_names_an_asset_is_reported(
    tmp_path: Path, text: str, target: str, hint: str, settings: str
) -> None:
    found = only(built(tmp_path, {**FILES, "assets/js/a.js": text + "\n"}, settings))
    assert (found.code, found.is_error, found.hint) == ("reference/worker", False, f"write `{hint}`")
    assert found.message.endswith(f"`{target}` is an asset")


@pytest.mark.parametrize("written", ["./t.ts", "./t.js", "t.ts"])
def test_a_string_that_names_a_module_in_typescript_is_reported(tmp_path: Path, written: str) -> None:
    files: Tree = {"assets/js/a.mjs": f'new Worker("{written}", {{ type: "module" }});\n', "assets/js/t.ts": "t();\n"}
    found = only(built(tmp_path, files, 'entries = ["js/a.mjs"]\n'))
    assert (found.code, found.message) == ("reference/worker", f"`{written}` is left alone, and `js/t.js` is an asset")
    assert found.hint == 'write `new Worker(new URL("./t.js", import.meta.url))`'


@pytest.mark.parametrize(
    "text",
    [
        'new Worker("blob:w.js"); new Worker("https://a.example/js/w.js"); new Worker("//a.example/w.js");',
        'new Worker("./none.js"); new Worker("./" + name); new Worker(`./${name}.js`); new Worker("../img/a.png");',
        'new Worker(new URL("./w.js", import.meta.url));',
        'new lib.Worker("./w.js"); Worker("./w.js"); importScripts(ASSET_URL("js/w.js"));',
        '// new Worker("./w.js")\nconst text = `new Worker("./w.js")`;',
        'new Worker("./a.js");',
    ],
)
def test_worker_urls_without_an_asset_are_left_alone(tmp_path: Path, text: str) -> None:
    assert not built(tmp_path, {**FILES, "assets/js/a.js": text + "\n"}, "").diagnostics


def test_external_and_kept_names_are_left_alone(tmp_path: Path) -> None:
    files: Tree = {"assets/a.js": 'new Worker("b.js"); new Worker("c-0123456789ab.js");\n'}
    files = {**files, "assets/b.js": "b();\n", "assets/c-0123456789ab.js": "c();\n"}
    assert not built(tmp_path, files, 'external = ["b.js"]\nfingerprinted = ["c-*.js"]\n').diagnostics


def test_worker_urls_in_a_third_party_root_are_counted(tmp_path: Path) -> None:
    files: Tree = {"vendor/a.js": 'new Worker("b.js"); importScripts("./b.js");\n', "vendor/b.js": "b();\n"}
    found = only(built(tmp_path, files, 'sources = [{ path = "vendor", vendored = true }]\n'))
    assert found.message == "2 scripts of workers in `vendor/` are assets that a string names"
