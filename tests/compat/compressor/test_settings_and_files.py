"""Settings, finder and storages answer a project as those of the real django-compressor do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from buildassets.compat.compressor.compile.meanings import MEANINGS
from buildassets.compat.compressor.run.defaults import DEFAULTS
from tests.compat.compressor.site import block, css, site
from tests.compat.compressor.theirs import their_python
from tests.conftest import write_tree

_BEGIN: Final = """
import json, os, sys
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

asked = json.loads(sys.argv[1])
ours = asked["side"] == "ours"
mine = ["buildassets.compat.compressor", "buildassets.runtime.django"] if ours else ["compressor"]
storage = "buildassets.runtime.django.storage.Release" if ours else "django.contrib.staticfiles.storage."
finders = ["django.contrib.staticfiles.finders." + one for one in ("FileSystemFinder", "AppDirectoriesFinder")]
settings.configure(**{
    "SECRET_KEY": "of no use",
    "STATIC_URL": "/static/",
    "STATIC_ROOT": "collected",
    "STATICFILES_DIRS": ["site"],
    "STATICFILES_FINDERS": [*finders, "compressor.finders.CompressorFinder"],
    "INSTALLED_APPS": [*mine, "django.contrib.staticfiles"],
    "TEMPLATES": [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": ["templates"], "APP_DIRS": True},
        {"BACKEND": "django.template.backends.jinja2.Jinja2"},
    ],
    "STORAGES": {"staticfiles": {"BACKEND": storage + "StaticFilesStorage"}},
    "BUILDASSETS": {"manifest": "build/manifest.json"},
    "COMPRESS_OFFLINE": True,
    **asked["settings"],
})
found = {}
try:
    django.setup()
except ImproperlyConfigured as fault:
    found["fault"] = type(fault).__name__
else:
    exec(asked["program"])
print(json.dumps(found).replace(os.getcwd(), "HERE"))
"""
_SETTINGS: Final = """
names = [name for name in dir(settings) if name.startswith("COMPRESS")]
found = {name: repr(getattr(settings, name)) for name in names if not callable(getattr(settings, name))}
found["environment"] = str(type(settings.COMPRESS_JINJA2_GET_ENVIRONMENT()))
found["types"] = {name: type(getattr(settings, name)).__name__ for name in names}
import compressor.conf
found["same"] = compressor.conf.settings is settings
"""
_STORAGES: Final = """
from compressor import storage
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import storages


def described(one):
    names = [one.save("own/a.txt", ContentFile(text)) for text in ("one" * 99, "two" * 99)]
    with one.open("own/a.txt") as file:
        text = file.read().decode()
    times = [getattr(one, f"{kind}_time")("own/a.txt") for kind in ("accessed", "created", "modified")]
    return {
        "names": names, "text": text, "url": one.url("own/a.txt"), "path": one.path("own/a.txt"),
        "times": [isinstance(time, datetime) and time.tzinfo is None for time in times],
        "folder": sorted(os.listdir(one.path("own"))), "location": one.location, "base": one.base_url,
    }


kinds = ("Compressor", "GzipCompressor", "BrotliCompressor", "OfflineManifest")
for kind in kinds:
    found[kind] = described(getattr(storage, f"{kind}FileStorage")())
    for name in os.listdir(getattr(storage, f"{kind}FileStorage")().path("own")):
        os.remove(getattr(storage, f"{kind}FileStorage")().path(f"own/{name}"))
found["other place"] = described(storage.CompressorFileStorage("elsewhere", "/e/"))
lazy = ("compressor_file_storage", "default_storage", "default_offline_manifest_storage")
found["default"] = {name: getattr(storage, name).path("a") for name in lazy}
found["by alias"] = [storages["compressor"] is storage.get_storage(), type(storage.get_storage()).__name__]
from compressor.finders import CompressorFinder
finder = CompressorFinder()
storage.default_storage.save("there.txt", ContentFile("x"))
found["finder"] = [
    finder.find("there.txt"), finder.find("there.txt", find_all=True), finder.find("gone.txt"),
    finder.find("gone.txt", find_all=True), list(finder.list([])),
    type(finder.storage).__name__, finders.find("there.txt"), finders.find("gone.txt"),
]
"""
_NAMES: Final = """
from compressor import finders, storage
for module in (finders, storage):
    for name, value in vars(module).items():
        if getattr(value, "__module__", "").startswith(("compressor.", "buildassets.compat.")):
            found[name] = [one for one in dir(value) if not one.startswith("_")]
