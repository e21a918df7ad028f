"""A page by Flask, and the files of the release."""

# isort: off
from tests.runtime.stateless.apps import recording

# isort: on
import os

from flask import Flask, render_template

from buildassets.runtime.flask import FlaskAssets

flask = Flask(__name__, template_folder=os.path.abspath("templates"))
flask.config["BUILDASSETS_MANIFEST"] = os.path.abspath("build/manifest.json")
FlaskAssets(flask, static=True, serve=True)


@flask.get("/")
def page() -> str:
    return render_template("page.html", name="img/logo.svg")


application = recording.wsgi(flask)
