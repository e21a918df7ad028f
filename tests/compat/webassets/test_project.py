"""Environments, YAML, settings and filters of webassets, in a build and in a web process after it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment as Jinja

from buildassets.compat.webassets import Bundle, Environment, YAMLLoader
from buildassets.runtime import AssetNotFound, Assets
from tests.cli.watching import watching
from tests.command import run
from tests.compat.webassets.site import shown
from tests.conftest import Tree, watchdog, write_tree

FILES: Tree = {
    "static/js/a.js": "a()",
    "static/js/b.js": "b()",
    "static/css/a.css": "a { background: url(../img/x.png) }",
    "static/css/s.scss": "$c: red; s { color: $c }",
    "static/css/t.less": "t { color: red }",
    "static/img/x.png": b"png",
    "static/t/one.jst": "<b><%= x %></b>",
    "static/t/two/three.jst": "<i><%= x %></i>",
}
YAML = """
common:
  contents: [js/a.js, more]
  filters: jsmin
  output: gen/common.%(version)s.js
more:
  contents:
    - js/b.js
    - contents: js/*.js
      filters: [jsmin]
style:
  contents: css/a.css
  output: gen/style.css
  filters: cssrewrite
  extra: {media: print, rank: 3}
loose: {contents: ["js/*.js", "https://cdn.example/x.js"]}
"""


def messages_of(folder: Path, config: str, files: Tree, *arguments: str) -> str:
    """Build the site, which succeeds; return the messages."""
    write_tree(folder, {**FILES, "buildassets.toml": config, **files})
    done = run(folder, "build", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def environment_of(folder: Path, **given: Any) -> Environment:
    environment = Environment(str(folder / "static"), "/static", **given)
    environment.assets = Assets(folder / "build/manifest.json")
    return environment


def manifest(folder: Path) -> Any:
    return json.loads((folder / "build/manifest.json").read_text())


def module(text: str) -> Tree:
    return {"defs.py": f"from webassets import Bundle, Environment\nenv = Environment('static', '/static')\n{text}\n"}


def test_yaml_is_answered_from_the_manifest_alone(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": YAML})
    environment = environment_of(tmp_path)
    environment.from_yaml("no/such/file.yml")
    assets = environment.assets
    assert environment["common"].urls() == [assets.url("gen/common.js")]
    assert environment["loose"].urls() == [assets.url("js/a.js"), assets.url("js/b.js"), "https://cdn.example/x.js"]
    assert environment["style"].urls(calculate_sri=True) == [
        {"uri": assets.url("gen/style.css"), "sri": assets.integrity("gen/style.css")}
    ]
    assert manifest(tmp_path)["assets"]["gen/common.js"]["inputs"] == ["js/a.js", "js/b.js"]
    assert [name in environment for name in ("common", "none")] == [True, False]
    with pytest.raises(KeyError, match="none"):
        environment["none"]


@pytest.mark.parametrize("output", ["%(version)s/x.js", "./%(version)s/x.js", "x.%(version)s.js"])
def test_version_in_an_output_is_left_out_with_what_divides_it(tmp_path: Path, output: str) -> None:
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": f'x: {{contents: js/*.js, output: "{output}"}}'})
    assert "x.js" in manifest(tmp_path)["assets"]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("noext", "error[bundle/kind]: `noext` cannot be a bundle: only style sheets and scripts can be joined"),
        ("../x.js", "error[config/value]: the output `../x.js` is not a logical path"),
        ("../%(version)s.js", "error[config/value]: the output `../%(version)s.js` is not a logical path"),
    ],
)
def test_output_that_can_be_no_bundle_is_reported_where_it_is_written(
    tmp_path: Path, output: str, message: str
) -> None:
    text = f'x:\n  contents: js/*.js\n  output: "{output}"\n'
    done = run(
        write_tree(tmp_path, {**FILES, "buildassets.toml": 'webassets = "assets.yml"', "assets.yml": text}), "build"
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{message}\n  --> assets.yml:3:12\n")
    assert (done.stderr.count("error["), done.stderr.count("warning[")) == (1, 0)


SEVERAL: Tree = {
    "core/webassets.yml": "base: {contents: [a.js, extra], output: out/x.%(version)s.js}",
    "core/a.js": "core()",
    "theme/webassets.yml": "extra: {contents: a.js}\nstyle: {contents: css/*.css, filters: cssrewrite, output: t.css}",
    "theme/a.js": "theme()",
    "theme/css/t.css": "a { background: url(../x.png) }",
    "theme/x.png": b"png of the theme",
}


def test_yaml_files_that_are_listed_have_their_sources_beside_them_and_name_bundles_of_others(tmp_path: Path) -> None:
    messages = messages_of(tmp_path, 'webassets = ["core/webassets.yml", "theme/webassets.yml"]', SEVERAL)
    assert "webassets" not in messages
    assets = manifest(tmp_path)["assets"]
    assert assets["out/x.js"]["inputs"] == ["core/a.js", "theme/a.js"]
    assert assets["t.css"]["references"] == ["theme/x.png"]
    assert environment_of(tmp_path)["base"].urls() == [f"/assets/{assets['out/x.js']['file']}"]


def test_bundles_of_one_name_in_two_files_are_both_built_and_reported(tmp_path: Path) -> None:
    listed = 'webassets = ["core/webassets.yml", "theme/webassets.yml"]'
    text = str(SEVERAL["theme/webassets.yml"]).replace("style", "base")
    messages = messages_of(tmp_path, listed, {**SEVERAL, "theme/webassets.yml": text})
    assert "warning[webassets/name]: `base` is also the name of a bundle in `core/webassets.yml`" in messages
    assert {"out/x.js", "t.css"} <= manifest(tmp_path)["assets"].keys()


def test_a_module_in_a_list_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SEVERAL, "buildassets.toml": 'webassets = ["core/webassets.yml", "app"]'})
    done = run(tmp_path, "build")
    assert (done.returncode, "`app`: only files in YAML can be listed" in done.stderr) == (2, True)


def test_the_tag_has_values_of_yaml(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": YAML})
    jinja = Jinja(autoescape=True, extensions=["buildassets.compat.webassets.AssetsExtension"])
    jinja.assets_environment = environment = environment_of(tmp_path)  # type: ignore[attr-defined]  # Jinja's way
    template = '{% assets "style" %}<{{ EXTRA.media }} {{ EXTRA.rank }} {{ ASSET_URL }} {{ ASSET_SRI }}>{% endassets %}'
    url, sri = environment.assets.url("gen/style.css"), environment.assets.integrity("gen/style.css")
    assert jinja.from_string(template).render() == f"<print 3 {url} {sri}>"
    with pytest.raises(AssetNotFound, match="`styl`"):
        jinja.from_string('{% assets "styl" %}{% endassets %}').render()


def test_an_environment_in_yaml_has_its_folder_and_settings(tmp_path: Path) -> None:
    text = "directory: ../static\nurl: https://cdn.example/media\ndebug: false\n"
    text += "bundles:\n  x: {contents: js/a.js, output: x.js}\n"
    messages_of(tmp_path, 'webassets = "config/assets.yml"', {"config/assets.yml": text})
    assert manifest(tmp_path)["url"] == "https://cdn.example/media/"
    assert YAMLLoader("config/assets.yml").load_bundles()["x"].name == "x"


def test_bundles_of_a_module_have_the_names_of_variables(tmp_path: Path) -> None:
    messages_of(
        tmp_path,
        'webassets = "defs"',
        {"defs.py": "from webassets import Bundle\nmain = Bundle('js/a.js', output='m.js')"},
    )
    assert "webassets bundle main" in manifest(tmp_path)["blocks"]


def test_an_application_that_has_our_helpers_needs_no_release_to_be_built(tmp_path: Path) -> None:
    text = """
from flask import Flask
from buildassets.compat.webassets import Bundle, Environment
from buildassets.runtime import Assets
from buildassets.runtime.flask import FlaskAssets
app = Flask(__name__)
FlaskAssets(app, serve=True)
other = Assets("build/manifest.json")
environment = Environment(app)
environment.register("x", "js/a.js", output="x.js")
assert "y" not in environment
"""
    messages_of(tmp_path, 'webassets = "defs"', {"defs.py": text})
    assert "x.js" in manifest(tmp_path)["assets"]


def test_a_function_that_makes_the_application_is_called(tmp_path: Path) -> None:
    text = """
from flask import Flask
from flask_assets import Bundle, Environment
assets = Environment()
def create_app():
    app = Flask(__name__)
    assets.init_app(app)
    assets.register("x", "js/a.js", output="x.js")
    return app
"""
    messages_of(tmp_path, 'webassets = "defs:create_app"', {"defs.py": text})
    assert "x.js" in manifest(tmp_path)["assets"]


@pytest.mark.parametrize(("mode", "debug", "count"), [
    ("development", True, 2), ("development", False, 1), ("development", "merge", 1), ("production", True, 1),
])  # fmt: skip
def test_pages_that_are_debugged_load_members_in_development(
    tmp_path: Path, mode: str, debug: object, count: int
) -> None:
    files = module("env.register('x', 'js/a.js', 'js/b.js', output='x.js')")
    messages_of(tmp_path, 'webassets = "defs"', files, "--mode", mode)
    environment = Environment("static", "/static", debug=debug)
    environment.assets = Assets(tmp_path / "build/manifest.json", reload=True)
    bundle = environment.register("x", "js/a.js", "js/b.js", output="x.js")
    assert len(bundle.urls()) == count
    assert Bundle("x", env=environment, debug=False, output="x.js").urls() == [environment.assets.url("x.js")]


def test_templates_for_scripts_have_the_names_of_webassets(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "defs"\nminify = false', module(
        "env.config['jst_dir_separator'] = '-'\nenv.config['jst_namespace'] = 'window.T'\n"
        "env.register('t', Bundle('t/*.jst', 't/*/*.jst', filters='jst'), 'js/a.js', output='t.js')"
    ))  # fmt: skip
    text = next((tmp_path / "build/assets").glob("t.*.js")).read_text()
    assert '(window.T = window.T || {})["one"]' in text
    assert '["two-three"]' in text


