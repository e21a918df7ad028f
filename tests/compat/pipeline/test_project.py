"""The keys of `PIPELINE`: their effect on packages and pages, and the reports about them."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
from tests.compat.pipeline.site import FILES, OURS, of_us, settings, shown
from tests.conftest import Tree, write_tree

LOAD = "{% load pipeline %}"


def package(*files: str, output: str = "gen/x.js", **more: Any) -> dict[str, Any]:
    return {"x": {"source_filenames": files, "output_filename": output, **more}}


def site_of(folder: Path, page: str = LOAD, files: Tree | None = None, **pipeline: Any) -> Any:
    """Build the site with these values of `PIPELINE`; return its packages, its page and the messages."""
    return of_us(folder, page=page, files=files, **{"STYLESHEETS": {}, "JAVASCRIPT": {}, **pipeline})


def test_sass_imports_a_file_of_another_app_as_if_static_files_were_collected(tmp_path: Path) -> None:
    files = {
        "shop/static/shop/scss/app.scss": '@import "../../css/mix"; .app { top: 1px }',
        "site/css/_mix.scss": ".mix { top: 2px }",
    }
    sheets = package("shop/scss/app.scss", output="gen/x.css")
    text = site_of(tmp_path, files=files, STYLESHEETS=sheets)["texts"]["css x"]
    assert "".join(text.split()) == ".mix{top:2px}.app{top:1px}"


def test_sass_of_libsass_is_compiled_by_libsass(tmp_path: Path) -> None:
    files = {"site/css/order.scss": ".a { @media print { color: red } color: blue }"}
    sheets = package("css/order.scss", output="gen/x.css")
    made = {
        name: site_of(tmp_path / str(number), files=files, STYLESHEETS=sheets, COMPILERS=[name])["texts"]["css x"]
        for number, name in enumerate(("libsasscompiler.LibSassCompiler", "pipeline.compilers.sass.SASSCompiler"))
    }
    assert [text.index("blue") < text.index("red") for text in made.values()] == [True, False]


def test_files_are_loaded_one_by_one_where_it_is_off(tmp_path: Path) -> None:
    found = site_of(
        tmp_path,
        '{% load pipeline %}{% stylesheet "x" %}|{% javascript "x" %}',
        PIPELINE_ENABLED=False,
        STYLESHEETS=package("css/s.scss", "css/a.css", output="gen/x.css"),
        JAVASCRIPT=package("js/a.js", "views/*.jst"),
    )
    sheets, scripts = found["page"].split("|")
    assert re.findall(r'href="/static/([^"]*)\.[0-9a-f]{12}\.', sheets) == ["css/s", "css/a"]
    assert re.findall(r'src="/static/([^"]*)\.[0-9a-f]{12}\.', scripts) == ["js/a", "gen/x.jst.js".removesuffix(".js")]


@pytest.mark.parametrize(
    ("more", "start", "end"),
    [
        ({}, "(function() {\n", "\n}).call(this);\n"),
        ({"JS_WRAPPER": "!function(){%s}()"}, "!function(){", "}()\n"),
        ({"DISABLE_WRAPPER": True}, "var a=1", "b=window.a+1})()\n"),
    ],
)
def test_scripts_are_wrapped(tmp_path: Path, more: dict[str, Any], start: str, end: str) -> None:
    text = site_of(tmp_path, JAVASCRIPT=package("js/a.js", "js/b.js"), **more)["texts"]["js x"]
    assert (text[: len(start)], text[-len(end) :]) == (start, end)


def test_templates_have_the_names_and_the_function_of_the_settings(tmp_path: Path) -> None:
    text = site_of(
        tmp_path,
        JAVASCRIPT=package("views/item.tmpl", "views/user/*.tmpl"),
        files={"site/views/item.tmpl": "<b>{{ x }}</b>", "site/views/user/row.tmpl": "<i/>"},
        TEMPLATE_EXT=".tmpl",
        TEMPLATE_SEPARATOR="/",
        TEMPLATE_FUNC="Mustache.compile",
        TEMPLATE_NAMESPACE="window.T",
    )["texts"]["js x"]
    assert "window.T" in text
    assert '"item"]=Mustache.compile("<b>{{ x }}</b>")' in text
    assert '"user/row"]' in text


def test_a_template_of_the_project_shows_a_package(tmp_path: Path) -> None:
    css = package("css/a.css", output="gen/x.css", template_name="own.html", extra_context={"rank": 3})
    files = {"templates/own.html": "<own {{ type }} {{ url }} {{ rank }}>"}
    page = site_of(tmp_path, LOAD + '{% stylesheet "x" %}', files, STYLESHEETS=css)["page"]
    assert re.fullmatch(r"<own text/css /static/gen/x\.[0-9a-f]{12}\.css 3>", page)


def test_the_jinja_tags_give_the_same(tmp_path: Path) -> None:
    site_of(tmp_path, STYLESHEETS=package("css/a.css", output="gen/x.css"), JAVASCRIPT=package("js/a.js"))
    program = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop_settings"
import django
django.setup()
from django.template import engines
from jinja2 import Environment
template = '{% stylesheet "x" %}|{% javascript name %}|{% javascript "no" %}'
jinja = Environment(autoescape=True, extensions=["pipeline.jinja2.PipelineExtension"])
found = engines["django"].from_string("{% load pipeline %}" + template).render({"name": "x"})
print("\\n\\n" + json.dumps([found, jinja.from_string(template).render(name="x")]))
"""
    django, jinja = shown(tmp_path, program)
    assert django == jinja
    assert [django.count(one) for one in ("<link", "<script", "|")] == [1, 1, 2]


