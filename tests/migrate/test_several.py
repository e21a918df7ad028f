"""`migrate` of several systems at once: each line once, and one configuration that builds."""

import json
import tomllib
from pathlib import Path

from buildassets.migrate.plan import Accounted, Plan, merged
from tests.command import run
from tests.conftest import Tree, write_tree
from tests.runtime.django.forks import run_buildassets


def test_propshaft_with_importmap(tmp_path: Path) -> None:
    files: Tree = {
        "config/importmap.rb": 'pin "application"\n',
        "config/initializers/assets.rb": 'config.assets.version = "1"\n',
        "app/assets/stylesheets/a.css": "a { top: 0 }",
        "app/javascript/application.js": "a()",
    }
    done = run(write_tree(tmp_path, files), "migrate", "propshaft", "importmap", "--write", "--json")
    found = json.loads(done.stdout)
    assert found["systems"] == ["propshaft", "importmap"]
    assert [one["file"] for one in found["lines"]] == ["config/initializers/assets.rb", "config/importmap.rb"]
    assert tomllib.loads(found["file"]) == {
        "sources": ["app/assets/stylesheets", "app/javascript"],
        "url": "/assets/",
        "url_prefixes": ["/"],
        "importmap": {"application": "application.js"},
    }
    assert run(tmp_path, "build", "-q").returncode == 0


def test_compressor_with_whitenoise_and_vite(tmp_path: Path) -> None:
    settings = """INSTALLED_APPS = [
    "compressor",
    "whitenoise.runserver_nostatic",
    "django_vite",
]
STATIC_URL = "/static/"
STATICFILES_DIRS = ["static"]
COMPRESS_OFFLINE = True
"""
    files: Tree = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n',
        "site_settings.py": settings,
        "static/a.css": "",
        "vite.config.js": 'export default { base: "/vite/", build: { outDir: "static/dist", manifest: true } };',
    }
    write_tree(tmp_path, files)
    done = run_buildassets(
        tmp_path, "migrate", "compressor", "whitenoise", "vite", "--settings", "site_settings", "--json"
    )
    found = json.loads(done.stdout)
    lines = [(one["file"], one["line"], one["text"]) for one in found["lines"]]
    assert len(lines) == len({*lines})
    numbers = {line for file, line, _ in lines if file == "site_settings.py"}
    assert {2, 3, 4, 6, 7, 8} <= numbers
    config = tomllib.loads(found["file"])
    assert (config["output"], config["url"], [one["path"] for one in config["sources"]]) == (
        "build",
        "/static/",
        ["static", "static/dist"],
    )
    (clash,) = (one for one in found["lines"] if one["file"] == "buildassets.toml")
    assert (clash["text"], clash["outcome"]) == ('url = "/vite/"', "not possible")


def test_line_of_two_systems_has_the_notes_of_both() -> None:
    first = Plan((Accounted("a", 1, "x", "taken over", "b"),), {"types": {".a": "a/b"}, "compress": []})
    second = Plan((Accounted("a", 1, "x", "changed", "c"),), {"types": {".b": "a/c"}, "compress": ["gzip"]})
    found = merged({"one": first, "two": second})
    assert found.lines == (Accounted("a", 1, "x", "changed", "b; c"),)
    assert found.settings == {"types": {".a": "a/b", ".b": "a/c"}, "compress": ["gzip"]}


def test_a_storage_of_whitenoise_has_one_note_that_is_not_repeated(tmp_path: Path) -> None:
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings = f"""INSTALLED_APPS = ["compressor", "django.contrib.staticfiles"] + found()
STATIC_URL = "/static/"
STORAGES = {{"staticfiles": {{"BACKEND": "{backend}"}}}}
"""
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "s")\n'
    write_tree(tmp_path, {"manage.py": manage, "s.py": settings})
    done = run(tmp_path, "migrate", "whitenoise", "compressor", "--json")
    notes = {one["line"]: one["note"] for one in json.loads(done.stdout)["lines"] if one["file"] == "s.py"}
    parts = [part for line in (1, 3) for part in notes[line].split("; ")]
    assert len(parts) == len(set(parts))
    assert "publish" not in notes[3]
    assert notes[3].startswith(f"`{backend}`: let it be `buildassets.runtime.django.storage.")