def test_small_files_are_inlined_into_sheets_by_a_filter(tmp_path: Path) -> None:
    messages_of(
        tmp_path, 'webassets = "defs"', module("env.register('s', 'css/a.css', filters='datauri', output='s.css')")
    )
    assert "data:image/png;base64," in next((tmp_path / "build/assets").glob("s.*.css")).read_text()


def test_sass_of_libsass_is_compiled_by_libsass(tmp_path: Path) -> None:
    files = {**module("env.register('s', 'css/u.scss', filters='libsass', output='s.css')"),
        "static/css/u.scss": ".a { @media print { color: red } color: blue }"}  # fmt: skip
    messages_of(tmp_path, 'webassets = "defs"', files)
    text = next((tmp_path / "build/assets").glob("s.*.css")).read_text()
    assert text.startswith(".a{color:blue}@media print")


def test_folders_of_sass_are_those_of_its_settings(tmp_path: Path) -> None:
    files = {**module("env.config['libsass_includes'] = ['lib']\n"
        "env.register('s', 'css/u.scss', filters='libsass', output='s.css')"),
        "lib/_p.scss": "p { top: 0 }", "static/css/u.scss": '@import "p";'}  # fmt: skip
    messages_of(tmp_path, 'webassets = "defs"', files)
    assert "p{top:0}" in next((tmp_path / "build/assets").glob("s.*.css")).read_text()


