"""`migrate django`, `whitenoise` and `pipeline`: each line of the settings, and a build of what is written."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
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
    found = [one for one in json.loads(done.stdout)["lines"] if one["file"] == "conf/settings.py"]
    numbered = [(one["line"] - HEAD.count("\n"), one["outcome"]) for one in found]
    lines = [(number, outcome) for number, outcome in numbered if number > 0]
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
    assert lines == [(1, "taken over"), (2, "taken over"), *taken, (7, "changed"), (11, "changed")]
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
        *((8, "changed"), (9, "changed"), (13, "taken over"), (15, "changed")),
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
    assert lines[7:] == [
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
def test_project_without_its_own_static_folder_is_built_by_its_command(tmp_path: Path, system: str) -> None:
    settings = 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATICFILES_DIRS = "front"\n'
    tree = {"manage.py": SITE["manage.py"], "conf/__init__.py": "", "conf/settings.py": f"{HEAD}{settings}"}
    done = run_buildassets(write_tree(tmp_path, tree), "migrate", system, "--write", "--json")
    text, own = (
        one
        for one in json.loads(done.stdout)["lines"]
        if "`STATICFILES_DIRS`" in one["note"] or one["file"] == "manage.py"
    )
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
    sources = ["front", {"path": "more", "prefix": "more"}]
    assert config == {"sources": sources, "pipeline": "conf.settings", "engines": {"js": "none"}}
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
        *[("conf/settings/live.py", 1)] * 3,
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


def listed(
    folder: Path, system: str, settings: str, *options: str
) -> tuple[dict[int, tuple[str, str]], dict[str, Any]]:
    """The outcomes and notes by lines of settings behind the head, and the configuration that is printed."""
    write_tree(folder, {**SITE, "conf/settings.py": HEAD + settings})
    done = run_buildassets(folder, "migrate", system, "--json", *options)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    lines = [one for one in found["lines"] if one["file"] == "conf/settings.py" and one["line"] > HEAD.count("\n")]
    return {one["line"] - HEAD.count("\n"): (one["outcome"], one["note"]) for one in lines}, tomllib.loads(
        found["file"]
    )


def test_folder_that_is_inserted_first_is_the_first_source_root(tmp_path: Path) -> None:
    settings = 'STATICFILES_DIRS = [BASE_DIR / "front"]\nSTATICFILES_DIRS.insert(0, BASE_DIR / "more")\n'
    lines, config, _ = migrated(tmp_path, "django", settings)
    assert (lines, config["sources"]) == ([(1, "taken over"), (2, "taken over")], ["more", "front"])


@pytest.mark.parametrize(
    "change", ['STATICFILES_DIRS.remove("front")', "STATICFILES_DIRS[0] = os.name", "del STATICFILES_DIRS[0]"]
)
def test_change_of_a_list_that_is_not_understood_is_left_to_a_person(tmp_path: Path, change: str) -> None:
    lines, config = listed(tmp_path, "django", f'STATICFILES_DIRS = ["front", "more"]\n{change}\n')
    assert {number: outcome for number, (outcome, _) in lines.items()} == {1: "not possible", 2: "not possible"}
    assert lines[2][1].startswith("`STATICFILES_DIRS` is computed: name the folders in `sources`")
    assert "sources" not in config


def test_what_an_unknown_condition_decides_is_left_to_a_person(tmp_path: Path) -> None:
    settings = """if os.getenv("X"):
    STATIC_URL = "https://cdn.example.com/"
else:
    STATIC_URL = "/static/"
STATICFILES_DIRS = ["front"]
"""
    lines, config = listed(tmp_path, "django", settings)
    assert (lines[2], lines[5][0], config) == (lines[4], "taken over", {"sources": ["front"]})
    assert lines[2][0] == "not possible"
    assert lines[2][1].startswith("`STATIC_URL` depends on a condition: write its value as `url`")


def test_what_a_false_condition_leaves_out_is_reported(tmp_path: Path) -> None:
    settings = 'DEBUG = False\nSTATIC_URL = "/static/"\nif DEBUG:\n    STATIC_URL = "/debug/"\n'
    lines, config = listed(tmp_path, "django", settings)
    assert (lines[2][0], config["url"]) == ("taken over", "/static/")
    assert lines[4] == ("not possible", "`STATIC_URL`: its condition is false with these settings, so it is left out")


def test_application_on_a_condition_matters_only_with_static_files_of_the_project(tmp_path: Path) -> None:
    settings = 'INSTALLED_APPS = ["a"]\nif os.getenv("X"):\n    INSTALLED_APPS += ["NAME"]\n'
    assert listed(tmp_path, "django", settings.replace("NAME", "debug_toolbar"))[0] == {}
    lines, _ = listed(tmp_path, "django", settings.replace("NAME", "shop"))
    assert [*lines] == [3]
    assert lines[3][1].startswith("`INSTALLED_APPS` depends on a condition")


def test_statement_that_may_change_any_setting_is_listed_and_settings_are_imported(tmp_path: Path) -> None:
    settings = """STATICFILES_DIRS = ["front"]
