"""`migrate static-digest`: each line about it in modules and templates, and a build of what is written."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.command import run
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


def test_static_folders_that_modules_name_are_source_roots(tmp_path: Path) -> None:
    tree: Tree = {
        "hello/extensions.py": "from flask_static_digest import FlaskStaticDigest\ndigest = FlaskStaticDigest()\n",
        "hello/app.py": "from flask import Flask\n\n"
        "app = Flask(__name__, static_folder='../public', static_url_path='')\n",
        "hello/up/views.py": "from flask import Blueprint\nup = Blueprint('rise', __name__, static_folder='files')\n",
        "hello/static/unused.css": "",
        "hello/down/static/d.css": "d { top: 0 }",
        "hello/up/files/u.css": "u { top: 0 }",
        "public/a.css": "a { background: url(/x.png) }",
        "public/x.png": b"png",
    }
    done = run(write_tree(tmp_path, tree), "migrate", "static-digest", "--write", "--json")
    lines = json.loads(done.stdout)["lines"]
    assert [(one["file"], one["line"], one["outcome"]) for one in lines] == [
        ("hello/app.py", 3, "taken over"),
        ("hello/extensions.py", 1, "changed"),
        ("hello/extensions.py", 2, "changed"),
        ("hello/up/views.py", 2, "taken over"),
    ]
    below = [{"path": "hello/up/files", "prefix": "rise"}, {"path": "hello/down/static", "prefix": "down"}]
    config = tomllib.loads((tmp_path / "buildassets.toml").read_text())
    assert config == {"sources": ["public", *below], "url_prefixes": ["/"]}
    assert run(tmp_path, "build", "-q").returncode == 0
    assets = json.loads((tmp_path / "build/manifest.json").read_text())["assets"]
    assert [*assets] == ["a.css", "down/d.css", "rise/u.css", "x.png"]
    assert assets["a.css"]["references"] == ["x.png"]


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        ("__name__, static_folder=FOLDER", "an argument is computed: name the folder in `sources`"),
        ("__name__, '/x', 'nope'", "there is no folder `nope`: make it"),
        ("NAME, static_folder='public'", "the folder depends on more than its name: name the folder in `sources`"),
        ("__name__, static_folder={[]: 1}", "an argument is computed: name the folder in `sources`"),
        ("__name__, static_folder=3", "an argument is not a text: name the folder in `sources`"),
    ],
)
def test_static_folder_that_cannot_be_read_is_reported(tmp_path: Path, arguments: str, note: str) -> None:
    module = f"from flask_static_digest import FlaskStaticDigest\napp = Flask({arguments})\n"
    write_tree(tmp_path, {"app.py": module, "public/a.css": ""})
    lines = json.loads(run(tmp_path, "migrate", "static-digest", "--json").stdout)["lines"]
    assert (lines[1]["line"], lines[1]["outcome"]) == (2, "not possible")
    assert lines[1]["note"].startswith(note)


@pytest.mark.parametrize(
    "value",
    ["{[]: 1}", "[['gzip'], {}]", "-" * 900 + "1", "1" + " + 1" * 900, "Flask" + ".a" * 980 + "(static_folder='x')"],
)
def test_settings_of_unusual_types_end_without_a_traceback(tmp_path: Path, value: str) -> None:
    module = f"from flask_static_digest import FlaskStaticDigest\nFLASK_STATIC_DIGEST_COMPRESSION = {value}\n"
    done = run(write_tree(tmp_path, {"app.py": module, "static/a.css": ""}), "migrate", "static-digest")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_list_with_many_names_is_looked_into_once(tmp_path: Path) -> None:
    names = "".join(f"A{number} = " for number in range(8000))
    module = f"from flask_static_digest import FlaskStaticDigest\n{names}[{'1,' * 8000}]\n"
    done = run(write_tree(tmp_path, {"app.py": module, "static/a.css": ""}), "migrate", "static-digest")
    assert done.returncode == 0, done.stderr


def test_application_without_static_folder_has_none(tmp_path: Path) -> None:
    module = "from flask_static_digest import FlaskStaticDigest\napp = Flask(__name__, static_folder=None)\n"
    write_tree(tmp_path, {"app.py": module, "static/a.css": "", "admin/static/b.css": ""})
    done = json.loads(run(tmp_path, "migrate", "static-digest", "--json").stdout)
    assert done["lines"][1]["outcome"] == "taken over"
    assert tomllib.loads(done["file"])["sources"] == [{"path": "admin/static", "prefix": "admin"}]


def test_every_setting_of_a_call_is_accounted_for(tmp_path: Path) -> None:
    module = """app.config.update(FLASK_STATIC_DIGEST_GZIP_FILES=False, FLASK_STATIC_DIGEST_BLACKLIST_FILTER=['.htm'])
app.config.update(
    FLASK_STATIC_DIGEST_HOST_URL='https://c',
    OTHER=1,
    FLASK_STATIC_DIGEST_COMPRESION=["gzip"],
)
"""
    write_tree(tmp_path, {"app.py": module, "static/a.css": ""})
    done = json.loads(run(tmp_path, "migrate", "static-digest", "--json").stdout)
    outcomes = [(one["line"], one["outcome"]) for one in done["lines"]]
    assert outcomes == [(1, "not possible"), (3, "taken over"), (5, "not possible")]
    note = done["lines"][0]["note"]
    assert note.startswith(
        "`FLASK_STATIC_DIGEST_GZIP_FILES`: it is `compress`; `FLASK_STATIC_DIGEST_BLACKLIST_FILTER`: "
    )
    config = tomllib.loads(done["file"])
    assert (config["url"], config["compress"]) == ("https://c/static/", [])
