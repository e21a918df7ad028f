"""A project of Django with packages of every kind: built by django-pipeline and by us, and asked for its pages."""

import json
from pathlib import Path
from typing import Any, Final

from tests.conftest import Tree, settle, write_tree
from tests.peers import peers_python, run_peer
from tests.runtime.django.forks import run_in_fork

FILES: Final[Tree] = {
    "site/js/a.js": "var a = 1; window.a = a;",
    "site/js/b.js": "(function () { window.b = window.a + 1 })()",
    "site/js/c.js": "const own = 3; window.c = own",
    "site/js/d.js": "const own = 4; window.d = own",
    "site/js/lib/e.js": "window.e = 5",
    "site/js/lib/deep/f.js": "window.f = 6",
    "site/js/.hidden.js": "window.hidden = 1",
    "site/js/strict.js": '"use strict"; window.strict = (function () { return this === undefined })()',
    "site/views/item.jst": "<b><%= name %></b>",
    "site/views/user/row.jst": "<i><%= name %></i>\n<u/>",
    "site/css/a.css": ".a { background: url(../img/x.svg); color: rgb(1, 2, 3) }",
    "site/css/b.css": ".a { color: rgb(4, 5, 6) } .b { background: url('/static/img/x.svg') }",
    "site/css/s.scss": "$c: rgb(7, 8, 9); .c { color: $c }",
    "site/img/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "site/img/embed/y.png": b"\x89PNG",
    "site/css/embed.css": ".e { background: url(../img/embed/y.png) }",
    "shop/__init__.py": "",
    "shop/static/shop/g.js": "window.g = 7",
    "shop/static/shop/g.css": ".d { padding-left: 4px; background: url(g.svg) }",
    "shop/static/shop/g.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
}


def _css(*files: str, output: str, **more: Any) -> dict[str, Any]:
    return {"source_filenames": files, "output_filename": output, **more}


STYLESHEETS: Final = {
    "plain": _css("css/a.css", "css/b.css", output="gen/plain.css"),
    "glob": _css("css/[ab].css", output="gen/glob.css", extra_context={"media": "screen"}),
    "sass": _css("css/s.scss", output="gen/sass.css"),
    "mixed": _css("css/s.scss", "css/a.css", output="gen/deep/er/mixed.css"),
    "of_app": _css("shop/*.css", output="gen/of_app.css"),
    "twice": _css("css/a.css", "css/[ab].css", "css/a.css", output="gen/twice.css"),
    "partly": _css("css/none*.css", "css/a.css", output="gen/partly.css"),
    "embedded": _css("css/embed.css", output="gen/embedded.css", variant="datauri"),
    "at_top": _css("css/a.css", output="top.css"),
}
JAVASCRIPT: Final = {
    "plain": _css("js/a.js", "js/b.js", output="gen/plain.js"),
    "star": _css("js/lib/*.js", output="gen/star.js"),
    "stars": _css("js/**/*.js", output="gen/stars.js"),
    "set": _css("js/[ab].js", output="gen/set.js"),
    "question": _css("js/?.js", output="gen/question.js") | {"source_filenames": ("js/lib/?.js",)},
    "one": _css("js/c.js", output="gen/one.js"),
    "other": _css("js/d.js", output="gen/other.js"),
    "of_app": _css("shop/g.js", output="gen/of_app.js", extra_context={"defer": True}),
    "strict": _css("js/strict.js", output="gen/strict.js"),
    "templates": _css("js/a.js", "views/*.jst", "views/*/*.jst", output="gen/templates.js"),
    "template": _css("views/user/*.jst", output="gen/template.js"),
}
PAGE: Final = "".join(
    [
        '{% load pipeline %}<!doctype html><html><head><link rel="icon" href="data:,">',
        *(f'{{% stylesheet "{name}" %}}\n' for name in STYLESHEETS),
        *(f'{{% javascript "{name}" %}}\n' for name in JAVASCRIPT),
        '{% stylesheet "unknown" %}{% javascript variable %}</head>',
        '<body><p class="a">a</p><p class="b">b</p><p class="c">c</p><p class="d e">d</p></body></html>',
    ]
)
_SETTINGS: Final = """
from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "of no use"
ALLOWED_HOSTS = ["testserver"]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "site"]
INSTALLED_APPS = ["pipeline", "django.contrib.staticfiles", "shop"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True}]
STORAGES = {"staticfiles": {"BACKEND": "pipeline.storage.PipelineStorage"}}
"""


def settings(**more: Any) -> str:
    """The settings module, with more keys of `PIPELINE`."""
    pipeline = {
        "PIPELINE_ENABLED": True,
        "CSS_COMPRESSOR": None,
        "JS_COMPRESSOR": None,
        "COMPILERS": ["pipeline.compilers.sass.SASSCompiler"],
        "STYLESHEETS": STYLESHEETS,
        "JAVASCRIPT": JAVASCRIPT,
        **more,
    }
    return f"{_SETTINGS}PIPELINE = {pipeline!r}\n"


OURS: Final = """
INSTALLED_APPS[0] = "buildassets.compat.pipeline"
INSTALLED_APPS.append("buildassets.runtime.django")
BUILDASSETS = {"manifest": BASE_DIR / "build/manifest.json"}
"""
_START: Final = """
import json, os, sys
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "shop_settings"
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
"""
_PEER: Final = """
call_command("collectstatic", verbosity=0, interactive=False)
packages = {"css": settings.PIPELINE["STYLESHEETS"], "js": settings.PIPELINE["JAVASCRIPT"]}
texts = {f"{kind} {name}": (settings.STATIC_ROOT / one["output_filename"]).read_text()
    for kind, named in packages.items() for name, one in named.items()}
print("\\n\\n" + json.dumps({"texts": texts, "page": render_to_string("page.html", {"variable": "plain"})}))
"""
_US: Final = """
import io
errors = io.StringIO()
call_command("assets", "build", *ARGUMENTS, stderr=errors)
manifest = json.loads((settings.BASE_DIR / "build/manifest.json").read_text())
def text(block):
    files = [manifest["assets"][one["asset"]]["file"] for one in block]
    return "".join((settings.BASE_DIR / "build/assets" / file).read_text() for file in files)
texts = {key.removeprefix("pipeline "): text(block) for key, block in manifest.get("blocks", {}).items()}
page = render_to_string("page.html", {"variable": "plain"})
print("\\n\\n" + json.dumps({"texts": texts, "page": page, "printed": errors.getvalue()}))
"""


def of_peer(folder: Path, **more: Any) -> Any:
    """Build the site in `folder` with django-pipeline; return its packages and its page."""
    sass = f"{Path(peers_python()).parent}/pysassc"
    text = settings(SASS_BINARY=sass, **more)
    write_tree(folder, {**FILES, "shop_settings.py": text, "templates/page.html": PAGE})
    return run_peer(folder, _START + _PEER)


def of_us(folder: Path, *arguments: str, page: str = PAGE, files: Tree | None = None, **more: Any) -> Any:
    """Build the same site with buildassets."""
    config = {"buildassets.toml": "compress = []\nsources = []\n", "templates/page.html": page}
    write_tree(folder, {**FILES, "shop_settings.py": settings(**more) + OURS, **config, **(files or {})})
    return shown(folder, f"ARGUMENTS = {arguments!r}\n{_START}{_US}")


def shown(folder: Path, program: str) -> Any:
    """Return the JSON behind the last empty line that `program`, which uses Django, prints in `folder`."""
    settle()
    done = run_in_fork(folder, program)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("\n\n")[2])
