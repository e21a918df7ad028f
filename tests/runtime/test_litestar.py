"""Litestar: templates with the helpers, and the release mounted, in real applications."""

from pathlib import Path

from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template.config import TemplateConfig
from litestar.testing import TestClient

from buildassets.runtime import Assets
from buildassets.runtime.litestar import AssetServer, asset_files, with_assets
from tests.conftest import write_tree
from tests.runtime.pages import SITE, elements, file_of, write_release

URL = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


def application(folder: Path) -> Litestar:
    write_tree(folder, {"templates/page.html": "{{ stylesheet('css/app.css') }}{{ image('img/logo.svg', alt=alt) }}"})
    assets = Assets(write_release(folder / "build"))

    @get("/", sync_to_thread=False)
    def page() -> Template:
        return Template("page.html", context={"alt": "<b>"})

    config = TemplateConfig(
        directory=folder / "templates", engine=JinjaTemplateEngine, engine_callback=with_assets(assets)
    )
    return Litestar([page, asset_files(assets)], template_config=config)


def test_templates_have_the_helpers(tmp_path: Path) -> None:
    with TestClient(application(tmp_path)) as client:
        found = dict(elements(client.get("/").text))
    assert (found["link"]["href"], found["img"]["alt"]) == (URL, "<b>")


def test_the_release_is_served_below_its_prefix(tmp_path: Path) -> None:
    with TestClient(application(tmp_path)) as client:
        answer = client.get(URL)
        assert (answer.status_code, answer.text) == (200, SITE["css/app.css"])
        assert "immutable" in answer.headers["cache-control"]
        assert client.get("/assets/gone.css").status_code == 404


def test_release_may_be_served_before_the_application(tmp_path: Path) -> None:
    app = AssetServer(application(tmp_path), assets=Assets(tmp_path / "build/manifest.json", url="/other/"))
    with TestClient(app) as client:
        assert client.get(URL.replace("/assets/", "/other/")).text == SITE["css/app.css"]
        assert client.get("/").status_code == 200
