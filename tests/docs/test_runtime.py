"""The examples of docs/reference/runtime.md are run as they stand."""

import re
from pathlib import Path

import pytest

from buildassets.foundation.template_helpers import BY_NAME
from buildassets.runtime import Assets
from tests.runtime.pages import elements, run_python, write_release

PAGE = (Path(__file__).parents[2] / "docs/reference/runtime.md").read_text(encoding="utf-8")
CONTENTS = {
    "css/critical.css": "body { margin: 0 }",
    "css/site.css": "body { color: #123 }",
    "js/app.js": "start()",
    "js/lib.js": "export default 1",
    "fonts/text.woff2": "font",
    "img/logo.svg": "<svg/>",
}
_RENDERING = """
from jinja2 import Environment, FileSystemLoader
from buildassets.runtime import Assets

env = Environment(loader=FileSystemLoader("templates"), extensions=["buildassets.runtime.jinja.AssetsExtension"])
env.assets = Assets("build/manifest.json")
print(env.get_template("page.html").render(nonce="n"))
"""


def blocks(heading: str) -> list[str]:
    """The fenced blocks below a heading."""
    section = PAGE.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a release in `build/`."""
    write_release(tmp_path / "build", CONTENTS, importmap={"lib": "js/lib.js"})
    (tmp_path / "templates").mkdir()
    return tmp_path


def test_plain_python(site: Path) -> None:
    run_python(PAGE.partition("```python\n")[2].partition("```")[0], cwd=site)


def test_tests_without_a_build(tmp_path: Path) -> None:
    run_python(*blocks("## Tests without a build"), cwd=tmp_path)


def test_critical_css(site: Path) -> None:
    (site / "templates/page.html").write_text(blocks("## Critical CSS")[0])
    page = run_python(_RENDERING, cwd=site)
    assert page.startswith('<style nonce="n">body { margin: 0 }</style>')
    assert [tag for tag, _ in elements(page)] == ["style", "link"]


@pytest.mark.parametrize("method", [name for name in vars(Assets) if not name.startswith("_")])
def test_every_method_is_in_the_table(method: str) -> None:
    assert re.search(rf"^\| `{method}[(`]", PAGE, re.MULTILINE)


def test_every_global_of_jinja_is_in_the_table() -> None:
    names = run_python(
        "from jinja2 import Environment, defaults\n"
        "env = Environment(extensions=['buildassets.runtime.jinja.AssetsExtension'])\n"
        "print(*(env.globals.keys() - defaults.DEFAULT_NAMESPACE.keys()))"
    ).split()
    assert set(names) >= BY_NAME.keys()
    assert not [name for name in names if f"| `{name}` |" not in PAGE]
