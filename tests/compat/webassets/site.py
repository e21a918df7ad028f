"""An application of Flask with bundles of every kind: built by Flask-Assets and by us, and asked for its pages."""

import json
import os
from pathlib import Path
from typing import Any, Final

from tests.command import run
from tests.conftest import Tree, write_tree
from tests.forks import run_program
from tests.peers import run_peer

FILES: Final[Tree] = {
    "static/js/a.js": "window.a = 1;",
    "static/js/b.js": "(function () { window.b = window.a + 1 })();",
    "static/js/c.js": "window.c = (window.c || 0) + 1; // last",
    "static/js/lib/d.js": "window.d = 4;",
    "static/js/lib/deep/e.js": "window.e = 5;",
    "static/css/a.css": ".a { background: url(../img/x.svg); color: rgb(1, 2, 3) }",
    "static/css/b.css": ".a { color: rgb(4, 5, 6) } .b { padding-left: 3px }",
    "static/css/s.scss": "$c: rgb(7, 8, 9); .c { color: $c }",
    "static/css/_part.scss": ".d { margin-left: 2px }",
    "static/css/u.scss": '@import "part"; .e { padding-top: 1px }',
    "static/css/unused.scss": "$broken: ",
    "static/img/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "static/gen/old.js": "window.old = 1",
    "admin/static/z.js": "window.z = 6",
    "admin/static/z.css": ".f { background: url(z.svg) }",
    "admin/static/z.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "other/o.js": "window.o = 7",
}
APP: Final = """
from flask import Blueprint, Flask, render_template
from flask_assets import Bundle, Environment

app = Flask(__name__)
app.register_blueprint(Blueprint("admin", __name__, static_folder="admin/static", url_prefix="/admin"))
app.add_url_rule("/", view_func=lambda: render_template("page.html"))
assets = Environment(app)
shared = Bundle("js/a.js")
assets.register("two", "js/a.js", "js/b.js", output="gen/two.js")
assets.register("glob", "js/*.js", output="gen/glob.js", filters="rjsmin")
assets.register("stars", "js/**/*.js", output="gen/stars.js")
assets.register("folders", "js/*/*.js", output="gen/folders.js")
assets.register("set", "js/[ac].js", output="gen/set.js")
assets.register("question", "js/?.js", output="gen/question.js")
assets.register("twice", "js/c.js", "js/*.js", "js/c.js", output="gen/twice.js")
assets.register("nested", Bundle("js/a.js"), "js/c.js", Bundle(Bundle("js/b.js"), filters="jsmin"), output="gen/n.js")
assets.register("container", Bundle("js/a.js", output="gen/c1.js"), Bundle("js/b.js", output="gen/c2.js"))
assets.register("mixed", Bundle("js/a.js", output="gen/m1.js"), "js/b.js")
assets.register("loose", "js/a.js", "js/b.js")
assets.register("loose_glob", "js/*.js")
assets.register("version", "js/a.js", output="gen/v.%(version)s.js")
assets.register("digits", "js/a.js", output="gen/%(version)s.js")
assets.register("digits2", "js/c.js", output="gen/%(version)s.js")
assets.register("shared1", shared, output="gen/s1.js")
assets.register("shared2", shared, "js/b.js", output="gen/s2.js")
assets.register("named", Bundle("js/c.js"), "js/lib/d.js", output="gen/named.js", extra={"defer": True, "n": 1})
assets.register({"mapped": Bundle("js/a.js", output="gen/mapped.js")})
assets.register("partly", "none/*.js", "js/a.js", output="gen/partly.js")
assets.register("blueprint", "admin/z.js", "js/a.js", output="gen/bp.js")
assets.register("outside", "../other/o.js", output="gen/outside.js")
assets.register("sass", "css/s.scss", filters="libsass", output="gen/sass.css")
assets.register("sass_same", "css/s.scss", filters="libsass", output="css/s.css")
sass = Bundle("css/u.scss", filters="libsass")
assets.register("sass_nested", sass, "css/b.css", filters="cssmin", output="css/u.css")
assets.register("rewritten", "css/a.css", filters="cssrewrite", output="gen/deep/r.css", extra={"media": "screen"})
assets.register("as_it_is", "css/a.css", "css/b.css", output="gen/as_it_is.css")
assets.register("blueprint_css", "admin/z.css", filters="cssrewrite", output="gen/z.css")
assets.register("split", "js/*.js", output="gen/split-%(name)s.js", merge=False)
"""
NAMES: Final = (
    *("two", "glob", "stars", "folders", "set", "question", "twice", "nested", "container", "mixed", "loose"),
    *("loose_glob", "version", "digits", "digits2", "shared1", "shared2", "named", "mapped", "partly", "blueprint"),
    *("outside", "sass", "sass_same", "sass_nested", "rewritten", "as_it_is", "blueprint_css", "split/a.js"),
)
PAGE: Final = """<!doctype html><html><head><link rel="icon" href="data:,">
{% assets "sass", "sass_nested", "as_it_is", "rewritten", "blueprint_css" %}
<link rel="stylesheet" href="{{ ASSET_URL }}">{% endassets %}
{% assets "two", "glob", "stars", "folders", "nested", "container", "loose", "shared2", "blueprint", "outside" %}
<script src="{{ ASSET_URL }}" integrity="{{ ASSET_SRI }}"></script>{% endassets %}
{% assets "js/c.js", "js/lib/d.js", filters="rjsmin", output="gen/in_template.js" %}
<script src="{{ ASSET_URL }}"></script>{% endassets %}
{% assets "named" %}<script src="{{ ASSET_URL }}"{{ " defer" if EXTRA.defer }}></script>{% endassets %}
</head><body><p class="a">a</p><p class="b">b</p><p class="c">c</p><p class="d e">d</p><p class="f">f</p></body></html>
"""
# Prints what each bundle is as texts, and the page. `FOLDERS` are those of URLs.
SHOW: Final = """
import json
from pathlib import Path
import app as application

def text(url):
    path = url.partition("?")[0]
    found = next(Path(folder, path[len(start):]) for start, folder in FOLDERS if path.startswith(start))
    return found.read_text()

found = {}
with application.app.test_request_context():
    for name in NAMES:
        found[name] = [text(url) for url in application.assets[name].urls()]
page = application.app.test_client().get("/").text
print("\\n\\n" + json.dumps({"texts": found, "page": page}))
"""


