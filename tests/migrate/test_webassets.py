"""`migrate webassets`: each line about assets is accounted for, and the result builds."""

import json
import tomllib
from pathlib import Path
from typing import Any

from tests.command import run
from tests.conftest import Tree, read_tree, write_tree

FILES: Tree = {"site/static/a.js": "a()", "site/static/a.css": "a { top: 0 }"}
PYTHON: Tree = {
    "site/__init__.py": "",
    "site/config.py": "SECRET = 1\nASSETS_DEBUG = False\nLESS_BIN = '/usr/bin/lessc'\nFLASK_ASSETS_USE_S3 = True\n",
    "site/bundles.py": """from webassets import Bundle
from webassets.filter import get_filter
# the scripts
scripts = Bundle(
    "a.js",
    filters="jsmin",
    output="gen/a.js",
)
sheets = Bundle("a.css", filters=["cssrewrite", "less"], output="gen/a.css")
""",
    "site/app.py": """from flask import Flask
from flask_assets import Environment
from site_ import bundles
app = Flask(__name__)
app.config.from_object("config")
app.config.update(ASSETS_URL_EXPIRE=True, NAME="x")
assets = Environment(app)
assets.auto_build = False
assets.register("scripts", bundles.scripts)
def build():
    assets["scripts"].build()
print("loaded")
""",
}
YAML = """# bundles
directory: static
url: /media
bundles:
  main:
    filters: jsmin, uglifyjs
    output: gen/%(version)s.js
    contents:
      - a.js
      - contents: "*.js"
        filters:
          - coffeescript
  print:
    contents: a.css
    depends: [b.css]
    extra:
      media: print
"""


