"""A package with engines, installed as a user's would be, and the builds that use it."""

import json
import platform
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import buildassets
from tests.conftest import read_tree, write_tree

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
SITE = {
    "buildassets.toml": SETTINGS,
    "layouts/layout.html": '<!doctype html>\n<script src="/assets/js/app.js"></script>\n{{ content }}',
    "assets/guide/index.md": "# A guide\n\n![waves](../img/waves.svg)\n",
    "assets/img/waves.svg": "<svg/>",
    "assets/js/app.js": "function start(longName) {\n  return longName + 1;\n}\n",
}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment with that package, beside what this one has."""
    folder = tmp_path_factory.mktemp("engines") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    ours = Path(buildassets.__file__).parents[1]
    (packages / "ours.pth").write_text(f"{ours}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    python = str(folder / "bin/python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", str(PACKAGE)]
    subprocess.run(command, check=True, timeout=300)
    return python


def run(python: str, folder: Path, *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON of `buildassets` in that environment."""
    command = [python, "-P", "-m", "buildassets", *arguments, "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def built(python: str, folder: Path) -> dict[str, str]:
    """A build that succeeds: logical path → name of the file."""
    code, document = run(python, folder, "build")
    assert code == 0, document
    assets: dict[str, str] = document["assets"]
    return assets


def test_what_the_engines_make_is_released_like_everything_else(python: str, tmp_path: Path) -> None:
    names = built(python, write_tree(tmp_path, SITE))
    release = {name: content.decode() for name, content in read_tree(tmp_path / "build/assets").items()}
    assert release[names["guide/index.html"]] == (
        f'<!doctype html>\n<script src="../{names["js/app.js"]}"></script>\n'
        f'<h1>A guide</h1>\n<p><img src="../{names["img/waves.svg"]}" alt="waves"></p>\n'
    )
    assert release[names["js/app.js"]] == "function start(e){return e+1}"


def test_the_manifest_says_what_was_read_and_by_which_engines(python: str, tmp_path: Path) -> None:
    built(python, write_tree(tmp_path, SITE))
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    page = manifest["assets"]["guide/index.html"]
    assert page["inputs"] == ["guide/index.md", "layout.html"]
    assert page["references"] == ["img/waves.svg", "js/app.js"]
    engines = manifest["generator"]["engines"]
    assert sorted(engines) == ["html", "js", "md"]
    assert engines["md"].startswith("markdown-it-py ")
    assert engines["js"].startswith("tdewolff-minify ")


def test_a_change_of_a_file_that_an_engine_read_changes_what_it_makes(python: str, tmp_path: Path) -> None:
    before = built(python, write_tree(tmp_path, SITE))
    write_tree(tmp_path, {"layouts/layout.html": "<main>{{ content }}</main>"})
    after = built(python, tmp_path)
    assert {path for path in after if after[path] != before[path]} == {"guide/index.html"}


def test_explain_names_the_engines_that_took_part(python: str, tmp_path: Path) -> None:
    built(python, write_tree(tmp_path, SITE))
    command = [python, "-P", "-m", "buildassets", "explain", "guide/index.html"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "\n  md: markdown-it-py " in told.partition("\nengines:\n")[2]
    assert "tdewolff" not in told


def test_what_an_engine_complains_of_is_shown_where_it_is_written(python: str, tmp_path: Path) -> None:
    code, document = run(python, write_tree(tmp_path, SITE | {"assets/js/app.js": "\nlet x = ;\n"}), "check")
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


def test_a_reference_to_nothing_in_a_page_is_shown_in_its_markdown(python: str, tmp_path: Path) -> None:
    files = SITE | {"assets/guide/index.md": "# A guide\n\n![waves](../img/wave.svg)\n"}
    code, document = run(python, write_tree(tmp_path, files), "build")
    (found,) = document["diagnostics"]
    assert (code, found["code"], found["hint"]) == (0, "reference/missing", "did you mean `img/waves.svg`?")
    assert (found["location"]["file"], found["location"]["line"]) == ("assets/guide/index.md", 3)


def test_without_the_package_its_engines_are_unknown(tmp_path: Path) -> None:
    code, document = run(sys.executable, write_tree(tmp_path, SITE), "build")
    assert code == 2
    assert [found["message"] for found in document["diagnostics"]] == [
        "`engines.md` cannot be `markdown`: no package that is installed has such an engine",
        "`engines.js` cannot be `tdewolff`",
    ]