def test_media_of_forms_have_packages(tmp_path: Path) -> None:
    site_of(tmp_path, STYLESHEETS=package("css/a.css", output="gen/x.css"), JAVASCRIPT=package("js/a.js"))
    program = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop_settings"
import django
django.setup()
from django import forms
from pipeline.forms import PipelineFormMedia
class Form(forms.Form):
    class Media(PipelineFormMedia):
        css_packages = {"print": ("x",)}
        js_packages = ("x",)
        js = ("js/b.js",)
print("\\n\\n" + json.dumps(str(Form().media)))
"""
    media = shown(tmp_path, program)
    assert re.findall(r"/static/([\w/]+)\.", media) == ["gen/x", "gen/x", "js/b"]
    assert 'media="print"' in media


@pytest.mark.parametrize(
    ("pipeline", "code", "message"),
    [
        ({"JAVASCRIPT": package("no/*.js", "js/a.js")}, "empty", "`no/*.js` of the package `x` is not a static file"),
        ({"JAVASCRIPT": package("t.coffee", "js/a.js")}, "uncompiled", "`t.coffee` is left out of the package `x`"),
        ({"JAVASCRIPT": {"x": {"source_filenames": ["js/a.js"]}}}, "package", "has no `output_filename`"),
        ({"COMPILERS": ["pipeline.compilers.less.LessCompiler"]}, "compiler", "the compiler `pipeline.compilers.less."),
        ({"COMPILERS": ["shop.Own"]}, "compiler", "the compiler `shop.Own` is left out"),
        ({"JAVASCRPT": {}}, "setting", '`PIPELINE["JAVASCRPT"]` is left out'),
    ],
)
def test_omission_is_reported(tmp_path: Path, pipeline: dict[str, Any], code: str, message: str) -> None:
    printed = site_of(tmp_path, files={"site/t.coffee": "a = 1"}, **pipeline)["printed"]
    assert f"warning[pipeline/{code}]: " in printed
    assert message in printed


@pytest.mark.parametrize(("missing", "severity"), [("error", "error"), ("warn", "warning"), ("ignore", None)])
def test_file_that_a_package_names_and_nobody_has_is_an_error_unless_missing_is_set(
    tmp_path: Path, missing: str, severity: str | None
) -> None:
    write_tree(tmp_path, {**FILES, "shop_settings.py": settings(JAVASCRIPT=package("js/no.js", "js/a.js")) + OURS})
    write_tree(tmp_path, {"buildassets.toml": f'pipeline = "shop_settings"\nmissing = "{missing}"\n'})
    done = run(tmp_path, "build")
    assert done.returncode == int(severity == "error")
    assert re.findall(r"(\w+)\[pipeline/empty\]: `js/no.js`", done.stderr) == ([severity] if severity else [])


def test_a_build_that_knows_the_settings_by_name_needs_no_manage_py(tmp_path: Path) -> None:
    more = {"STYLESHEETS": package("css/s.scss", output="gen/x.css"), "JAVASCRIPT": package("js/a.js")}
    write_tree(tmp_path, {**FILES, "shop_settings.py": settings(**more) + OURS})
    write_tree(tmp_path, {"buildassets.toml": 'pipeline = "shop_settings"\n'})
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert {"gen/x.css", "gen/x.js", "shop/g.js"} <= manifest["assets"].keys()
    assert (manifest["url"], "pipeline css x" in manifest["blocks"]) == ("/static/", True)


def test_settings_that_cannot_be_loaded_are_an_error(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": 'pipeline = "no_such"\n'})
    done = run(tmp_path, "build")
    assert (done.returncode, "error[pipeline/load]: cannot load the settings `no_such`" in done.stderr) == (2, True)


def test_plan_is_written_again_by_its_command(tmp_path: Path) -> None:
    site_of(tmp_path, JAVASCRIPT=package("js/lib/*.js"))
    path = tmp_path / ".buildassets/pipeline/plan.json"
    before = json.loads(path.read_text())
    write_tree(tmp_path, {"site/js/lib/new.js": "n()"})
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "shop_settings"}
    subprocess.run(before["renew"], cwd=tmp_path, env=environment, check=True, timeout=60)
    after = json.loads(path.read_text())
    assert {*after["bundles"]["gen/x.js"]} - {*before["bundles"]["gen/x.js"]} == {"./js/lib/new.js"}
    assert after["renew"] == before["renew"]


def test_output_that_leads_out_of_the_release_is_reported_in_the_settings(tmp_path: Path) -> None:
    text = """SECRET_KEY = "of no use"
STATICFILES_DIRS = ["front"]
INSTALLED_APPS = ["pipeline", "django.contrib.staticfiles"]
PIPELINE = {"JAVASCRIPT": {"x": {"source_filenames": ["a.js"], "output_filename": "/tmp/x.js"}}}
"""
    tree = {"shop.py": text, "front/a.js": "a()", "buildassets.toml": 'pipeline = "shop"'}
    done = run(write_tree(tmp_path, tree), "build")
    assert done.returncode == 2
    message = "`output_filename` of the package `x` is `/tmp/x.js`, which is not a logical path"
    assert done.stderr.startswith(f"error[config/value]: {message}\n  --> shop.py\n")
