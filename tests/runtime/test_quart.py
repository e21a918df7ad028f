"""Quart: the extension with real applications."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from quart import Blueprint, Quart, render_template_string, url_for, websocket

from buildassets.runtime.quart import QuartAssets
from tests.runtime.pages import SITE, elements, file_of, write_release

URL = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


def application(folder: Path, **options: bool) -> tuple[Quart, QuartAssets]:
    write_release(folder / "build", {**SITE, "admin/a.js": "1"})
    app = Quart("site", root_path=str(folder))
    return app, QuartAssets(app, **options)


def page(app: Quart, view: Callable[[], Awaitable[str]], blueprint: Blueprint | None = None) -> str:
    """Return the answer of `view`."""
    (blueprint or app).add_url_rule("/page", view_func=view)
    if blueprint:
        app.register_blueprint(blueprint)

    async def answer() -> str:
        return str(await (await app.test_client().get("/page")).get_data(as_text=True))

    return asyncio.run(answer())


def test_templates_have_the_helpers(tmp_path: Path) -> None:
    app, extension = application(tmp_path)

    async def view() -> str:
        assert extension.assets is app.extensions["buildassets"]
        return await render_template_string("{{ stylesheet('css/app.css') }}")

    ((tag, attributes),) = elements(page(app, view))
    assert (tag, attributes["href"]) == ("link", URL)


@pytest.mark.parametrize("is_set", [True, False])
def test_debug_run_reads_the_manifest_again(is_set: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUART_DEBUG", "1" if is_set else "0")  # as `quart --debug run` does before it imports
    app, _ = application(tmp_path)
    assert app.extensions["buildassets"].reload is is_set


def test_static_files_have_the_urls_of_the_release_on_demand(tmp_path: Path) -> None:
    app, _ = application(tmp_path, static=True, strict=False)

    async def view() -> str:
        other = url_for("static", filename="robots.txt")
        return await render_template_string("{{ url_for('static', filename='css/app.css') }} ") + other

    assert page(app, view) == f"{URL} /static/robots.txt"


def test_static_folders_of_blueprints_are_folders_of_the_release(tmp_path: Path) -> None:
    app, _ = application(tmp_path, static=True)
    admin = Blueprint("admin", "admin", static_folder="static", root_path=str(tmp_path))

    async def view() -> str:
        return url_for(".static", filename="a.js")

    assert page(app, view, admin) == "/assets/" + file_of("admin/a.js", "1")


def test_static_urls_are_known_in_a_websocket(tmp_path: Path) -> None:
    app, _ = application(tmp_path, static=True)

    @app.websocket("/socket")
    async def socket() -> None:
        await websocket.send(url_for("static", filename="css/app.css"))

    async def received() -> object:
        async with app.test_client().websocket("/socket") as connection:
            return await connection.receive()

    assert asyncio.run(received()) == URL


def test_the_application_serves_the_release_on_demand(tmp_path: Path) -> None:
    app, _ = application(tmp_path, serve=True)

    async def answer() -> Any:
        got = await app.test_client().get(URL)
        return got.status_code, await got.get_data(as_text=True)

    assert asyncio.run(answer()) == (200, SITE["css/app.css"])


def test_a_release_for_development_is_reported_at_the_first_request(tmp_path: Path) -> None:
    write_release(tmp_path / "build", livereload="livereload.json")
    app = Quart("site", root_path=str(tmp_path))
    QuartAssets(app)

    async def view() -> str:
        return "home"

    with pytest.warns(RuntimeWarning, match="is a release for development"):
        assert page(app, view) == "home"
