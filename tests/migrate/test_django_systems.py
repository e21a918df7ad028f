"""`migrate django`, `whitenoise` and `pipeline`: each line of the settings, and a build of what is written."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Tree, read_tree, write_tree
from tests.runtime.django.forks import run_buildassets

HEAD = """import os
from pathlib import Path
BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = "of no use"
"""
SITE: Tree = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf.settings")\n',
    "conf/__init__.py": "",
    "front/css/a.css": "a { background: url(../img/x.png) }",
    "front/css/s.scss": "a { b { top: 0 } }",
    "front/js/a.js": "a()",
    "front/img/x.png": b"png",
    "more/m.css": "m { top: 0 }",
    "shop/__init__.py": "",
    "shop/static/shop/s.js": "s()",
}
STATIC = """STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
STATICFILES_DIRS = [
    BASE_DIR / "front",
    ("more", BASE_DIR / "more"),
]
"""
Lines = list[tuple[int, str]]


def migrated(folder: Path, system: str, settings: str) -> tuple[Lines, dict[str, Any], list[str]]:
    """The outcomes by lines behind the head, our configuration, and the assets of a build with it."""
    before = read_tree(write_tree(folder, {**SITE, "conf/settings.py": HEAD + settings}))
    done = run_buildassets(folder, "migrate", system, "--write", "--json")
    assert done.returncode == 0, done.stderr
    written = (folder / "buildassets.toml").read_bytes()
    assert read_tree(folder) == {**before, "buildassets.toml": written}
    built = run_buildassets(folder, "build", "-q")
    assert built.returncode == 0, built.stderr
    lines = [(one["line"] - HEAD.count("\n"), one["outcome"]) for one in json.loads(done.stdout)["lines"]]
    assets = json.loads((folder / "build/manifest.json").read_text())["assets"]
    return lines, tomllib.loads(written.decode()), [*assets]


def test_static_files_of_django(tmp_path: Path) -> None:
    settings = f"""{STATIC}INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
STORAGES = {{
    "default": {{"BACKEND": "django.core.files.storage.FileSystemStorage"}},
    "staticfiles": {{
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    }},
}}
"""
    lines, config, assets = migrated(tmp_path, "django", settings)
    taken = [(line, "taken over") for line in (3, 4, 5, 6)]
    assert lines == [(1, "taken over"), (2, "changed"), *taken, (11, "changed")]
    sources = ["front", {"path": "more", "prefix": "more"}, "shop/static"]
    assert config == {"sources": sources, "url": "/static/"}
    assert assets == ["css/a.css", "css/s.css", "img/x.png", "js/a.js", "more/m.css", "shop/s.js"]


def test_whitenoise(tmp_path: Path) -> None:
    settings = f"""{STATIC}INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
]
STATICFILES_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
WHITENOISE_MIMETYPES = {{".foobar": "application/x-foobar"}}
WHITENOISE_ROOT = BASE_DIR / "front/js"
WHITENOISE_MAXAGE = 3
"""
    lines, config, _ = migrated(tmp_path, "whitenoise", settings)
    assert lines[6:] == [
        *((8, "changed"), (13, "taken over"), (15, "changed")),
        *((16, "taken over"), (17, "not possible"), (18, "not possible")),
    ]
    assert config["types"] == {".foobar": "application/x-foobar"}


def test_media_types_of_whitenoise_that_types_cannot_have_are_reported(tmp_path: Path) -> None:
    settings = f"""{STATIC}INSTALLED_APPS = ["django.contrib.staticfiles"]
