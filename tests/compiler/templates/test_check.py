"""Names in templates are checked against the assets of a build."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from buildassets.compiler.check import CheckResult
from tests.building import check, load_config
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

ASSETS: Tree = {"assets/css/app.css": "a { b: c }", "assets/img/a.svg": "<svg/>", "buildassets.toml": ""}


def checked(folder: Path, tree: Tree) -> CheckResult:
    return check(load_config(start=str(write_tree(folder, {**ASSETS, **tree}))))


def faults_of(result: CheckResult) -> list[tuple[str, str, int, int]]:
    """Code, file, line and column of each diagnostic."""
    places = [(found.code, found.location) for found in result.diagnostics]
    return [(code, at.file, at.line, at.column) for code, at in places if at]


def settings(text: str) -> Tree:
    return {"buildassets.toml": f"[templates]\n{text}\n"}


def test_a_name_that_no_build_makes_is_an_error_at_the_literal(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, {"templates/a.html": '<p>\n\t{{ asset("css/ap.css") }}'}).diagnostics
    assert (found.code, found.is_error) == ("template/missing", True)
    assert found.message == "no asset is named `css/ap.css`"
    assert found.hint == "did you mean `css/app.css`?"
    assert found.location is not None
    assert (found.location.line, found.location.column, found.location.length) == (2, 12, 10)


def test_the_name_of_a_source_is_none_of_an_asset(tmp_path: Path) -> None:
    tree = {"assets/css/site.scss": "a { b: c }", "templates/a.html": '{{ asset("css/site.scss") }}'}
    (found,) = checked(tmp_path, tree).diagnostics
    assert found.hint == "did you mean `css/site.css`?"


@pytest.mark.parametrize(
    ("engine", "load", "call"),
    [("django", "{% load static compress %}", "{% static 'PATH' %}"), ("jinja", "", "{{ static('PATH') }}")],
)
@pytest.mark.parametrize(("path", "is_fine"), [("css/site.scss", True), ("css/a.less", True), ("css/no.scss", False)])
def test_a_block_of_django_compressor_names_sources(
    tmp_path: Path, engine: str, load: str, call: str, path: str, is_fine: bool
) -> None:
    link = f'<link rel="stylesheet" href="{call.replace("PATH", path)}">'
    sources: Tree = {"assets/css/site.scss": "a { b: c }", "assets/css/a.less": "a { .b() }"}
    folders = settings(f'dirs = [{{ path = "templates", engine = "{engine}" }}]')
    template = f"{load}{{% compress css %}}{link}{{% endcompress %}}"
    within = checked(tmp_path / "within", {**sources, **folders, "templates/a.html": template})
    assert [at[0] for at in faults_of(within) if at[1].endswith(".html")] == ([] if is_fine else ["template/missing"])
    outside = checked(tmp_path / "outside", {**sources, **folders, "templates/a.html": template + link})
    assert faults_of(outside)[-1][0] == "template/missing"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "😀\t"])
def test_columns_are_characters_whatever_ends_lines(tmp_path: Path, start: str, end: str) -> None:
    text = f'{start}{{{{ asset("x") }}}}{end}😀\té {{{{ asset({end}  "y") }}}}'
    places = faults_of(checked(tmp_path, {"templates/a.html": text}))
    first = len(start.removeprefix("\ufeff")) + 11
    assert places == [
        ("template/missing", "templates/a.html", 1, first),
        ("template/missing", "templates/a.html", 3, 4),
    ]


def test_templates_of_blueprints_and_applications_are_found(tmp_path: Path) -> None:
    call = '{{ asset("x") }}'
    tree = {f"{folder}/a.html": call for folder in ("templates", "shop/templates", "src/app/admin/templates/admin")}
    away = {f"{folder}/templates/a.html": call for folder in ("node_modules/x", ".tox", "assets", "build", "env/lib")}
    result = checked(tmp_path, {**tree, **away, "env/pyvenv.cfg": ""})
    assert {file for code, file, _, _ in faults_of(result) if code == "template/missing"} == tree.keys()


def test_a_project_with_manage_py_has_djangos_templates(tmp_path: Path) -> None:
    tree = {
        "manage.py": "",
        "shop/templates/shop/a.html": '{% load buildassets %}{% asset "x" %}',
        "shop/jinja2/shop/a.html": '{{ asset("y") }}',
        "assets/x": "",
    }
    assert faults_of(checked(tmp_path, tree)) == [("template/missing", "shop/jinja2/shop/a.html", 1, 11)]


def test_folders_by_name_by_glob_and_with_a_language_of_their_own(tmp_path: Path) -> None:
    dirs = 'dirs = ["views", "*/views", { path = "pages", engine = "django" }]'
    tree = {
        **settings(dirs),
        "views/a.j2": '{{ asset("x") }}',
        "app/views/a.html": '{{ asset("x") }}',
        "pages/a.html": '{% static "x" %}',
        "templates/a.html": '{{ asset("x") }}',
    }
    assert [file for _, file, _, _ in faults_of(checked(tmp_path, tree))] == [
        "app/views/a.html",
        "pages/a.html",
        "views/a.j2",
    ]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = checked(tmp_path, settings('dirs = ["views", "*/pages"]'))
    assert faults_of(result) == [
        ("template/folder", "buildassets.toml", 2, 9),
        ("template/folder", "buildassets.toml", 2, 18),
    ]


def test_folders_of_the_command_line_are_added(tmp_path: Path) -> None:
    call = '{{ asset("x") }}{% static "x" %}'
    folders = ("templates", "views", "mails")
    write_tree(tmp_path, {**ASSETS, **{f"{folder}/a.html": call for folder in folders}})
    config = load_config(start=str(tmp_path), templates=["views", '{ path = "mails", engine = "django" }', "gone"])
    assert [one for one in faults_of(check(config)) if one[0] == "template/missing"] == [
        ("template/missing", "mails/a.html", 1, 28),
        ("template/missing", "templates/a.html", 1, 11),
        ("template/missing", "views/a.html", 1, 11),
    ]
    assert [found.code for found in check(config).diagnostics if found.location is None] == ["template/folder"]


def test_functions_of_the_project(tmp_path: Path) -> None:
    tree = {
        **settings('functions = ["icon_url"]'),
        "templates/a.html": '{{ icon_url("x") }}{{ icon_url("img/a.svg") }}',
    }
    assert faults_of(checked(tmp_path, tree)) == [("template/missing", "templates/a.html", 1, 14)]


@pytest.mark.parametrize(
    ("call", "is_fine"),
    [
        ('static("css/app.css?v=1#x")', True),
        ('static("css/")', True),
        ('static("")', True),
        ('url_for("static", path="/css/app.css")', True),
        ('url_for("static", filename="logo.png")', True),
        ('url_for("static", filename="lost.png")', False),
        ('url_for("static", filename="/css/app.css")', False),
        ('url_for("css.static", filename="app.css")', True),
        ('url_for("css.static", filename="ap.css")', False),
        ('url_for("shop.static", filename="app.css")', True),
        ('static("favicon.ico")', True),
        ('asset("favicon.ico")', False),
        ('asset("css/app.css?v=1")', False),
        ('asset("/css/app.css")', False),
        ('asset("css/")', False),
    ],
)
def test_other_forms_of_a_name_are_checked(tmp_path: Path, call: str, is_fine: bool) -> None:
    tree = {
        "buildassets.toml": 'external = ["favicon.ico"]',
        "static/logo.png": "",
        "templates/a.html": f"{{{{ {call} }}}}",
    }
    assert (faults_of(checked(tmp_path, tree)) == []) == is_fine


def test_an_asset_that_no_entry_reaches_should_be_an_entry(tmp_path: Path) -> None:
    tree = {"buildassets.toml": 'entries = ["css/app.css"]', "templates/a.html": '{{ asset("img/a.svg") }}'}
    (found,) = checked(tmp_path, tree).diagnostics
    assert found.hint == "add `img/a.svg` to `entries`"


def test_counts_and_places_of_what_was_not_checked(tmp_path: Path) -> None:
    tree = {"templates/a.html": '{{ asset("img/a.svg") }}\n{{ asset(name) }}', "templates/b.html": ""}
    result = checked(tmp_path, tree)
    assert (result.templates.templates, result.templates.names) == (2, 1)
    assert [(one.file, one.line, one.column) for one in result.templates.unchecked] == [("templates/a.html", 2, 4)]


def test_other_files_than_templates_are_ignored(tmp_path: Path) -> None:
    tree: Tree = {
        "templates/a.png": b'\x89{{ asset("x") }}',
        "templates/b": b'\0\xff{{ asset("x") }}',
        "templates/c.html": "{{",
    }
    assert checked(tmp_path, tree).diagnostics == ()


def test_a_template_that_is_not_utf_8_is_a_warning_with_a_place(tmp_path: Path) -> None:
    result = checked(tmp_path, {"templates/a.html": b'\r\n{{ asset("x") }} caf\xe9'})
    assert faults_of(result) == [("template/unreadable", "templates/a.html", 2, 21)]
    assert not result.diagnostics[0].is_error


def test_a_template_that_may_not_be_read_is_a_warning(tmp_path: Path) -> None:
    write_tree(tmp_path, {**ASSETS, "templates/b.html": ""})
    os.symlink("nowhere", tmp_path / "templates/a.html")
    assert faults_of(check(load_config(start=str(tmp_path)))) == [("template/unreadable", "templates/a.html", 0, 0)]


def test_an_unknown_tag_is_one_warning_for_all_templates(tmp_path: Path) -> None:
    page = '{% cache 300 %}{{ asset("img/a.svg") }}{% endcache %}'
    result = checked(tmp_path, {"templates/a.html": page, "templates/b.html": page + page})
    assert faults_of(result) == [("template/syntax", "templates/a.html", 1, 4)]
    assert not result.diagnostics[0].is_error


def test_an_extension_of_the_project_is_loaded(tmp_path: Path) -> None:
    code = "import jinja2.ext, jinja2.nodes\nclass Cache(jinja2.ext.Extension):\n    tags = {'cache'}\n"
    code += "    def parse(self, parser):\n        line = next(parser.stream).lineno\n"
    code += "        body = parser.parse_statements(['name:endcache'], drop_needle=True)\n"
    code += "        return jinja2.nodes.Scope(body, lineno=line)\n"
    page = '{% cache %}{{ asset("x") }}{% endcache %}'
    extension = settings('extensions = ["own_cache_extension.Cache"]')
    result = checked(tmp_path, {**extension, "own_cache_extension.py": code, "templates/a.html": page})
    assert faults_of(result) == [("template/missing", "templates/a.html", 1, 22)]


def test_an_extension_that_fails_is_reported_with_the_template(tmp_path: Path) -> None:
    code = "import jinja2.ext\nclass Fails(jinja2.ext.Extension):\n    tags = {'fail'}\n"
    code += "    def parse(self, parser):\n        raise KeyError('nothing')\n"
    page = '{% fail %}{{ asset("x") }}'
    extension = settings('extensions = ["own_failing_extension.Fails"]')
    result = checked(tmp_path, {**extension, "own_failing_extension.py": code, "templates/a.html": page})
    assert [found.message for found in result.diagnostics] == [
        "cannot read the template: an extension fails with KeyError: `nothing`"
    ]


def test_an_extension_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    tree = {**settings('extensions = ["nowhere.Ext"]'), "templates/a.html": ""}
    assert faults_of(checked(tmp_path, tree)) == [("template/unavailable", "buildassets.toml", 2, 15)]


def test_where_no_engine_starts_templates_are_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tree = {"buildassets.toml": '[engines]\njs = "esbuild"', "templates/a.html": '{{ asset("x") }}'}
    assert [found.code for found in checked(tmp_path, tree).diagnostics] == ["js/unavailable"]


@pytest.mark.parametrize(
    ("engine", "template"),
    [
        ("django", "{% load jammit %}{% include_stylesheets 'site' 'stie' 'none' %}{% include_javascripts 'siet' %}"),
        ("jinja", "{{ include_stylesheets('site', 'stie', 'none', media='x') }}{{ include_javascripts('siet') }}"),
    ],
)
def test_packages_of_jammit_are_names_of_assets(tmp_path: Path, engine: str, template: str) -> None:
    files: Tree = {
        "config/assets.yml": "stylesheets: {site: [css/*.css], none: [no.css]}\njavascripts: {site: [js/*.js]}\n",
        "css/a.css": "a { top: 0 }",
        "js/a.js": "a()",
        "templates/page.html": template,
        **settings(f'engine = "{engine}"\nextensions = ["buildassets.compat.jammit.JammitExtension"]'),
    }
    found = [one for one in checked(tmp_path, files).diagnostics if one.code != "jammit/empty"]
    assert [(one.message, one.hint) for one in found] == [
        ("no package is named `stie`", "did you mean `site`?"),
        ("no package is named `siet`", "did you mean `site`?"),
    ]


@pytest.mark.parametrize(
    ("engine", "template"),
    [
        ("django", "{% load jammit %}\n{% include_templates 'site' 'old' 'none' 'stie' %}"),
        ("jinja", "\n{{ include_templates('site', 'old', 'none', 'stie') }}"),
    ],
)
def test_packages_of_templates_are_scripts_or_in_scripts(tmp_path: Path, engine: str, template: str) -> None:
    files: Tree = {
        "config/assets.yml": "javascripts: {site: [v/*.jst], none: [no.js]}\ntemplates: {old: [v/*.jst]}\n",
        "v/a.jst": "a",
        "templates/page.html": template,
        **settings(f'engine = "{engine}"\nextensions = ["buildassets.compat.jammit.JammitExtension"]'),
    }
    found = [one for one in checked(tmp_path, files).diagnostics if one.code != "jammit/empty"]
    assert [one.message for one in found] == ["no package is named `stie`"]
    assert found[0].location is not None
    column = template.split("\n")[1].index("stie") + 1
    assert (found[0].location.file, found[0].location.line, found[0].location.column) == (
        "templates/page.html",
        2,
        column,
    )


_SHOP_SETTINGS = """
STATICFILES_DIRS = ["front"]
INSTALLED_APPS = ["pipeline", "django.contrib.staticfiles"]
_X = {"x": {"source_filenames": ["a.css"], "output_filename": "x.css"}}
PIPELINE = {"STYLESHEETS": _X, "JAVASCRIPT": {"x": {"source_filenames": ["a.js"], "output_filename": "x.js"}}}
"""


@pytest.mark.parametrize("engine", ["django", "jinja"])
def test_packages_of_pipeline_are_known_by_their_names(tmp_path: Path, engine: str) -> None:
    tags = '{% stylesheet "x" %}{% javascript "x" %}{% stylesheet which %}\n{% stylesheet "xx" %}{% javascript "y" %}'
    files: Tree = {
        "check_settings.py": _SHOP_SETTINGS,
        "front/a.css": "a { top: 0 }",
        "front/a.js": "a()",
        "templates/page.html": f"{'{% load pipeline %}' if engine == 'django' else ''}{tags}",
        "buildassets.toml": f'pipeline = "check_settings"\n[templates]\nengine = "{engine}"\n',
    }
    result = checked(tmp_path, files)
    assert faults_of(result) == [("template/missing", "templates/page.html", 2, column) for column in (16, 37)]
    assert [one.message for one in result.diagnostics] == ["no package is named `xx`", "no package is named `y`"]


def test_bundles_of_webassets_are_known_by_their_names(tmp_path: Path) -> None:
    end = "{% endassets %}"
    tags = [
        f'{{% assets "site", "js/a.js", "js/*.js", which %}}{end}',
        f'{{% assets "js/a.js", output="in.js" %}}{end}',
        f'{{% assets "stie" %}}{end}',
        f'{{% assets "js/b.js", filters="jsmin" %}}{end}',
    ]
    files: Tree = {
        "assets.yml": "site: {contents: js/*.js, output: site.js}\nloose: {contents: js/*.js}\n",
        "static/js/a.js": "a()",
        "templates/page.html": "\n".join(tags),
        "buildassets.toml": 'webassets = "assets.yml"\n',
    }
    found = checked(tmp_path, files).diagnostics
    assert [(one.message, one.hint) for one in found] == [
        ("no bundle is named `stie`", "did you mean `site`?"),
        ("no bundle is named `js/b.js`", "define the bundle, or correct the name"),
    ]
    assert [one.location and (one.location.line, one.location.column) for one in found] == [(3, 12), (4, 12)]


BUNDLED: Tree = {
    "buildassets.toml": '[bundles]\n"js/app.js" = { files = ["js/main.js"], bundle = true }\n',
    "assets/js/main.js": 'import card from "./card.module.css"; console.log(card);',
    "assets/js/card.module.css": ".title { color: red }",
}


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('{{ css("js/card", "title") }}{{ css("card", "title") }}', None),
        ('{{ css("js/crad", "title") }}', "no CSS module is named `js/crad`"),
        (
            '{% load buildassets %}{% css "js/crad" "title" %}{% css "card" "title" %}',
            "no CSS module is named `js/crad`",
        ),
    ],
)
def test_css_modules_that_templates_name_are_checked(tmp_path: Path, template: str, message: str | None) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    tree = {**BUNDLED, "templates/a.html": template}
    if "load" in template:
        tree["manage.py"] = ""
    found = checked(tmp_path, tree).diagnostics
    assert [one.message for one in found] == ([message] if message else [])
    assert [one.hint for one in found] == (["did you mean `js/card`?"] if message else [])


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("template", "columns"),
    [
        ('{{ css("card", "titel") }}', [17]),
        ('{{ css("js/card", "title", "titel" if a else "title", b, bundle="js/app.js") }}', [29]),
        ('{% set c = "titel" %}{{ css("card", c, "title") }}', [13]),
        ('{{ css("card", name) }}{{ css("card") }}', []),
        ('{% load buildassets %}{% css "card" "title" "titel" as x %}{% css "card" name %}', [46]),
        ('{% load buildassets %}{% css module="card" %}', []),
    ],
)
def test_the_names_in_css_modules_that_templates_name_are_checked(
    tmp_path: Path, template: str, columns: list[int]
) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    tree = {**BUNDLED, "templates/a.html": template, **({"manage.py": ""} if "load" in template else {})}
    found = checked(tmp_path, tree).diagnostics
    assert [(one.code, one.message, one.hint) for one in found] == [
        ("template/missing", "the CSS module `js/card` has no name `titel`", "did you mean `title`?") for _ in columns
    ]
    assert [one.location and one.location.column for one in found] == columns


def test_a_module_that_is_in_no_bundle_is_named_with_what_to_do(tmp_path: Path) -> None:
    tree: Tree = {"assets/card.module.css": ".a { b: c }", "templates/a.html": '{{ css("card", "a") }}'}
    (found,) = checked(tmp_path, tree).diagnostics
    assert (found.message, found.hint) == (
        "no CSS module is named `card`",
        "import `card.module.css` in a bundle with `bundle = true`",
    )


def test_without_css_modules_css_is_a_function_of_the_projects_own(tmp_path: Path) -> None:
    assert checked(tmp_path, {"templates/a.html": '{{ css("main") }}'}).diagnostics == ()


_ASKING = {
    "jinja": '{{ picture("a.png", widths=[40, 50, 900]) }}{{ image("a.png", widths=size) }}',
    "django": '{% load buildassets %}{% picture "a.png" widths="40, 50 900" %}{% image "a.png" widths=40 %}',
}


@pytest.mark.parametrize("engine", sorted(_ASKING))
def test_a_width_that_no_build_makes_is_a_finding(tmp_path: Path, engine: str) -> None:
    image = io.BytesIO()
    Image.new("RGB", (120, 60)).save(image, "PNG")
    settings = f"[templates]\ndirs = ['templates']\nengine = '{engine}'\n"
    settings += "[images.variants]\n'*' = { widths = [40, 80], formats = ['webp'] }\n"
    write_tree(
        tmp_path,
        {"buildassets.toml": settings, "assets/a.png": image.getvalue(), "templates/a.html": _ASKING[engine]},
    )
    (found,) = check(load_config(start=str(tmp_path))).diagnostics
    assert (found.code, found.message) == ("template/width", "no build makes `a.png` 50 pixels wide")
    assert found.hint == "use 40, or add 50 to its `widths` in `images.variants`"


def test_widths_of_a_picture_without_variants_are_findings(tmp_path: Path) -> None:
    write_tree(tmp_path, {"assets/a.png": b"", "templates/a.html": '{{ image("a.png", widths=[40]) }}'})
    (found,) = check(load_config(start=str(tmp_path))).diagnostics
    assert (found.code, found.hint) == ("template/width", "add 40 to its `widths` in `images.variants`")


def test_variants_are_used_with_their_picture(tmp_path: Path) -> None:
    image = io.BytesIO()
    Image.new("RGB", (120, 60)).save(image, "PNG")
    pictures = dict.fromkeys(("assets/a.png", "assets/b.png"), image.getvalue())
    settings = "[images.variants]\n'*' = { widths = [40], formats = ['webp'] }\n"
    write_tree(tmp_path, {**pictures, "buildassets.toml": settings, "templates/a.html": '{{ picture("a.png") }}'})
    assert check(load_config(start=str(tmp_path))).unused == ("b.png",)


@pytest.mark.parametrize(
    ("name", "engine"), [("a.mako", "jinja"), ("a.pt", "jinja"), ("a.html", "mako"), ("a.html", "chameleon")]
)
def test_templates_of_pyramid_are_checked(tmp_path: Path, name: str, engine: str) -> None:
    template = "<a>\n${asset('css/app.css')} ${asset('b.css')}</a>"
    result = checked(tmp_path, {**settings(f'engine = "{engine}"'), f"app/templates/{name}": template})
    assert faults_of(result) == [("template/missing", f"app/templates/{name}", 2, 34)]
    assert result.templates.used == {"css/app.css"}
