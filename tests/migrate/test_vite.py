"""`migrate vite`: each line about it in configuration, modules and templates, and a build of what is written."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
from tests.conftest import Tree, write_tree
from tests.vite import SERVER, config, vite_build

CONFIG = """import react from "@vitejs/plugin-react";
// base: "/never/"
export default {
  plugins: [react()],
  build: { outDir: 'out', manifest: true },
};
"""


def migrated(folder: Path, files: Tree) -> tuple[list[tuple[str, int, str]], Any]:
    """The lines of the account, and the configuration that was written."""
    done = run(write_tree(folder, files), "migrate", "vite", "--write", "--json")
    assert done.returncode == 0, done.stderr
    lines = [(one["file"], one["line"], one["outcome"]) for one in json.loads(done.stdout)["lines"]]
    return lines, tomllib.loads((folder / "buildassets.toml").read_text())


def test_missing_parts_are_listed_at_their_place(tmp_path: Path) -> None:
    lines, settings = migrated(tmp_path, {"vite.config.ts": CONFIG})
    assert lines == [("vite.config.ts", 3, "changed"), ("vite.config.ts", 5, "taken over")]
    assert settings == {"sources": [{"path": "out", "manifest": ".vite/manifest.json", "dev": "http://localhost:5173"}]}


def test_a_folder_of_the_project_with_its_own_root(tmp_path: Path) -> None:
    text = (
        'export default { base: "./", root: "web", build: { manifest: "m.json" }, server: { https: true, port: 80 } };'
    )
    lines, settings = migrated(tmp_path, {"front/vite.config.mjs": text, "static/a.css": ""})
    assert lines == [("front/vite.config.mjs", 1, "taken over")]
    assert settings["sources"] == [
        "static",
        {"path": "front/web/dist", "manifest": "m.json", "dev": "https://localhost:80"},
    ]


@pytest.mark.parametrize(
    ("base", "outcome", "url"),
    [
        ('"./"', "taken over", None),
        ('"/"', "changed", None),
        ('"/a/"', "taken over", "/a/"),
        ("x()", "not possible", None),
        ('process.env.BASE || "/a/"', "taken over", "/a/"),
    ],
)
def test_the_base(tmp_path: Path, base: str, outcome: str, url: str | None) -> None:
    text = f"export default {{\n  base: {base},\n  build: {{ manifest: true }} }};"
    lines, settings = migrated(tmp_path, {"vite.config.js": text})
    assert lines[0] == ("vite.config.js", 2, outcome)
    assert settings.get("url") == url


def test_flask_vite(tmp_path: Path) -> None:
    files: Tree = {
        "vite.config.js": 'export default { base: "./", build: { manifest: true } };',
        "app.py": "from flask import Flask\nfrom flask_vite import Vite\napp = Flask(__name__)\n"
        "vite = Vite()\nvite.init_app(app)\n",
        "templates/a.html": "<head>\n{{ vite_tags() }}\n{% vite_legacy_polyfills %}</head>",
    }
    assert migrated(tmp_path, files)[0][1:] == [
        ("app.py", 2, "changed"),
        ("app.py", 4, "changed"),
        ("app.py", 5, "changed"),
        ("templates/a.html", 2, "changed"),
        ("templates/a.html", 3, "not possible"),
    ]


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("{% load django_vite %}", "{% load buildassets %}"),
        ("{% load static django_vite i18n %}", "{% load static buildassets i18n %}"),
        ("{% load buildassets django_vite %}", "{% load buildassets %}"),
        ("{% load vite_asset vite_hmr_client from django_vite %}", "{% load buildassets %}"),
    ],
)
def test_other_libraries_that_a_template_loads_stay(tag: str, written: str, tmp_path: Path) -> None:
    files: Tree = {
        "vite.config.js": 'export default { base: "./", build: { manifest: true } };',
        "templates/a.html": tag,
    }
    done = run(write_tree(tmp_path, files), "migrate", "vite", "--json")
    assert json.loads(done.stdout)["lines"][-1]["note"] == f"write `{written}`"


@pytest.mark.corpus
def test_written_configuration_builds_the_files_of_vite(tmp_path: Path) -> None:
    name, text = "front/vite.config.js", config("/assets/")["front/vite.config.js"]
    vite_build(tmp_path, vite={name: str(text).replace(SERVER, "")})
    lines, _ = migrated(tmp_path, {})
    assert {outcome for _, _, outcome in lines} == {"taken over"}
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert manifest["vite"].keys() >= {"src/main.ts", "src/admin.ts"}


def test_long_line_of_a_template_is_read_in_time_that_grows_with_it(tmp_path: Path) -> None:
    text = "{{load " * 40_000 + "{%load django_vite%}"
    lines, _ = migrated(tmp_path, {"vite.config.js": 'export default {base: "./"}', "templates/a.html": text})
    assert ("templates/a.html", 1, "changed") in lines


def test_a_folder_without_vite_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", "vite")
    assert done.returncode == 2
    assert "error[migrate/none]: there is no `vite.config.js` or `vite.config.ts`, which Vite would have" in done.stderr


def test_each_line_of_several_inputs_is_listed(tmp_path: Path) -> None:
    text = """export default {
  base: "./",
  build: { manifest: true, rollupOptions: { input: {
    main: "src/main.ts",
    base: "src/{base}.ts",  // }
    // of old
    admin: "src/admin.ts",
  } } }, server: { port: 3000 },
  plugins: [x()],
};
"""
    lines, settings = migrated(tmp_path, {"vite.config.js": text})
    assert lines == [("vite.config.js", number, "taken over") for number in (2, 3, 4, 5, 7, 8)]
    assert settings["sources"][0]["dev"] == "http://localhost:3000"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('root: "web", build: { rollupOptions: { output: { dir: "../static/admin" } } }', "static/admin"),
        ('root: "web", build: { outDir: path.resolve(__dirname, "../static") }', "static"),
        ('build: { outDir: process.env.OUT_DIR || path.resolve(__dirname, "made") }', "front/made"),
        ('root: resolve(__dirname, "web")', "front/web/dist"),
        ('build: { rolldownOptions: { output: { dir: "made" } } }', "front/made"),
        ('test: { root: "spec" }, build: { outDir: "made", emptyOutDir: a ? root : b }', "front/made"),
        ('publicDir: "public", plugins: [x({ root: "y", dir: "z" })]', "front/dist"),
    ],
)
def test_the_folder_is_the_one_that_vite_writes(tmp_path: Path, text: str, path: str) -> None:
    _, settings = migrated(tmp_path, {"front/vite.config.js": f'export default {{ base: "./", {text} }};'})
    assert [one["path"] for one in settings["sources"]] == [path]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("root: here()", "is computed"),
        ("build: { outDir: `${here}/made` }", "is computed"),
        ("build: { rollupOptions: { output: { dir: here } } }", "is computed"),
        ('build: mode === "x" ? { outDir: "a" } : { outDir: "b" }', "is computed"),
        ('...(x ? {build: {outDir: "a"}} : {build: {outDir: "b"}})', "has several values here"),
    ],
)
def test_a_folder_that_is_not_known_is_asked_for_and_not_named(tmp_path: Path, text: str, reason: str) -> None:
    files: Tree = {"vite.config.js": f'export default {{ base: "./", {text} }};', "static/a.css": ""}
    done = run(write_tree(tmp_path, files), "migrate", "vite", "--json")
    document = json.loads(done.stdout)
    assert tomllib.loads(document["file"]) == {"sources": ["static"]}
    (note,) = (one["note"] for one in document["lines"] if one["outcome"] == "not possible")
    assert reason in note
    assert "name the folder that it writes in `sources`" in note


def test_templates_of_django_are_read_as_such_and_its_static_files_are_named(tmp_path: Path) -> None:
    files: Tree = {
        "vite.config.js": 'export default { base: "./", build: { manifest: true } };',
        "shop/templates/a.html": "{% load static shop %}\n{{ x|date:'c' }}{% static 'a.css' %}",
    }
    done = run(write_tree(tmp_path, files), "migrate", "vite", "--json")
    lines = [(one["line"], one["note"]) for one in json.loads(done.stdout)["lines"] if one["file"].endswith("a.html")]
    of_django = "Django's own static files, with which `migrate django vite` makes a plan"
    note = f"no asset is named `a.css`; it may be of `dist`, which Vite has not built here, or of {of_django}"
    assert lines == [(2, note)]


@pytest.mark.parametrize(
    ("package", "manifest"),
    [
        ('{"devDependencies": {"vite": "^3.2.1"}}', "manifest.json"),
        ('{"dependencies": {"vite": "4"}}', "manifest.json"),
        ('{"devDependencies": {"vite": "~5.0.0"}}', ".vite/manifest.json"),
        ('{"devDependencies": {"vite": "latest"}}', ".vite/manifest.json"),
        ("{", ".vite/manifest.json"),
    ],
)
@pytest.mark.parametrize("folder", ["", "front/"])
def test_the_manifest_is_where_the_version_of_vite_puts_it(
    tmp_path: Path, package: str, manifest: str, folder: str
) -> None:
    text = 'export default { base: "./", build: { manifest: true } };'
    _, settings = migrated(tmp_path, {f"{folder}vite.config.js": text, "package.json": package})
    assert [one["manifest"] for one in settings["sources"]] == [manifest]
