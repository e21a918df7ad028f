"""Fresh projects: `init --yes`, the command that it names, and a page without a failed request."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.fresh import BIN, environment, fresh, init, next_command, served
from tests.conftest import Tree
from tests.corpus.packages import node_modules
from tests.tailwind import program

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

FRAMEWORKS = ["flask", "fastapi", "starlette", "litestar"]
CHECKOUT = Path(__file__).parents[2]
GREEN = "rgb(0, 128, 0)"
SCSS: Tree = {
    "assets/css/_theme.scss": "$ink: green;",
    "assets/css/app.scss": '@use "theme";\nh1 { color: theme.$ink; background: url("../img/a.svg") }',
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
}
MODULES: Tree = {
    "static/js/app.js": 'import { ink } from "./lib/ink.js";\ndocument.querySelector("h1").style.color = ink;\n',
    "static/js/lib/ink.js": 'export const ink = "green";\n',
}
TYPES: Tree = {
    "assets/js/app.ts": 'import { ink } from "./ink";\n(document.querySelector("h1") as any).style.color = ink;',
    "assets/js/ink.ts": 'export const ink: string = "green";\n',
}
HTMX = "<script src=\"{{ url_for('static', path='vendor/htmx.min.js') }}\"></script>"
USES_PART = '<main hx-get="/part" hx-trigger="load">Hello</main>'


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_fresh_project_has_a_styled_page(framework: str, browser: Browser, tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", framework, {})
    with served(project, next_command(project), framework) as url:
        browser.open(url)
        assert browser.style("body", "maxWidth") == "960px"
        assert browser.faults() == []


@pytest.mark.parametrize(
    ("framework", "files", "asking"),
    [
        ("flask", SCSS, "<link rel=\"stylesheet\" href=\"{{ url_for('static', filename='css/app.css') }}\">"),
        ("fastapi", SCSS, "<link rel=\"stylesheet\" href=\"{{ url_for('static', path='css/app.css') }}\">"),
        ("flask", MODULES, "<script type=\"module\" src=\"{{ url_for('static', filename='js/app.js') }}\"></script>"),
    ],
)
def test_existing_sources_reach_the_page(
    framework: str, files: Tree, asking: str, browser: Browser, tmp_path: Path
) -> None:
    project = fresh(tmp_path / "site", framework, files, f"<h1>Hello</h1>{asking}")
    with served(project, next_command(project), framework) as url:
        browser.open(url)
        assert browser.style("h1", "color") == GREEN
        assert browser.faults() == []


@pytest.mark.corpus
def test_typescript_reaches_the_page(browser: Browser, tmp_path: Path) -> None:
    asking = "<script src=\"{{ url_for('static', file_path='js/app.js') }}\"></script>"
    project = fresh(tmp_path / "site", "litestar", TYPES, f"<h1>Hello</h1>{asking}")
    (project / "node_modules").symlink_to(node_modules())  # which has esbuild
    with served(project, next_command(project), "litestar") as url:
        browser.open(url)
        assert browser.style("h1", "color") == GREEN
        assert browser.faults() == []


@pytest.mark.corpus
def test_bootstrap_of_npm_reaches_the_page(browser: Browser, tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", "starlette", {"package.json": '{"dependencies": {"bootstrap": "5"}}'})
    (project / "node_modules").symlink_to(node_modules())
    with served(project, next_command(project), "starlette") as url:
        browser.open(url)
        assert "system-ui" in browser.style("body", "fontFamily")
        assert browser.value("getComputedStyle(document.documentElement).getPropertyValue('--bs-blue')") == "#0d6efd"
        assert browser.faults() == []


@pytest.mark.corpus
def test_htmx_reaches_the_page(browser: Browser, tmp_path: Path) -> None:
    script = (node_modules() / "htmx.org/dist/htmx.min.js").read_text()
    project = fresh(tmp_path / "site", "fastapi", {"static/vendor/htmx.min.js": script}, f"{HTMX}{USES_PART}")
    with served(project, next_command(project), "fastapi") as url:
        browser.open(url)
        browser.wait_for("document.querySelector('#part') !== null")
        assert browser.faults() == []


def test_tailwind_reaches_the_page(browser: Browser, tmp_path: Path) -> None:
    program()  # of the wheel
    files = {"assets/css/app.css": '@import "tailwindcss";'}
    asking = "<link rel=\"stylesheet\" href=\"{{ url_for('static', filename='css/app.css') }}\">"
    project = fresh(tmp_path / "site", "flask", files, f'{asking}<h1 class="text-center">Hello</h1>')
    with served(project, next_command(project), "flask") as url:
        browser.open(url)
        assert browser.style("h1", "textAlign") == "center"
        assert browser.faults() == []


@pytest.mark.corpus
def test_from_uv_add_to_a_styled_page_takes_three_commands(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = fresh(tmp_path / "site", "flask", {})
    uv = str(BIN / "uv")
    monkeypatch.setenv("BUILDASSETS_NATIVE", "0")  # what is installed is compiled elsewhere
    plain = environment()
    plain.pop("VIRTUAL_ENV", None)
    subprocess.run([uv, "init", "--bare", "--name", "site"], cwd=project, env=plain, check=True)
    subprocess.run([uv, "add", "-q", "flask", str(CHECKOUT)], cwd=project, env=plain, check=True, timeout=300)
    done = subprocess.run(
        [uv, "run", "buildassets", "init", "--yes", "--json"], cwd=project, env=plain, capture_output=True, check=True
    )
    (command,) = json.loads(done.stdout)["next"]
    page = project / "templates/home.html"
    page.write_text(page.read_text().replace("</head>", '{{ stylesheet("css/site.css") }}\n</head>'))
    assert command == "uv run buildassets watch -- flask --app app --debug run"
    with served(project, command, "flask") as url:
        browser.open(url)
        assert browser.style("body", "maxWidth") == "960px"
        assert browser.faults() == []


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    project = fresh(tmp_path / "site", "django", {})
    assert init(project, "--yes").returncode == 0
    again = init(project, "--dry-run")
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing to do" in again.stderr