@pytest.mark.parametrize(
    ("definition", "code", "message"),
    [
        (
            "Bundle('css/t.less', 'css/a.css', filters='less', output='x.css')",
            "filter",
            "the filter `less` is left out",
        ),
        (
            "Bundle('css/t.less', 'css/a.css', output='x.css')",
            "uncompiled",
            "`static/css/t.less` is left out of `x.css`",
        ),
        ("Bundle('js/a.js', filters=lambda a, b: None, output='x.js')", "filter", "the filter `<lambda>` is left out"),
        ("Bundle('js/a.js', filters='nothing', output='x.js')", "filter", "the filter `nothing` is left out"),
        ("Bundle('js/a.js', 'no/*.js', output='x.js')", "empty", "`no/*.js` matches no file"),
        ("Bundle('js/a.js', 'https://cdn.example/x.js', output='x.js')", "remote", "on another host, and left out"),
    ],
)
def test_omission_is_reported_at_its_place(tmp_path: Path, definition: str, code: str, message: str) -> None:
    printed = messages_of(tmp_path, 'webassets = "defs"', module(f"x = {definition}\nenv.register('x', x)"))
    assert f"warning[webassets/{code}]: " in printed
    assert message in printed
    assert "--> defs.py:3:" in printed


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {**FILES, **module("env.register('x', 'js/none.js', output='x.js')")})
    write_tree(tmp_path, {"buildassets.toml": 'webassets = "defs"'})
    done = run(tmp_path, "build")
    assert (done.returncode, "error[webassets/missing]: there is no file `js/none.js`" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("env.config['assets_debgu'] = True", "`ASSETS_DEBGU` is left out"),
        ("env.url = 'media'", "`media` is not a URL prefix"),
    ],
)
def test_settings_that_need_something_are_named(tmp_path: Path, setting: str, message: str) -> None:
    printed = messages_of(
        tmp_path, 'webassets = "defs"', module(f"{setting}\nenv.register('x', 'js/a.js', output='x.js')")
    )
    assert "warning[webassets/setting]" in printed
    assert message in printed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nothing_like_this", "ModuleNotFoundError"),
        ("x = 1", "has no environment and no bundles"),
        ("import os; os._exit(3)", "it ended early"),
        ("from webassets import Bundle\nb = Bundle()\nb.contents = (b,)", "the bundle `b` holds itself"),
    ],
)
def test_a_module_that_cannot_be_loaded_is_an_error(tmp_path: Path, text: str, reason: str) -> None:
    write_tree(tmp_path, {**FILES, "defs.py": text, "buildassets.toml": 'webassets = "defs"'})
    done = run(tmp_path, "build")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "error[webassets/load]: cannot load the bundles of `defs`" in done.stderr
    assert reason in done.stderr


