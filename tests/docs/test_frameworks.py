"""The pages of the frameworks: each is one program, whose templates are rendered, whose tests pass, which serves."""

import re
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.pages import elements, run_python, write_release

DOCS = Path(__file__).parents[2] / "docs"
CONTENTS = {
    "css/site.css": "body { color: #123 }",
    "js/app.js": 'import "./lib.js"',
    "js/lib.js": "export default 1",
    "fonts/text.woff2": "font",
    "img/logo.svg": "<svg/>",
}
_TESTS = "\nfor name, found in list(globals().items()):\n    if name.startswith('test_'):\n        found()\n"


def page(name: str) -> str:
    return (DOCS / f"frameworks/{name}.md").read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(name), re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a release, and templates that name assets."""
    imports = {"js/app.js": ("js/lib.js",)}
    write_release(tmp_path / "build", CONTENTS, importmap={"lib": "js/lib.js"}, imports=imports, integrity=False)
    write_tree(tmp_path, {"static/robots.txt": ""})
    return tmp_path


def output_of(name: str, site: Path, then: str) -> str:
    """Return the output of `then` after the program of the page, whose home page has the first template."""
    write_tree(site, {"templates/home.html": blocks(name, "jinja")[0]})
    program = "\n\n".join(blocks(name, "python"))
    return run_python(f"{program}{_TESTS}print('---')\n{then}", cwd=site).partition("---\n")[2]


_GET = {
    "aiohttp": (
        "import asyncio\nfrom aiohttp.test_utils import TestClient, TestServer\n\nasync def get():\n"
        "    async with TestClient(TestServer(app)) as client:\n"
        "        got = await client.get({path!r})\n"
        "        print(got.status, got.headers, await got.text())\nasyncio.run(get())"
    ),
    "flask": "got = app.test_client().get({path!r}, buffered=True)\nprint(got.status_code, got.headers, got.text)",
    "quart": (
        "async def get():\n    got = await app.test_client().get({path!r})\n"
        "    print(got.status_code, got.headers, await got.get_data(as_text=True))\nasyncio.run(get())"
    ),
    "starlette": (
        "import asyncio, httpx\n\nasync def get():\n"
        "    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://a.example') as client:\n"
        "        got = await client.get({path!r})\n"
        "        print(got.status_code, got.headers, got.text)\nasyncio.run(get())"
    ),
    "litestar": (
        "from litestar.testing import TestClient\nwith TestClient(app) as client:\n    got = client.get({path!r})\n"
        "    print(got.status_code, got.headers, got.text)"
    ),
}


@pytest.mark.parametrize("name", sorted(_GET))
def test_the_first_template_is_a_page(name: str, site: Path) -> None:
    printed = output_of(name, site, _GET[name].format(path="/"))
    status, _, text = printed.partition(" ")
    assert status == "200"
    found = [tag for tag, _ in elements(text[text.index("<head>") :])]
    assert found == ["head", "link", "script", "img"]


@pytest.mark.parametrize("name", sorted(_GET))
def test_the_application_serves_the_release(name: str, site: Path) -> None:
    (file,) = (site / "build/assets/css").iterdir()
    printed = output_of(name, site, _GET[name].format(path=f"/assets/css/{file.name}"))
    assert printed.startswith("200 ")
    assert "immutable" in printed
    assert CONTENTS["css/site.css"] in printed


@pytest.mark.parametrize("name", ["flask", "quart"])
def test_hints_and_policy_are_in_the_answer(name: str, site: Path) -> None:
    printed = output_of(name, site, _GET[name].format(path="/"))
    assert printed.startswith("200 ")
    assert "nonce-" in printed
    assert "</assets/css/site." in printed
    assert "</assets/js/lib." in printed


@pytest.mark.parametrize("path", ["/shop", "/early"])
def test_hints_of_a_view_are_in_its_answer(path: str, site: Path) -> None:
    name = {"/shop": "starlette", "/early": "litestar"}[path]
    printed = output_of(name, site, _GET[name].format(path=path))
    assert printed.startswith("200 ")
    assert "</assets/js/lib." in printed


@pytest.mark.parametrize("name", sorted(_GET))
def test_every_other_template_renders(name: str, site: Path) -> None:
    for template in blocks(name, "jinja")[1:]:
        values = "nonce='n', g=SimpleNamespace(nonce='n'), cdn=release"
        then = (
            "from types import SimpleNamespace\nfrom jinja2 import Environment\n"
            "from buildassets.runtime import Assets\n"
            "env = Environment(extensions=['buildassets.runtime.jinja.AssetsExtension'])\n"
            "env.assets = release = Assets('build/manifest.json')\n"
            f"print(env.from_string({template!r}).render({values}))"
        )
        assert "/assets/" in run_python(then, cwd=site)


def test_jinja(site: Path) -> None:
    templates = {f"templates/{number}.html": text for number, text in enumerate(blocks("jinja", "jinja"))}
    write_tree(site, {**templates, "templates/home.html": blocks("jinja", "jinja")[0]})
    printed = run_python("\n".join(blocks("jinja", "python")) + "print(headers)", cwd=site)
    assert "https://cdn2.example.com/css/site." in printed
    assert "('Link', '</assets/css/site." in printed


def test_url_for_gives_what_the_page_shows(site: Path) -> None:
    printed = run_python("\n".join(blocks("flask", "python")), cwd=site).splitlines()
    assert printed[0].startswith("/assets/css/site.")
    assert printed[1:] == ["/static/robots.txt"]


@pytest.mark.parametrize("name", ["jinja", "pyramid", *sorted(_GET)])
def test_readme_links_each_framework(name: str) -> None:
    assert f"(docs/frameworks/{name}.md)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")


def test_every_setting_of_flask_is_on_its_page() -> None:
    source = (DOCS.parent / "src/buildassets/runtime/flask.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"(BUILDASSETS_\w+)"', source))
    assert len(names) == 6
    assert not [name for name in names if f"| `{name}` |" not in page("flask")]


_QUIET = "import warnings\nwarnings.simplefilter('ignore')\n"  # WebOb imports modules that Python is to lose
_WSGI_GET = """
from webob import Request