WHITENOISE_MIMETYPES = {{"apple-app-site-association": "application/json", ".x": "a/b"}}
WHITENOISE_MIMETYPES = {{
    ".tar.gz": "a/c",
    ".y": "a/d",
    ".z": "a/e; charset=utf-8",
    ".w": os.name,
}}
WHITENOISE_MIMETYPES = dict(x=os.name)
"""
    lines, config, _ = migrated(tmp_path, "whitenoise", settings)
    assert lines[6:] == [
        *((8, "not possible"), (9, "taken over"), (10, "not possible"), (11, "taken over"), (12, "not possible")),
        *((13, "not possible"), (14, "taken over"), (15, "not possible")),
    ]
    assert config["types"] == {".x": "a/b", ".y": "a/d"}
    note = "`apple-app-site-association`: `types` has the last suffix in lower case"
    assert note in run_buildassets(tmp_path, "migrate", "whitenoise").stdout


@pytest.mark.parametrize(
    ("dirs", "outcomes"),
    [
        ('["front", "nope"]', {2: "not possible"}),
        ('[\n    "front",\n    ("x", BASE_DIR / "nope"),\n]', {2: "taken over", 3: "taken over", 4: "not possible"}),
        ('["front"] + ["nope"]', {2: "not possible"}),
    ],
)
def test_static_folder_that_is_not_there_is_reported(tmp_path: Path, dirs: str, outcomes: dict[int, str]) -> None:
    settings = f'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATICFILES_DIRS = {dirs}\n'
    lines, config, _ = migrated(tmp_path, "django", settings)
    assert {line: outcome for line, outcome in lines if line in outcomes} == outcomes
    assert config == {"sources": ["front"]}
    printed = run_buildassets(tmp_path, "migrate", "django").stdout
    assert "there is no folder `nope`: make it, or remove it here" in printed


@pytest.mark.parametrize("system", ["django", "whitenoise"])
def test_project_without_static_folder_of_its_own_is_built_by_its_command(tmp_path: Path, system: str) -> None:
    settings = 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATICFILES_DIRS = "front"\n'
    tree = {"manage.py": SITE["manage.py"], "conf/__init__.py": "", "conf/settings.py": f"{HEAD}{settings}"}
    done = run_buildassets(write_tree(tmp_path, tree), "migrate", system, "--write", "--json")
    text, own = json.loads(done.stdout)["lines"]
    assert (text["outcome"], text["note"]) == (
        "not possible",
        "`STATICFILES_DIRS` is a text, whose letters are taken for paths: write a list",
    )
    assert (own["file"], own["outcome"]) == ("manage.py", "changed")
    assert "build with `manage.py assets build`" in own["note"]
    assert tomllib.loads((tmp_path / "buildassets.toml").read_text()) == {}


def test_pipeline(tmp_path: Path) -> None:
    settings = f"""{STATIC}INSTALLED_APPS = ["pipeline", "django.contrib.staticfiles", "shop"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "pipeline.finders.PipelineFinder",
]
STATICFILES_STORAGE = "pipeline.storage.PipelineManifestStorage"
PIPELINE = {{
    "STYLESHEETS": {{
        "site": {{
            "source_filenames": (
                "css/s.scss",
                "css/*.css",
            ),
            "output_filename": "gen/site.css",
            "compiler_options": {{}},
        }},
    }},
    "JAVASCRIPT": {{"site": {{"source_filenames": ["js/*.js"], "output_filename": "gen/site.js"}}}},
    "JS_COMPRESSOR": None,
    "COMPILERS": (
        "pipeline.compilers.sass.SASSCompiler",
        "pipeline.compilers.less.LessCompiler",
    ),
}}
PIPELINE["SASS_BINARY"] = "sass"
"""
    lines, config, assets = migrated(tmp_path, "pipeline", settings)
    assert lines[6:] == [
        *((7, "changed"), (8, "taken over"), (9, "taken over"), (10, "changed"), (11, "taken over"), (12, "changed")),
        *((line, "taken over") for line in range(13, 20)),
        *((20, "taken over"), (21, "not possible"), (22, "taken over"), (23, "taken over"), (24, "taken over")),
        *((25, "taken over"), (26, "taken over"), (27, "taken over"), (28, "not possible"), (29, "taken over")),
        *((30, "taken over"), (31, "changed")),
    ]
    assert config == {"pipeline": "conf.settings", "engines": {"js": "none"}}
    note = '`JS_COMPRESSOR`: it is `js = "none"` in `engines`'
    assert note in run_buildassets(tmp_path, "migrate", "pipeline").stdout
    assert {"gen/site.css", "gen/site.js", "img/x.png", "more/m.css"} <= {*assets}


def test_settings_packages_and_applications_of_the_project_are_read(tmp_path: Path) -> None:
    tree: Tree = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "conf.settings.live")\n',
        "conf/settings/base.py": 'THIRD_PARTY = ["whitenoise.runserver_nostatic"]\n'
        'INSTALLED_APPS = [*THIRD_PARTY, "shop.apps.ShopConfig", "django.contrib.admin"]\nSTATIC_URL = "static/"\n',
        "conf/settings/live.py": "from .base import *\nINSTALLED_APPS += ['cart']\nDEBUG = env('DEBUG')\n",
        "shop/static/shop/s.js": "s()",
        "apps/cart/static/cart/c.js": "c()",
    }
    done = run_buildassets(write_tree(tmp_path, tree), "migrate", "whitenoise", "--json")
    found = json.loads(done.stdout)
    assert tomllib.loads(found["file"]) == {"sources": ["shop/static", "apps/cart/static"], "url": "/static/"}
    assert [(one["file"], one["line"]) for one in found["lines"]] == [
        ("conf/settings/base.py", 1),
        ("conf/settings/base.py", 3),
    ]


@pytest.mark.parametrize("system", ["django", "pipeline", "whitenoise"])
def test_missing_settings_are_reported(tmp_path: Path, system: str) -> None:
    done = run_buildassets(tmp_path, "migrate", system)
    assert (done.returncode, "error[migrate/none]: there is no `manage.py`" in done.stderr) == (2, True)


def test_settings_without_a_file_are_an_error(tmp_path: Path) -> None:
    done = run_buildassets(write_tree(tmp_path, {"manage.py": SITE["manage.py"]}), "migrate", "django")
    assert done.returncode == 2
    assert "error[migrate/settings]: there is no file of the settings `conf.settings` here" in done.stderr


def test_settings_that_cannot_be_loaded_are_an_error(tmp_path: Path) -> None:
    done = run_buildassets(tmp_path, "migrate", "django", "--settings", "no_such")
    assert (done.returncode, "error[migrate/settings]: cannot load the settings `no_such`" in done.stderr) == (2, True)