globals().update(STATICFILES_DIRS=[BASE_DIR / "more"], STATIC_URL="/static/")
INSTALLED_APPS = ["django.contrib.staticfiles"]
"""
    lines, _ = listed(tmp_path, "django", settings)
    assert lines[2][0] == "not possible"
    assert lines[2][1].startswith("it may change any setting, and is not run here")
    assert listed(tmp_path, "django", settings, "--settings", "conf.settings")[1]["sources"] == ["more"]


def test_computed_application_hides_no_instruction_for_the_others(tmp_path: Path) -> None:
    settings = """STATIC_URL = "/static/"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "compressor",
    *os.getenv("X"),
]
INSTALLED_APPS += os.getenv("Y")
"""
    lines, _ = listed(tmp_path, "compressor", settings)
    assert {number: outcome for number, (outcome, _) in lines.items()} == {
        1: "taken over",
        3: "changed",
        4: "changed",
        5: "not possible",
        7: "not possible",
    }
    assert lines[4][1].startswith("`compressor`: put")


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        ("build(static_root='x', bundles={})", ["every build reads it unchanged"]),
        ("dict({'JS_COMPRESSOR': None}, static_root='x')", ["`JS_COMPRESSOR`: it is", "`static_root`: no key"]),
    ],
)
def test_arguments_of_a_function_that_makes_pipeline_are_not_keys_of_it(
    tmp_path: Path, value: str, notes: list[str]
) -> None:
    lines, _ = listed(tmp_path, "pipeline", f"PIPELINE = {value}\n")
    assert all(note in lines[1][1] for note in notes)
    assert ("no key" in lines[1][1]) == ("no key" in str(notes))


@pytest.mark.parametrize("system", ["django", "whitenoise", "pipeline", "compressor"])
def test_missing_needs_of_our_storage_are_listed(tmp_path: Path, system: str) -> None:
    before = 'INSTALLED_APPS = [\n    "SYSTEM",\n    "django.contrib.staticfiles",\n]\nSTATIC_URL = "/static/"\n'
    notes = notes_of(tmp_path, system, before.replace("SYSTEM", system))
    assert notes["conf/settings.py", 7] == "`django.contrib.staticfiles`: put `buildassets.runtime.django` before it"
    assert '`BUILDASSETS`: add `{"manifest": BASE_DIR / "build/manifest.json"}`' in notes["conf/settings.py", 1]
    assert "`STORAGES`: for `staticfiles` let it be `buildassets.runtime" in notes["conf/settings.py", 1]
    after = before.replace("SYSTEM", "buildassets.runtime.django")
    done = 'BUILDASSETS = {"manifest": None}\nSTORAGES = {}\n'
    places = [
        place for place in notes_of(tmp_path, system, after + done) if place[0] not in ("manage.py", "buildassets.toml")
    ]
    assert places == [("conf/settings.py", 9)]


def notes_of(folder: Path, system: str, settings: str) -> dict[tuple[str, int], str]:
    """The notes of all lines, by their places."""
    done = run_buildassets(
        write_tree(folder, {"manage.py": SITE["manage.py"], "conf/settings.py": HEAD + settings}),
        "migrate",
        system,
        "--json",
    )
    found: dict[tuple[str, int], str] = {}
    for one in json.loads(done.stdout)["lines"]:
        place = (one["file"], one["line"])
        found[place] = f"{found.get(place, '')}{one['note']}"
    return found


@pytest.mark.parametrize(
    ("base", "location"),
    [
        ("Path(__file__).parent.parent", 'BASE_DIR / "build/manifest.json"'),
        ("os.path.dirname(os.path.dirname(__file__))", 'os.path.join(BASE_DIR, "build", "manifest.json")'),
        ("os.getcwd()", 'Path(__file__).resolve().parent.parent / "build/manifest.json"'),
    ],
)
def test_location_of_the_manifest_is_written_as_the_base_folder_is(tmp_path: Path, base: str, location: str) -> None:
    notes = notes_of(tmp_path, "django", f"BASE_DIR = {base}\n")
    assert f'`BUILDASSETS`: add `{{"manifest": {location}}}`' in notes["conf/settings.py", 1]


@pytest.mark.parametrize("setting", ['STORAGES = {"staticfiles": {"BACKEND": "NAME"}}', 'STATICFILES_STORAGE = "NAME"'])
def test_storage_of_another_package_is_listed(tmp_path: Path, setting: str) -> None:
    name = "storages.backends.s3.S3StaticStorage"
    notes = notes_of(tmp_path, "django", setting.replace("NAME", name))
    assert notes["conf/settings.py", 5].startswith(f"`{name}`: let it be `buildassets.runtime.django.storage.Release")


def test_missing_dependency_of_the_settings_is_named_in_the_hint(tmp_path: Path) -> None:
    files: Tree = {"manage.py": SITE["manage.py"], "conf/settings.py": "import no_such.part\nSTATIC_URL = no_such.x\n"}
    done = run_buildassets(write_tree(tmp_path, files), "migrate", "django", "--settings", "conf.settings")
    assert done.returncode == 2
    assert (
        "hint: install the project's requirements in the environment that this runs in, which lacks `no_such`"
        in done.stderr
    )


def test_media_types_of_whitenoise_on_a_condition_are_left_to_a_person(tmp_path: Path) -> None:
    settings = 'WHITENOISE_MIMETYPES = {".x": "a/b"}\nif os.name:\n    WHITENOISE_MIMETYPES[".y"] = "a/c"\n'
    lines, config = listed(tmp_path, "whitenoise", settings)
    assert (lines[1][0], config["types"]) == ("taken over", {".x": "a/b"})
    assert lines[3] == (
        "not possible",
        "`WHITENOISE_MIMETYPES` depends on a condition: write it into `types`, by suffix",
    )


@pytest.mark.parametrize("system", ["compressor", "django", "whitenoise"])
def test_settings_outside_of_the_project_are_taken_from_what_they_load(tmp_path: Path, system: str) -> None:
    site = write_tree(tmp_path, {"templates/a.html": ""})
    done = run_buildassets(site, "migrate", system, "--settings", "django.conf.global_settings", "--json")
    assert done.returncode == 0, done.stdout
    assert "django/conf/global_settings.py" in {one["file"] for one in json.loads(done.stdout)["lines"]}


WITHOUT_MANAGE: Tree = {"shop/settings.py": 'INSTALLED_APPS = []\nSTATIC_URL = "/s/"\n'}


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"shop/wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'},
        {"pyproject.toml": '[tool.pytest.ini_options]\nDJANGO_SETTINGS_MODULE = "shop.settings"\n'},
        {"shop/wsgi.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.local")\n'},
        {
            "setup.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n',
            "other/conf.py": "INSTALLED_APPS = []",
        },
        {"manage.py": "import shop\n"},
    ],
    ids=["alone", "wsgi", "pyproject", "absent", "setup", "manage"],
)
def test_settings_are_found_without_a_manage_py_that_names_them(named: Tree, tmp_path: Path) -> None:
    done = run_buildassets(write_tree(tmp_path, {**WITHOUT_MANAGE, **named}), "migrate", "compressor")
    assert done.returncode == 0, done.stderr
    assert 'url = "/s/"' in done.stdout


@pytest.mark.parametrize("named", [{}, {"shop/wsgi.py": '"DJANGO_SETTINGS_MODULE", "shop.local"'}])
def test_of_several_modules_of_settings_a_person_names_one(named: Tree, tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**WITHOUT_MANAGE, **named, "shop/docker.py": "INSTALLED_APPS = []\n"})
    done = run_buildassets(folder, "migrate", "compressor")
    assert done.returncode == 2
    assert "`DJANGO_SETTINGS_MODULE=shop.docker` or `DJANGO_SETTINGS_MODULE=shop.settings`" in done.stderr
    assert run(folder, "migrate", "compressor", DJANGO_SETTINGS_MODULE="shop.settings").returncode == 0


def test_a_folder_without_settings_of_django_has_nothing_to_migrate(tmp_path: Path) -> None:
    done = run_buildassets(tmp_path, "migrate", "compressor")
    assert done.returncode == 2
    assert "error[migrate/none]" in done.stderr
