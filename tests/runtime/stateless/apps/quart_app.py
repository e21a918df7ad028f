"""A page by Quart, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
import os

from quart import Quart, render_template

from buildassets.runtime.quart import QuartAssets

quart = Quart(__name__, template_folder=os.path.abspath("templates"))
quart.config["BUILDASSETS_MANIFEST"] = os.path.abspath("build/manifest.json")
QuartAssets(quart, static=True, serve=True)


@quart.get("/")
async def page() -> str:
    return await render_template("page.html", name="img/logo.svg")


application = recording.asgi(quart)