def show(folders: list[tuple[str, str]]) -> str:
    """The program that shows a site whose files are there."""
    return f"FOLDERS = {folders!r}\nNAMES = {NAMES!r}\n{SHOW}"


def of_peer(folder: Path) -> Any:
    """Build the site in `folder` with Flask-Assets; return its bundles and its page."""
    write_tree(folder, {**FILES, "app.py": APP, "templates/page.html": PAGE})
    return run_peer(folder, show([("/admin/static/", "admin/static"), ("/static/", "static")]))


def of_us(folder: Path) -> Any:
    """Build the same site with buildassets; only the import of the application differs when its page is shown."""
    config = 'webassets = "app"\ncompress = []\n'
    write_tree(folder, {**FILES, "app.py": APP, "templates/page.html": PAGE, "buildassets.toml": config})
    done = run(folder, "build", "-q")
    assert done.returncode == 0, done.stderr
    (folder / "app.py").write_text(APP.replace("flask_assets", "buildassets.compat.webassets"))
    return shown(folder, show([("/assets/", "build/assets")]))


def shown(folder: Path, program: str, imports: str = "") -> Any:
    """Return the JSON behind the last empty line that `program` prints in `folder`; `imports` may be loaded before."""
    given = {"program": program}
    done = run_program((imports, 'exec(asked["program"])'), folder, given, os.environ, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.decode().rpartition("\n\n")[2])
