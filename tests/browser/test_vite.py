"""Output of Vite in a page of ours, and its server in development, in Chromium."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.browser.test_front_ends import assets_of, page
from tests.conftest import Tree, write_tree
from tests.corpus.building import build
from tests.vite import FRONT, config, settings, vite_build, vite_server

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

Serve = Callable[[Path], str]
BODY = '<body><div id="app"></div></body>'


def test_a_built_page_works_without_a_failed_request(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    vite_build(tmp_path)
    release = build(tmp_path, settings())
    assert "warning" not in release.messages
    browser.open(serve(page(release, assets_of(release).script("src/main.ts"), BODY)))
    browser.wait_for("document.querySelector('i')?.textContent === 'lazy high'")
    browser.wait_for("getComputedStyle(document.querySelector('i')).color === 'rgb(4, 5, 6)'")
    assert browser.style("p", "color") == "rgb(1, 2, 3)"
    assert browser.style("p", "marginLeft") == "7px"
    assert browser.value("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 8
    assert browser.faults() == []


@pytest.mark.parametrize("more", ["", 'modules = "importmap"\n'])
def test_a_plain_root_with_the_output_of_vite_works(tmp_path: Path, browser: Browser, serve: Serve, more: str) -> None:
    built = vite_build(tmp_path)
    release = build(tmp_path, f'sources = ["assets", {{ path = "front/dist", exclude = [".vite/**"] }}]\n{more}')
    assets, entry = assets_of(release), built["src/main.ts"]
    head = [
        assets.importmap(),
        *map(assets.stylesheet, entry.get("css", ())),
        assets.script(entry["file"], type="module"),
    ]
    browser.open(serve(page(release, "".join(head), BODY)))
    browser.wait_for("document.querySelector('i')?.textContent === 'lazy high'")
    browser.wait_for("getComputedStyle(document.querySelector('i')).color === 'rgb(4, 5, 6)'")
    assert browser.value("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 8
    assert browser.faults() == []


def site(made: Callable[[], str]) -> AbstractContextManager[str]:
    """Serve pages that are `made` at each request; give their URL."""

    def application(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        is_page = environ["PATH_INFO"] == "/"
        start("200 OK" if is_page else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
        return [made().encode()] if is_page else []

    return served(application, host="localhost")


def head(markup: str) -> str:
    return f'<!doctype html><html><head>{markup}<link rel="icon" href="data:,"></head>{BODY}</html>'


def test_a_page_of_the_server_follows_edits(tmp_path: Path, browser: Browser) -> None:
    write_tree(tmp_path, {"assets/app.css": "a { color: red }\n", **FRONT, **config()})
    with vite_server(tmp_path / "front") as port:
        release = build(tmp_path, settings(port), "--mode", "development")
        assets = Assets(release.folder / "manifest.json", reload=True)
        with site(lambda: head(assets.script("src/main.ts"))) as url:
            browser.open(url)
            browser.wait_for("document.querySelector('i')?.textContent === 'lazy high'")
            browser.wait_for("getComputedStyle(document.querySelector('p')).color === 'rgb(1, 2, 3)'")
            assert browser.value("document.images[0].decode().then(() => document.images[0].naturalWidth)") == 8
            browser.value("window.stayed = true")
            write_tree(tmp_path, {"front/src/main.css": "p { color: rgb(7, 8, 9) }"})
            browser.wait_for("getComputedStyle(document.querySelector('p')).color === 'rgb(7, 8, 9)'")
            assert browser.value("window.stayed") is True
            write_tree(tmp_path, {"front/src/shared.ts": "export const tide = 'low';"})
            browser.wait_for("document.querySelector('i')?.textContent === 'lazy low'")
            assert browser.faults() == []


REACT: Tree = {
    "front/package.json": '{"type": "module"}',
    "front/src/main.jsx": """
    import { createRoot } from "react-dom/client";
    import { App } from "./App.jsx";
    createRoot(document.querySelector("#app")).render(<App />);
    """,
    "front/src/App.jsx": """
    import { useState } from "react";
    export function App() {
      const [count, setCount] = useState(0);
      return <button onClick={() => setCount(count + 1)}>tide {count}</button>;
    }
    """,
    "front/vite.config.js": """
    import react from "@vitejs/plugin-react";
    export default {
      base: "./",
      cacheDir: ".vite-cache",
      plugins: [react()],
      build: { manifest: true, rollupOptions: { input: ["src/main.jsx"] } },
    };
    """,
}


def test_react_in_a_built_page(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    vite_build(tmp_path, REACT, {}, "react")
    release = build(tmp_path, settings())
    browser.open(serve(page(release, assets_of(release).script("src/main.jsx"), BODY)))
    browser.wait_for("document.querySelector('button')?.textContent === 'tide 0'")
    browser.click("button")
    browser.wait_for("document.querySelector('button').textContent === 'tide 1'")
    assert browser.faults() == []


def test_react_keeps_its_state_after_an_edit(tmp_path: Path, browser: Browser) -> None:
    write_tree(tmp_path, {"assets/app.css": "a { color: red }\n", **REACT})
    with vite_server(tmp_path / "front", "react") as port:
        release = build(tmp_path, settings(port), "--mode", "development")
        assets = Assets(release.folder / "manifest.json", reload=True)
        with site(lambda: head(assets.vite_refresh() + assets.script("src/main.jsx"))) as url:
            browser.open(url)
            browser.wait_for("document.querySelector('button')?.textContent === 'tide 0'")
            browser.click("button")
            browser.wait_for("document.querySelector('button').textContent === 'tide 1'")
            edited = str(REACT["front/src/App.jsx"]).replace("tide {count}", "wave {count}")
            write_tree(tmp_path, {"front/src/App.jsx": edited})
            browser.wait_for("document.querySelector('button').textContent === 'wave 1'")
            assert [fault for fault in browser.faults() if "React DevTools" not in fault] == []