@pytest.mark.parametrize(
    ("text", "place"),
    [
        *(("a: [", "assets.yml:1:5"), ("- a", "assets.yml"), ("a: 3", "assets.yml:1:4")),
        *(("a: {contents: {b: 1}}", "1:15"), ("a: {output: 3}", "1:13"), ("a: {extra: x}", "1:12")),
        *(("a: {config: [x]}", "1:13"), ("url: 3\nbundles: {}", "1:6"), ("load_path: [3]\nbundles: {}", "1:12")),
    ],
)
def test_yaml_that_describes_no_bundles_is_an_error(tmp_path: Path, text: str, place: str) -> None:
    write_tree(tmp_path, {**FILES, "assets.yml": text, "buildassets.toml": 'webassets = "assets.yml"'})
    done = run(tmp_path, "build")
    assert (done.returncode, "error[webassets/syntax]" in done.stderr) == (2, True)
    assert place in done.stderr


def test_a_bundle_named_like_one_of_its_sources_keeps_that(tmp_path: Path) -> None:
    text = "one: {contents: css/a.css, output: css/a.css}\ntwo: {contents: [js/b.js, js/a.js], output: js/b.js}\n"
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": text})
    assets = manifest(tmp_path)["assets"]
    assert {"css/a.css", "js/a.js", "js/b.js"} <= assets.keys()
    (joined,) = (one for one in assets if one.startswith("js/b.") and one != "js/b.js")
    assert (tmp_path / "build/assets" / assets[joined]["file"]).read_text().split() == ["b()", "a()"]
    assert environment_of(tmp_path)["two"].urls() == [f"/assets/{assets[joined]['file']}"]


def test_bundles_in_yaml_that_hold_one_another_are_an_error(tmp_path: Path) -> None:
    text = "a: {contents: b, output: a.js}\nb: {contents: a}\n"
    write_tree(tmp_path, {**FILES, "assets.yml": text, "buildassets.toml": 'webassets = "assets.yml"'})
    assert "holds itself" in run(tmp_path, "build").stderr


@pytest.mark.parametrize("command", [("check", "--no-run"), ("list",), ("doctor",)], ids=" ".join)
@pytest.mark.parametrize(
    ("first", "line", "message"),
    [
        ("a0: {contents: x.js}\n", "a{1}: {{contents: [a{0}, a{0}]}}\n", "bundles in bundles repeat more than 200,000"),
        (
            "a0: &a0 {contents: x.js}\n",
            "a{1}: &a{1} {{contents: [*a{0}, *a{0}]}}\n",
            "aliases repeat more than 100,000",
        ),
        ("a: &a {contents: [*a]}\n", "", "a value contains itself"),
    ],
    ids=["names", "aliases", "itself"],
)
def test_bundles_in_yaml_without_end_are_an_error(
    tmp_path: Path, command: tuple[str, ...], first: str, line: str, message: str
) -> None:
    text = first + "".join(line.format(number, number + 1) for number in range(40))
    write_tree(tmp_path, {**FILES, "assets.yml": text, "buildassets.toml": 'webassets = "assets.yml"'})
    with watchdog():
        assert message in run(tmp_path, *command).stderr


