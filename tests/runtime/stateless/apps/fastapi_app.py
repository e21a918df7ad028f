"""A page by FastAPI, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
from fastapi import FastAPI, Request, Response
from fastapi.templating import Jinja2Templates

from buildassets.runtime import Assets
from buildassets.runtime.starlette import AssetServer, with_assets

assets = Assets("build/manifest.json")
templates = with_assets(Jinja2Templates("templates"), assets)
fastapi = FastAPI()
fastapi.mount("/assets", AssetServer(assets=assets))


@fastapi.get("/")
def page(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html", {"name": "img/logo.svg"})


application = recording.asgi(fastapi)
