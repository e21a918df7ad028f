"""A page by Starlette, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.templating import Jinja2Templates

from buildassets.runtime import Assets
from buildassets.runtime.starlette import AssetServer, with_assets

assets = Assets("build/manifest.json")
templates = with_assets(Jinja2Templates("templates"), assets)


async def page(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html", {"name": "img/logo.svg"})


starlette = Starlette(routes=[Route("/", page), Mount("/assets", AssetServer(assets=assets))])
application = recording.asgi(starlette)
