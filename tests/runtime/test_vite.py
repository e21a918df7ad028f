"""Pages with entries of Vite: from the release, and from Vite's server while it runs."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from flask import Flask, render_template_string
from jinja2 import DictLoader, Environment
from jinja2.exceptions import TemplateSyntaxError

from buildassets.compiler.config.values import Mode
from buildassets.manifest.model import Manifest, loads
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.flask import FlaskAssets
from buildassets.runtime.vite import answers
from tests.building import build, load_config
from tests.conftest import wait_for, write_tree
from tests.vite import FRONT, LOGO, config, settings, vite_build, vite_server

pytestmark = [pytest.mark.corpus, pytest.mark.usefixtures("vite_has_time")]

SERVER = re.compile(r"http://localhost:\d+/")


def released(folder: Path, port: int | None = None, mode: Mode = "production") -> Path:
    """The manifest of a release of what Vite built in `folder`."""
    write_tree(folder, {"buildassets.toml": settings(port)})
    output = f"build-{mode}-{port}"
    assert build(load_config(start=str(folder), mode=mode, output=str(folder / output)), mode=mode).succeeded
    return folder / output / "manifest.json"


def manifest_at(path: Path) -> Manifest:
    return loads(path.read_text())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vite")
    vite_build(folder)
    return folder


@pytest.fixture(scope="module")
def port(project: Path) -> Iterator[int]:
    with vite_server(project / "front") as port:
        yield port


@pytest.fixture
def production(project: Path) -> Assets:
    return Assets(released(project))


@pytest.fixture
def development(project: Path, port: int) -> Assets:
    return Assets(released(project, port, "development"), reload=True)


@pytest.fixture
def without_server(project: Path) -> Assets:
    with closing(socket.create_server(("localhost", 0))) as once:
        port = once.getsockname()[1]
    return Assets(released(project, port, "development"), reload=True)


def tags(markup: str) -> list[tuple[str, str]]:
    """Return the URLs that elements load, each with its kind."""
    found = re.findall(r'<link rel="(\w+)" href="([^"]+)"|<(script)[^>]* src="([^"]+)"', markup)
    return [(kind or script, url or source) for kind, url, script, source in found]


def test_an_entry_has_sheets_preloads_and_script(project: Path, production: Assets) -> None:
    source = manifest_at(project / "build-production-None/manifest.json").vite["src/main.ts"]
    assert tags(production.script("src/main.ts")) == [
        *(("stylesheet", f"/assets/{sheet}") for sheet in source.css),
        *(("modulepreload", f"/assets/{path}") for path in production_imports(project, source.asset)),
        ("script", f"/assets/{source.asset}"),
    ]


def production_imports(project: Path, asset: str) -> tuple[str, ...]:
    return manifest_at(project / "build-production-None/manifest.json").assets[asset].imports


def test_each_element_has_integrity_and_the_nonce(production: Assets) -> None:
    lines = production.script("src/main.ts", nonce="abc", data_page="start").split("\n")
    assert all('integrity="sha384-' in line for line in lines)
    assert all(('crossorigin="anonymous"' in line) is ('rel="stylesheet"' not in line) for line in lines)
    assert all('nonce="abc"' in line for line in lines)
    assert [line for line in lines if "data-page" in line] == lines[-1:]
    assert 'type="module"' in lines[-1]
    assert "defer" not in lines[-1]


def test_integrity_can_be_left_out(production: Assets) -> None:
    assert "integrity" not in production.script("src/main.ts", integrity=False)


def test_other_helpers_take_the_names_of_sources(project: Path, production: Assets) -> None:
    sources = manifest_at(project / "build-production-None/manifest.json").vite
    logo = f"/assets/{sources['src/logo.svg'].asset}"
    assert production.url("src/logo.svg") == logo
    assert production.image("src/logo.svg") == f'<img src="{logo}" alt="" width="8" height="8">'
    assert production.preload("src/main.ts").startswith('<link rel="modulepreload"')
    assert len(production.modulepreload("src/main.ts").split("\n")) == 2
    assert "src/main.ts" in production
    with pytest.raises(AssetNotFound, match=r"did you mean `src/main\.ts`"):
        production.url("src/man.ts")


def test_server_is_not_asked_in_production(project: Path, port: int) -> None:
    manifest = released(project, port, "development")
    with pytest.warns(RuntimeWarning, match="release for development"):
        assert "localhost" not in Assets(manifest).script("src/main.ts")


def test_a_release_for_production_asks_no_server_with_reload_either(project: Path, port: int) -> None:
    assert "localhost" not in Assets(released(project, port), reload=True).script("src/main.ts")


def test_a_running_server_takes_the_place_of_files(development: Assets, port: int) -> None:
    server = f"http://localhost:{port}"
    assert tags(development.script("src/main.ts")) == [
        ("script", f"{server}/@vite/client"),
        ("script", f"{server}/src/main.ts"),
    ]
    assert development.url("src/logo.svg") == f"{server}/src/logo.svg"
    assert development.url("app.css").startswith("/assets/app.")
    assert development.integrity("src/main.ts") is None


def test_a_source_that_was_never_built_comes_from_the_server(development: Assets, port: int) -> None:
    assert f"http://localhost:{port}/src/new.ts" in development.script("src/new.ts")
    assert "src/new.ts" not in development


@pytest.fixture(scope="module")
def never_built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assets, str]]:
    """A project for which `vite build` never ran, and its running server."""
    folder = tmp_path_factory.mktemp("never")
    files = {**FRONT, **config(), "front/public/mark two.svg": LOGO, "assets/app.css": "a { color: red }"}
    write_tree(folder, {**files, "front/index.html": "<p>a page"})
    with vite_server(folder / "front") as port:
        yield Assets(released(folder, port, "development"), reload=True), f"http://localhost:{port}"


def test_all_helpers_take_what_only_the_server_has(never_built: tuple[Assets, str]) -> None:
    assets, server = never_built
    assert assets.url("src/logo.svg") == f"{server}/src/logo.svg"
    assert assets.image("src/logo.svg") == f'<img src="{server}/src/logo.svg" alt="">'
    assert assets.stylesheet("src/main.css") == f'<link rel="stylesheet" href="{server}/src/main.css">'
    assert (
        assets.preload("src/logo.svg")
        == f'<link rel="preload" href="{server}/src/logo.svg" as="image" type="image/svg+xml">'
    )
    assert assets.url("mark two.svg") == f"{server}/mark%20two.svg"
    assert assets.integrity("src/main.ts") is None
    assert [url for _, url in tags(assets.script("src/main.ts"))] == [f"{server}/@vite/client", f"{server}/src/main.ts"]


def test_entry_unknown_to_release_and_server_is_not_found(never_built: tuple[Assets, str]) -> None:
    assets, _ = never_built
    for name in ("src/lago.svg", "mark.svg", "app.scss", "a b\r\n.svg"):
        assert name not in assets
        with pytest.raises(AssetNotFound, match="no asset is named"):
            assets.url(name)
    assert assets.url("app.css").startswith("/assets/app.")


def test_entry_known_to_the_server_only_cannot_be_inlined(never_built: tuple[Assets, str]) -> None:
    with pytest.raises(AssetNotFound, match=r"src/logo\.svg"):
        never_built[0].inline("src/logo.svg")


def test_an_image_at_the_server_is_preloaded_as_an_image(development: Assets, port: int) -> None:
    url = f"http://localhost:{port}/src/logo.svg"
    assert development.preload("src/logo.svg") == f'<link rel="preload" href="{url}" as="image" type="image/svg+xml">'


def test_files_without_a_server_are_used_as_in_production(without_server: Assets, production: Assets) -> None:
    assert tags(without_server.script("src/main.ts")) == tags(production.script("src/main.ts"))
    assert without_server.vite_refresh() == ""
    with pytest.raises(AssetNotFound):
        without_server.script("src/new.ts")


def test_the_client_is_in_a_page_once(development: Assets) -> None:
    page = development.script("src/main.ts") + development.script("src/admin.ts")
    assert page.count("@vite/client") == 1
    assert development.script("src/main.ts").count("@vite/client") == 1


def test_react_has_its_preamble(development: Assets, production: Assets, port: int) -> None:
    preamble = development.vite_refresh(nonce="abc")
    assert f'from "http://localhost:{port}/@react-refresh"' in preamble
    assert preamble.startswith('<script type="module" nonce="abc">')
    assert production.vite_refresh() == ""


PAGES = {
    "page.html": "{% include 'head.html' %}{% set a = 1 %}{{ script('src/admin.ts') }}",
    "head.html": "{{ vite_refresh() }}{{ script('src/main.ts', nonce=nonce) }}",
    "new.html": "{{ script('src/new.ts') }}",
    "child.html": "{% extends 'page.html' %}",
}


@pytest.fixture
def jinja() -> Environment:
    environment = Environment(loader=DictLoader(PAGES), autoescape=True)
    environment.add_extension("buildassets.runtime.jinja.AssetsExtension")
    return environment


@pytest.mark.parametrize("name", ["page.html", "child.html"])
def test_jinja_has_the_client_in_each_page_once(development: Assets, jinja: Environment, name: str) -> None:
    jinja.assets = development  # type: ignore[attr-defined]  # Jinja lets extensions add attributes
    for _ in range(3):
        page = jinja.get_template(name).render(nonce="n")
        assert page.count("@vite/client") == 1
        assert page.index("@react-refresh") < page.index("@vite/client") < page.index("src/main.ts")
        assert page.count('nonce="n"') == 2


def test_jinja_takes_sources_that_only_the_server_has(
    development: Assets, without_server: Assets, jinja: Environment
) -> None:
    jinja.assets = development  # type: ignore[attr-defined]
    assert "/src/new.ts" in jinja.get_template("new.html").render()
    jinja.cache.clear()  # type: ignore[union-attr]
    jinja.assets = without_server  # type: ignore[attr-defined]
    with pytest.raises(TemplateSyntaxError, match=r"no asset is named `src/new\.ts`"):
        jinja.get_template("new.html")


def test_flask_leads_to_the_server_in_debug_mode(project: Path, port: int) -> None:
    app = Flask("site", root_path=str(project))
    app.debug = True
    app.config["BUILDASSETS_MANIFEST"] = str(released(project, port, "development"))
    FlaskAssets(app)
    with app.test_request_context():
        page = render_template_string("{{ script('src/main.ts') }}{{ script('src/admin.ts') }}")
    assert page.count(f"http://localhost:{port}/@vite/client") == 1


def test_a_server_that_never_answers_costs_little(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "__defaults__", (0.1,))
    with closing(socket.create_server(("localhost", 0))) as silent:
        assets = Assets(released(project, silent.getsockname()[1], "development"), reload=True)
        began = monotonic()
        for _ in range(50):
            assert "localhost" not in assets.script("src/main.ts")
        seconds = monotonic() - began
        assert connections(silent) <= 1 + seconds  # one each second, and each may wait a little


def connections(listener: socket.socket) -> int:
    """Return how many connections wait to be accepted."""
    listener.setblocking(False)
    found = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            found += 1
    return found


def test_another_server_on_the_port_is_not_taken_for_vite() -> None:
    with closing(socket.create_server(("localhost", 0))) as other:

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        assert not answers(f"http://localhost:{other.getsockname()[1]}", 5)
        thread.join()


@pytest.mark.parametrize(
    "server", ["http://localhost:1", "http://no.such.host.invalid:80", "http://[::1", "https://localhost:1"]
)
def test_missing_server_is_not_an_error(server: str) -> None:
    assert not answers(server)


def test_a_server_that_starts_is_noticed_and_one_that_ends_too(project: Path, tmp_path: Path) -> None:
    with vite_server(project / "front") as port:
        assets = Assets(released(project, port, "development"), reload=True)
        assert "localhost" in assets.script("src/main.ts")
    wait_for(lambda: "localhost" not in assets.script("src/main.ts"))
