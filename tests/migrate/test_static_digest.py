"""`migrate static-digest`: each line about it in modules and templates, and a build of what is written."""

import json
import tomllib
from pathlib import Path

from tests.cli.test_cli import run
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "site_/app.py": """from flask import Flask
from flask_static_digest import FlaskStaticDigest
digest = FlaskStaticDigest()
def create_app():
    app = Flask(__name__)
    app.config["FLASK_STATIC_DIGEST_HOST_URL"] = "https://cdn.example"
    app.config.update(FLASK_STATIC_DIGEST_COMPRESSION=["gzip", "brotli"], OTHER=1)
    app.config["FLASK_STATIC_DIGEST_BLACKLIST_FILTER"] = [".htm"]
    app.config["FLASK_STATIC_DIGEST_COMPRESION"] = compute()
    digest.init_app(app)
    return app
""",
    "site_/templates/page.html": "<p>\n<img src=\"{{ static_url_for('static', filename='x.png') }}\">",
    "site_/static/x.png": b"png",
    "site_/static/a.css": "a { background: url(/static/x.png) }",
    "site_/admin/static/b.css": "b { top: 0 }",
}


def test_every_line_has_an_outcome_and_the_result_builds(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "migrate", "static-digest", "--write", "--json")
    lines = json.loads(done.stdout)["lines"]
    assert [(one["file"].rpartition("/")[2], one["line"], one["outcome"]) for one in lines] == [
        ("app.py", 2, "changed"),
        ("app.py", 3, "changed"),
        ("app.py", 6, "taken over"),
        ("app.py", 7, "taken over"),
        ("app.py", 8, "not possible"),
        ("app.py", 9, "not possible"),
        ("app.py", 10, "changed"),
        ("page.html", 2, "changed"),
    ]
    config = tomllib.loads((tmp_path / "buildassets.toml").read_text())
    assert config == {
        "sources": ["site_/static", {"path": "site_/admin/static", "prefix": "admin"}],
        "url": "https://cdn.example/static/",
        "url_prefixes": ["/static/"],
        "compress": ["br", "gzip"],
    }
    assert run(tmp_path, "build", "-q").returncode == 0
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert manifest["assets"]["a.css"]["references"] == ["x.png"]


def test_a_folder_without_it_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", "static-digest")
    assert (done.returncode, "error[migrate/none]" in done.stderr) == (2, True)
