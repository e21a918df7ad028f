"""A package with engines, installed as a user's would be, and the builds that use it."""

import json
import platform
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import buildassets
from tests.command import run
from tests.conftest import Tree, missing_tool, read_tree, write_tree
from tests.environments import make_environment

if TYPE_CHECKING:
    from buildassets.engines import Compiler, Engine, EngineOptions
    from tests.engines_package.buildassets_pages import Markdown, Scripts

    def _is_compiler(options: EngineOptions) -> Compiler:
        return Markdown(options)

    def _is_engine(options: EngineOptions) -> Engine:
        return Scripts(options)


pytestmark = pytest.mark.skipif(
    sys.platform == "darwin" and platform.machine() == "arm64", reason="tdewolff-minify has no wheel for it"
)
PACKAGE = Path(__file__).parent / "engines_package"
SETTINGS = """
load_paths = ["layouts"]
compress = []

[engines]
md = "markdown"
js = "tdewolff"
"""
SITE: Tree = {
    "buildassets.toml": SETTINGS,
    "layouts/layout.html": '<!doctype html>\n<script src="/assets/js/app.js"></script>\n{{ content }}',
    "assets/guide/index.md": "# A guide\n\n![waves](../img/waves.svg)\n",
    "assets/img/waves.svg": "<svg/>",
    "assets/js/app.js": "function start(longName) {\n  return longName + 1;\n}\n",
}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment with the package and what it needs, which also has the packages of this one."""
    folder = tmp_path_factory.mktemp("engines") / "venv"
    described = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [one for one in described["dependencies"] if one != "buildassets"]
    done = make_environment(folder, "--no-deps", str(PACKAGE), *needed)
    if done.returncode:
        missing_tool(f"cannot install {', '.join(needed)}: {done.stderr}")
    (packages,) = folder.glob("lib/python*/site-packages")
    ours = Path(buildassets.__file__).parents[1]
    (packages / "ours.pth").write_text(f"{ours}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return str(folder / "bin/python")


def run_json(python: str, folder: Path, *arguments: str) -> tuple[int, Any]:
    """Run `buildassets` in that environment, and return its exit code and its JSON."""
    command = [python, "-P", "-m", "buildassets", *arguments, "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def names_of_build(python: str, folder: Path) -> dict[str, str]:
    """Build in `folder`, and return the name of the file of each asset."""
    code, document = run_json(python, folder, "build")
    assert code == 0, document
    assets: dict[str, str] = document["assets"]
    return assets


@pytest.fixture(scope="module")
def site(python: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that the engines have built."""
    folder = write_tree(tmp_path_factory.mktemp("site"), SITE)
    names_of_build(python, folder)
    return folder


def test_outputs_of_the_engines_are_released(site: Path) -> None:
    release = {name: content.decode() for name, content in read_tree(site / "build/assets").items()}
    assets = json.loads((site / "build/manifest.json").read_text())["assets"]
    names = {path: entry["file"] for path, entry in assets.items()}
    assert release[names["guide/index.html"]] == (
        f'<!doctype html>\n<script src="../{names["js/app.js"]}"></script>\n'
        f'<h1>A guide</h1>\n<p><img src="../{names["img/waves.svg"]}" alt="waves"></p>\n'
    )
    assert release[names["js/app.js"]] == "function start(e){return e+1}"


def test_manifest_lists_inputs_and_engines(site: Path) -> None:
    manifest = json.loads((site / "build/manifest.json").read_text())
    page = manifest["assets"]["guide/index.html"]
    assert page["inputs"] == ["guide/index.md", "layout.html"]
    assert page["references"] == ["img/waves.svg", "js/app.js"]
    engines = manifest["generator"]["engines"]
    assert sorted(engines) == ["html", "js", "md"]
    assert engines["md"].startswith("markdown-it-py ")
    assert engines["js"].startswith("tdewolff-minify ")


def test_changed_input_of_an_engine_changes_its_output(python: str, tmp_path: Path) -> None:
    before = names_of_build(python, write_tree(tmp_path, SITE))
    write_tree(tmp_path, {"layouts/layout.html": "<main>{{ content }}</main>"})
    after = names_of_build(python, tmp_path)
    assert {path for path in after if after[path] != before[path]} == {"guide/index.html"}


def test_explain_names_the_engines_that_took_part(python: str, site: Path) -> None:
    command = [python, "-P", "-m", "buildassets", "explain", "guide/index.html"]
    printed = subprocess.run(command, cwd=site, capture_output=True, text=True).stdout
    assert "\n  md: markdown-it-py " in printed.partition("\nengines:\n")[2]
    assert "tdewolff" not in printed


def test_diagnostic_of_an_engine_has_the_place_in_the_source(python: str, tmp_path: Path) -> None:
    code, document = run_json(python, write_tree(tmp_path, {**SITE, "assets/js/app.js": "\nlet x = ;\n"}), "check")
    (found,) = document["diagnostics"]
    assert (code, found["code"], found["message"]) == (1, "tdewolff/syntax", "unexpected ; in expression")
    assert {**found["location"], "length": 0} == {
        "file": "assets/js/app.js",
        "line": 2,
        "column": 9,
        "length": 0,
        "excerpt": "let x = ;",
        "excerpt_column": 9,
    }


def test_missing_reference_of_a_page_is_shown_in_its_markdown(python: str, tmp_path: Path) -> None:
    files = {**SITE, "assets/guide/index.md": "# A guide\n\n![waves](../img/wave.svg)\n"}
    code, document = run_json(python, write_tree(tmp_path, files), "build")
    (found,) = document["diagnostics"]
    assert (code, found["code"], found["hint"]) == (0, "reference/missing", "did you mean `img/waves.svg`?")
    assert (found["location"]["file"], found["location"]["line"]) == ("assets/guide/index.md", 3)


def test_without_the_package_its_engines_are_unknown(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "build", "--json")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert [found["message"] for found in document["diagnostics"]] == [
        "`engines.md` cannot be `markdown`: no package that is installed has such an engine",
        "`engines.js` cannot be `tdewolff`",
    ]
