"""Pages follow edits of templates under the debuggers of their frameworks, whose error pages have no live reload."""

from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.fresh import served_by
from tests.browser.quick_starts import PORTS, follow
from tests.example.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

FAILED = "!!document.querySelector('buildassets-overlay')?.shadowRoot.textContent.includes('answers 500')"


@pytest.mark.parametrize("name", ["django", "flask", "starlette"])
def test_page_stays_over_an_error_of_the_debugger_and_follows_its_correction(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    shown, real = PORTS[name]
    port = free_port()
    command = follow(name, tmp_path).replace(shown, real.format(port=port))
    if name == "starlette":
        module = tmp_path / "app.py"
        module.write_text(module.read_text().replace("Starlette()", "Starlette(debug=True)"))
    page = tmp_path / "templates/home.html"
    text = page.read_text()
    with served_by(command, tmp_path, port) as url:
        browser.open(url)
        browser.wait_for("document.title === 'ready'")
        browser.value("(window.mark = true, 0)")
        page.write_text(text + "{% nonsense %}")
        browser.wait_for(FAILED)
        assert browser.value("window.mark")
        page.write_text(text + "<h1>corrected</h1>")
        browser.wait_for("!window.mark && document.querySelector('h1')?.textContent === 'corrected'")