def test_bundles_of_a_module_that_repeat_without_end_are_an_error(tmp_path: Path) -> None:
    text = "from webassets import Bundle\nb = Bundle('js/a.js')\nfor _ in range(40):\n    b = Bundle(b, b)\n"
    write_tree(tmp_path, {**FILES, "defs.py": text, "buildassets.toml": 'webassets = "defs"'})
    assert "bundles in bundles repeat more than 200,000 files" in run(tmp_path, "build").stderr


def test_a_watch_leaves_out_a_new_sheet_that_no_bundle_has(tmp_path: Path) -> None:
    text = "x: {contents: css/s.scss, filters: scss, output: x.css}\n"
    write_tree(tmp_path, {**FILES, "assets.yml": text, "buildassets.toml": 'webassets = "assets.yml"'})
    with watching(tmp_path) as watch:
        watch.next()
        write_tree(tmp_path, {"static/t/new.scss": "b { color: red }", "static/img/y.png": "new"})
        watch.until_released("img/y.png", b"new")
    assert "t/new.css" not in manifest(tmp_path)["assets"]


def test_a_changed_module_is_noticed(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "defs"', module("env.register('x', 'js/a.js', output='x.js')"))
    messages_of(tmp_path, 'webassets = "defs"', module("env.register('y', 'js/a.js', output='y.js')"))
    assert "webassets bundle y" in manifest(tmp_path)["blocks"]


def test_changed_variable_of_a_module_is_noticed(tmp_path: Path) -> None:
    text = (
        "import os\nfrom webassets import Bundle\nx = Bundle('js/a.js', output=os.environ.get('NAME', 'x') + '.js')\n"
    )
    for _ in range(3):
        messages_of(tmp_path, 'webassets = "defs"', {"defs.py": text})
    assert run(tmp_path, "build", NAME="other").returncode == 0
    assert "other.js" in manifest(tmp_path)["assets"]


def test_two_systems_cannot_be_configured_together(tmp_path: Path) -> None:
    write_tree(tmp_path, {**FILES, "buildassets.toml": 'jammit = "config/assets.yml"\nwebassets = "defs"'})
    done = run(tmp_path, "build")
    assert (done.returncode, "`webassets` cannot be set together with `jammit`" in done.stderr) == (2, True)


def test_the_release_may_be_that_of_the_jinja_environment(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": YAML})
    jinja = Jinja(extensions=["buildassets.compat.webassets.AssetsExtension"])
    template = '{% assets "style" %}{{ ASSET_URL }}{% endassets %}'
    with pytest.raises(RuntimeError, match="assets_environment"):
        jinja.from_string(template).render()
    jinja.assets = assets = Assets(tmp_path / "build/manifest.json")  # type: ignore[attr-defined]  # Jinja's way
    assert jinja.from_string(template).render() == assets.url("gen/style.css")


def test_a_web_process_loads_neither_yaml_nor_the_compiler(tmp_path: Path) -> None:
    messages_of(tmp_path, 'webassets = "assets.yml"', {"assets.yml": YAML})
    program = """
import json, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from jinja2 import Environment as Jinja
from buildassets.compat.webassets import *
jinja = Jinja(extensions=["buildassets.compat.webassets.AssetsExtension"])
jinja.assets_environment = environment = Environment("static", "/static")
environment.from_yaml("assets.yml")
environment.register("own", Bundle("js/a.js", filters=get_filter("jsmin"), output="own.js"))
jinja.from_string('{% assets "common", "style" %}{{ ASSET_URL }}{% endassets %}').render()
ours = ("static", "assets.yml", "build")
print("\\n\\n" + json.dumps([
    sorted(one for one in sys.modules if one in ("yaml", "flask", "click") or one.startswith("buildassets.compiler")),
    sorted({path.rpartition("/")[2] for path in opened if any(f"/{one}" in path for one in ours) and FOLDER in path}),
]))
"""
    assert shown(tmp_path, f"FOLDER = {str(tmp_path)!r}\n{program}") == [[], ["manifest.json"]]


def test_bundle_defined_by_a_tag_is_used(tmp_path: Path) -> None:
    tag = "{% assets 'js/a.js', 'js/b.js', output='gen/two.js' %}{{ ASSET_URL }}{% endassets %}{% assets 'common' %}"
    files: Tree = {"assets.yml": YAML, "templates/page.html": f"{tag}{{% endassets %}}"}
    write_tree(tmp_path, {**FILES, **files, "buildassets.toml": 'webassets = "assets.yml"'})
    unused = json.loads(run(tmp_path, "check", "--json").stdout)["unused"]
    assert "gen/style.css" in unused
    assert "gen/two.js" not in unused