for path in {paths!r}:
    got = Request.blank(path).get_response(app)
    print(got.status, got.text)
    print("---")
"""


@pytest.mark.parametrize(("language", "template"), [("mako", "home.mako"), ("xml", "home.pt")])
def test_pyramid(language: str, template: str, site: Path) -> None:
    write_tree(site, {f"templates/{template}": blocks("pyramid", language)[0]})
    (file,) = (site / "build/assets/css").iterdir()
    write_tree(site, {"app.py": blocks("pyramid", "python")[0].replace("home.mako", template)})
    get = _WSGI_GET.format(paths=["/", f"/assets/css/{file.name}"])
    printed = run_python(f"{_QUIET}import sys\nsys.path.insert(0, '')\nfrom app import app\n{get}", cwd=site)
    page_text, _, sheet = printed.partition("---\n")
    found = [tag for tag, _ in elements(page_text[page_text.index("<head>") :])]
    assert page_text.startswith("200 ")
    assert found == ["head", "link", "script", "img"]
    assert sheet.startswith("200 ")
    assert CONTENTS["css/site.css"] in sheet


def test_hints_of_a_view_are_in_the_answer_of_aiohttp(site: Path) -> None:
    printed = output_of("aiohttp", site, _GET["aiohttp"].format(path="/shop"))
    assert printed.startswith("200 ")
    assert "</assets/js/lib." in printed


def test_every_setting_of_pyramid_is_on_its_page() -> None:
    source = (DOCS.parent / "src/buildassets/runtime/pyramid.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"(buildassets\.\w+)"', source))
    assert len(names) == 7
    assert not [name for name in names if f"| `{name}` |" not in page("pyramid")]