def lines_of(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run(folder, "migrate", "webassets", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    lines: list[dict[str, Any]] = json.loads(done.stdout)["lines"]
    return lines


def test_lines_of_python_are_accounted_for(tmp_path: Path) -> None:
    tree = {name.replace("site/", ""): text for name, text in {**FILES, **PYTHON}.items()}
    tree["app.py"] = str(tree["app.py"]).replace("from site_ import bundles", "import bundles")
    before = read_tree(write_tree(tmp_path, tree))
    found = [(one["file"], one["line"], one["outcome"]) for one in lines_of(tmp_path)]
    assert found == [
        ("app.py", 2, "changed"),
        ("app.py", 6, "changed"),
        ("app.py", 7, "taken over"),
        ("app.py", 8, "changed"),
        ("app.py", 9, "taken over"),
        ("app.py", 11, "not possible"),
        ("bundles.py", 1, "changed"),
        ("bundles.py", 2, "changed"),
        *(("bundles.py", line, "taken over") for line in (4, 5)),
        ("bundles.py", 6, "changed"),
        *(("bundles.py", line, "taken over") for line in (7, 8)),
        ("bundles.py", 9, "not possible"),
        ("config.py", 2, "taken over"),
        ("config.py", 3, "changed"),
        ("config.py", 4, "not possible"),
        ("buildassets.toml", 1, "changed"),
    ]
    assert read_tree(tmp_path) == before


def test_lines_of_yaml_are_accounted_for(tmp_path: Path) -> None:
    write_tree(tmp_path, {"static/a.js": "a()", "static/a.css": "", "assets.yml": YAML})
    lines = lines_of(tmp_path)
    written = [(number, line.strip()) for number, line in enumerate(YAML.split("\n"), 1) if line and line[0] != "#"]
    assert [(one["line"], one["text"]) for one in lines] == written
    outcomes = {one["line"]: one["outcome"] for one in lines if one["outcome"] != "taken over"}
    assert outcomes == {6: "changed", 12: "not possible", 15: "changed"}


def test_every_yaml_file_is_listed_and_read_from_its_own_folder(tmp_path: Path) -> None:
    tree: Tree = {
        f"{folder}/{name}": text
        for folder in ("core", "theme", "examples")
        for name, text in {
            "webassets.yml": f"{folder}: {{contents: a.js, output: {folder}/b.js}}",
            "a.js": "a()",
        }.items()
    }
    unread: Tree = {"lib/env.py": "import webassets\n", "theme/old.yml": "- 1\n"}
    lines = lines_of(write_tree(tmp_path, {**tree, **unread}), "--write")
    left = [(one["file"], one["line"]) for one in lines if one["outcome"] == "not possible"]
    assert left == [("examples/webassets.yml", 1), ("lib/env.py", 1)]
    config = tomllib.loads((tmp_path / "buildassets.toml").read_text())
    assert config == {"webassets": ["core/webassets.yml", "theme/webassets.yml"]}
    assert run(tmp_path, "build", "-q").returncode == 0


def test_write_writes_what_a_build_takes_and_nothing_else(tmp_path: Path) -> None:
    before = read_tree(write_tree(tmp_path, {"static/a.js": "a()", "static/a.css": "", "assets.yml": YAML}))
    lines_of(tmp_path, "--write")
    assert read_tree(tmp_path) == {**before, "buildassets.toml": b'webassets = "assets.yml"\n'}
    assert run(tmp_path, "build", "-q").returncode == 0


def test_a_folder_without_bundles_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", "webassets")
    assert (done.returncode, "error[migrate/none]: there is no `assets.py` or `assets.yml`" in done.stderr) == (2, True)


def test_module_of_the_application_is_found_among_several(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "shop_/static/a.js": "a()",
            "shop_/config.py": "ASSETS_MANIFEST = 'json'\n",
            "shop_/extensions.py": "from flask_assets import Environment\nassets = Environment()\n",
            "shop_/bundles.py": "from .extensions import assets\nassets.register('x', 'a.js', output='x.js')\n",
            "shop_/__init__.py": "from flask import Flask\nfrom .extensions import assets\n"
            "def create_app():\n    app = Flask(__name__)\n    app.config.from_object('shop_.config')\n"
            "    assets.init_app(app)\n    from . import bundles\n    return app\n",
        },
    )
    lines = lines_of(tmp_path, "--write")
    assert (tmp_path / "buildassets.toml").read_text() == 'webassets = "shop_"\n'
    found = [(one["file"].removeprefix("shop_/"), one["line"]) for one in lines]
    assert sorted(found) == [
        ("__init__.py", 6),
        ("bundles.py", 2),
        ("config.py", 1),
        *(("extensions.py", 1), ("extensions.py", 2)),
    ]
    assert run(tmp_path, "build", "-q").returncode == 0


def test_fault_in_the_usual_file_is_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets.yml": "site: [", "other.yml": "a: ["})
    done = run(tmp_path, "migrate", "webassets")
    assert (done.returncode, "error[webassets/syntax]: `assets.yml` is not YAML" in done.stderr) == (2, True)


def test_blank_lines_of_a_module_are_read_in_time_that_grows_with_them(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": "\n" * 400_000})
    assert "error[migrate/none]" in run(tmp_path, "migrate", "webassets").stderr


def test_files_on_another_host_that_a_bundle_leaves_out_are_reported_in_python(tmp_path: Path) -> None:
    bundles = """from webassets import Bundle
joined = Bundle(
    "a.js",
    "https://cdn.example.com/x.js",
    output="gen/a.js",
)
loaded = Bundle("https://cdn.example.com/y.js", joined)
"""
    write_tree(tmp_path, {"bundles.py": bundles, "a.js": "a()"})
    found = {one["line"]: (one["outcome"], one["note"]) for one in lines_of(tmp_path)}
    assert {number: outcome for number, (outcome, _) in found.items() if number > 1} == {
        **dict.fromkeys((2, 5, 6, 7), "taken over"),
        **dict.fromkeys((3, 4), "not possible"),  # no environment names the folder of the third line's file
    }
    assert found[4][1].startswith("it is on another host, and left out")


def test_files_on_another_host_and_unknown_settings_are_reported_in_yaml(tmp_path: Path) -> None:
    text = """foo: 1
url: /media
bundles:
  site:
    output: gen/a.js
    contents:
      - https://cdn.example.com/x.js
      - a.js
  other:
    output: gen/b.js
    contents: [a.js, "https://cdn.example.com/x.js"]
"""
    write_tree(tmp_path, {"assets.yml": text, "a.js": "a()"})
    lines = [one for one in lines_of(tmp_path) if one["file"] == "assets.yml"]
    found = {one["line"]: (one["outcome"], one["note"]) for one in lines}
    assert [number for number, (outcome, _) in found.items() if outcome != "taken over"] == [1, 7, 11]
    assert found[1][1] == "`FOO`: no setting of webassets: remove it"
    assert found[7] == found[11]


def test_missing_dependency_of_the_bundles_is_named_in_the_hint(tmp_path: Path) -> None:
    write_tree(tmp_path, {"bundles.py": "from webassets import Bundle\nimport no_such\n"})
    done = run(tmp_path, "migrate", "webassets")
    assert done.returncode == 2
    assert (
        "hint: install the project's requirements in the environment that this runs in, which lacks `no_such`"
        in done.stderr
    )