"""
_STATIC: Final = """
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
name = staticfiles_storage.save("backups/one.zip", ContentFile("zip"))
found["static"] = [name, staticfiles_storage.url(name), staticfiles_storage.exists(name)]
staticfiles_storage.delete(name)
"""
_FIND: Final = """
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import render_to_string
call_command("compress", verbosity=0)
url = render_to_string("page.html").partition('href="')[2].partition('"')[0]
path = finders.find(url.replace(settings.STATIC_URL, ""))
found["compressed"] = [url.startswith("/static/CACHE/css/output."), Path(path).read_text().strip() if path else None]
"""


_FINDERS: Final = [f"django.contrib.staticfiles.finders.{name}Finder" for name in ("FileSystem", "AppDirectories")]


def answers(side: str, folder: Path, program: str, **settings: Any) -> Any:
    """Return the answers that a project gets from one of the two."""
    page = block("css", css("a.css"))
    write_tree(folder / side, {"site/a.css": "a{top:0}", "templates/page.html": page, "elsewhere/none": ""})
    asked = json.dumps({"side": side, "program": program, "settings": settings})
    python = their_python() if side == "theirs" else sys.executable
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [python, "-c", _BEGIN, asked]
    done = subprocess.run(command, cwd=folder / side, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CASES: Final[dict[str, dict[str, Any]]] = {
    "defaults": {},
    "own values": {
        "COMPRESS_URL": "/c/",
        "COMPRESS_ROOT": "own",
        "COMPRESS_ENABLED": False,
        "COMPRESS_OUTPUT_DIR": "out",
        "COMPRESS_PRECOMPILERS": [["text/x", "cat"]],
        "COMPRESS_CACHE_BACKEND": "other",
    },
    "under DEBUG": {"DEBUG": True, "COMPRESS_OFFLINE_CONTEXT": [], "COMPRESS_TEMPLATE_FILTER_CONTEXT": {"a": 1}},
    "no slash": {"COMPRESS_URL": "/c"},
    "no slash at STATIC_URL": {"STATIC_URL": "https://host/static"},
    "no list": {"COMPRESS_PRECOMPILERS": {"text/x": "cat"}},
}


@pytest.mark.parametrize("case", CASES)
def test_settings_have_the_same_values_types_and_checks(case: str, tmp_path: Path) -> None:
    theirs, ours = (answers(side, tmp_path, _SETTINGS, **CASES[case]) for side in ("theirs", "ours"))
    assert ours == theirs


@pytest.mark.parametrize("case", ["defaults", "own values"])
def test_storages_and_finder_answer_alike(case: str, tmp_path: Path) -> None:
    theirs, ours = (answers(side, tmp_path, _STORAGES, **CASES[case]) for side in ("theirs", "ours"))
    assert ours == theirs


def test_storages_and_finder_have_all_names_of_the_real_ones(tmp_path: Path) -> None:
    theirs, ours = (answers(side, tmp_path, _NAMES) for side in ("theirs", "ours"))
    assert {"CompressorFinder", "CompressorFileStorage", "get_storage", "default_storage"} <= theirs.keys()
    missing = {name: sorted({*names} - {*ours.get(name, ())}) for name, names in theirs.items()}
    assert {name: names for name, names in missing.items() if names or name not in ours} == {}


def test_file_that_an_application_saves_has_a_url(tmp_path: Path) -> None:
    theirs, ours = (answers(side, tmp_path, _STATIC) for side in ("theirs", "ours"))
    assert ours == theirs


def test_finder_has_the_file_of_a_block(tmp_path: Path) -> None:
    theirs, ours = (answers(side, tmp_path, _FIND) for side in ("theirs", "ours"))
    assert ours == theirs


def test_finder_has_blocks_by_url_and_by_logical_path_and_no_source(tmp_path: Path) -> None:
    program = (
        "import json\nfind = __import__('compressor.finders').finders.CompressorFinder().find\n"
        "(tag,), = json.loads(Path('build/manifest.json').read_text())['blocks'].values()\n"
        "url = engines['django'].get_template('page.html').render({}).partition('href=\"')[2].partition('\"')[0]\n"
        "found['paths'] = [find(one) for one in (url, f'{url}?a', url.removeprefix('/static/'), tag['asset'])]\n"
        "found['gone'] = [find(one, True) for one in ('css/two.css', 'css/gone.css', '')]\n"
    )
    made = site(
        tmp_path, block("css", css("css/two.css")), program=program, STATIC_ROOT=None, COMPRESS_OUTPUT_DIR="css"
    ).found
    assert len(set(made["paths"])) == 1
    assert Path(made["paths"][0]).read_text() == "p{color:#ffffff}\n"
    assert made["gone"] == [[], [], []]


def test_build_finds_no_file_of_the_release_before_it(tmp_path: Path) -> None:
    files = {"site/css/old.css": "a { top: 0 }"}
    chosen: dict[str, Any] = {"STATICFILES_FINDERS": [*_FINDERS, "compressor.finders.CompressorFinder"]}
    site(tmp_path, block("css", css("css/old.css")), files={**files}, **chosen)
    (tmp_path / "site/css/old.css").unlink()
    assert site(tmp_path, block("css", css("css/old.css")), pages=[], **chosen).codes() == ["error[compressor/missing]"]


def test_every_setting_with_a_default_has_a_meaning() -> None:
    older = {"COMPRESS_CSS_FILTERS", "COMPRESS_JS_FILTERS"}
    assert MEANINGS.keys() - older == DEFAULTS.keys()


def test_finder_has_the_file_of_a_block_also_where_django_compressor_is_installed(tmp_path: Path) -> None:
    theirs = "from django.contrib.staticfiles.finders import FileSystemFinder as CompressorFinder\n"
    signals = "from django.dispatch import Signal\npost_compress, installed = Signal(), True\n"
    files = {"compressor/__init__.py": "", "compressor/finders.py": theirs, "compressor/signals.py": signals}
    program = (
        "from django.contrib.staticfiles import finders\nfrom compressor.signals import installed\n"
        "url = engines['django'].get_template('page.html').render({}).partition('href=\"')[2].partition('\"')[0]\n"
        "found['text'] = Path(finders.find(url.removeprefix('/static/'))).read_text()\n"
    )
    chosen: dict[str, Any] = {"STATICFILES_FINDERS": ["compressor.finders.CompressorFinder", *_FINDERS]}
    made = site(tmp_path, block("css", css("css/two.css")), files={**files}, program=program, **chosen)
    assert made.found["text"] == "p{color:#ffffff}\n"
