"""A page by Litestar, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template.config import TemplateConfig

from buildassets.runtime import Assets
from buildassets.runtime.litestar import asset_files, with_assets

assets = Assets("build/manifest.json")
config = TemplateConfig(directory="templates", engine=JinjaTemplateEngine, engine_callback=with_assets(assets))


@get("/", sync_to_thread=False)
def page() -> Template:
    return Template("page.html", context={"name": "img/logo.svg"})


application = recording.asgi(Litestar([page, asset_files(assets)], template_config=config))
