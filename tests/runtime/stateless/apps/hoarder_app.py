"""An application as none should be: it counts visits in a file, and reads the manifest for each of them."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
import os
import threading

from flask import Flask, render_template

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer

flask = Flask(__name__, template_folder=os.path.abspath("templates"))
flask.jinja_env.add_extension("buildassets.runtime.jinja.AssetsExtension")


@flask.get("/")
def page() -> str:
    visits = f"/dev/shm/buildassets-visits-{threading.get_ident()}"
    with open(visits, "w") as file:
        file.write("another")
    os.remove(visits)
    flask.jinja_env.assets = Assets("build/manifest.json")  # type: ignore[attr-defined]  # the extension adds it
    return render_template("page.html", name="img/logo.svg")


application = recording.wsgi(AssetServer(flask, assets=Assets("build/manifest.json")))
