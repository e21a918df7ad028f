"""Pages of an application with Flask-Static-Digest are the same by that extension and by the release."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import Browser
from tests.browser.test_static_storages import seen
from tests.command import run
from tests.compat.webassets.site import shown
from tests.conftest import Tree, write_tree
from tests.peers import run_peer

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_PAGES: Final = 5
_APP: Final = """
from flask import Flask, render_template
from flask_static_digest import FlaskStaticDigest

app = Flask(__name__)
app.add_url_rule("/<name>", view_func=lambda name: render_template(name), endpoint="page")
app.config["FLASK_STATIC_DIGEST_COMPRESSION"] = ["gzip"]
digest = FlaskStaticDigest(app)
"""
_OURS: Final = (
    _APP.replace(
        "flask_static_digest import FlaskStaticDigest", "buildassets.runtime.flask import FlaskAssets"
    ).replace("FlaskStaticDigest(app)", "FlaskAssets(app, static=True)")
    + 'app.jinja_env.globals["static_url_for"] = app.jinja_env.globals["url_for"]\n'
)
_FILES: Final[Tree] = {
    "static/img/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="4"/>',
    "static/css/shared.css": "body { margin: 3px }",
    **{
        f"static/css/c{number}.css": f'@import "shared.css"; p {{ left: {number}px; background: url("../img/x.svg") }}'
        for number in range(_PAGES)
    },
    **{f"static/js/j{number}.js": f"window.value = {number} * 2" for number in range(_PAGES)},
    **{
        f"templates/p{number}.html": '<!doctype html><link rel="icon" href="data:,">'
        f"<link rel=\"stylesheet\" href=\"{{{{ static_url_for('static', filename='css/c{number}.css') }}}}\"><p>p</p>"
        "<img src=\"{{ static_url_for('static', filename='img/x.svg') }}\">"
        f"<script src=\"{{{{ static_url_for('static', filename='js/j{number}.js') }}}}\"></script>"
        for number in range(_PAGES)
    },
}
_SHOW: Final = """
import json
import app as application
client = application.app.test_client()
print("\\n\\n" + json.dumps([client.get(f"/p{number}.html").text for number in range(PAGES)]))
"""
_COMPILE: Final = """
from flask_static_digest.digester import compile
compile("static", "static", [], True, False)
"""


def test_every_page_is_the_same(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    show = f"PAGES = {_PAGES}\n{_SHOW}"
    write_tree(tmp_path / "peer", {**_FILES, "app.py": _APP})
    run_peer(tmp_path / "peer", _COMPILE + "\nprint('\\n\\nnull')")
    pages = {"peer": run_peer(tmp_path / "peer", show)}
    ours = write_tree(tmp_path / "ours", {**_FILES, "app.py": _APP})
    for arguments in (["migrate", "static-digest", "--write"], ["build"]):
        done = run(ours, *arguments, "-q")
        assert done.returncode == 0, done.stderr
    pages["ours"] = shown(write_tree(ours, {"app.py": _OURS}), show)
    found = {}
    for name, folder in (("peer", "static"), ("ours", "build/assets")):
        www = write_tree(tmp_path / f"www_{name}", {f"p{number}.html": page for number, page in enumerate(pages[name])})
        (www / ("static" if name == "peer" else "assets")).symlink_to(tmp_path / name / folder)
        url = serve(www)
        found[name] = [seen(browser, f"{url}p{number}.html") for number in range(_PAGES)]
        assert browser.faults() == []
    assert found["ours"] == found["peer"]
    assert found["peer"][3][:2] == [6, 3]
