"""A project's own parts: names of django-compressor, filters, templates, contexts, Sass of packages."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import FILES, LOAD, SETTINGS, SETTLE, Site, block, css, js, site
from tests.conftest import Tree, write_tree
from tests.runtime.django.project import MANAGE

_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "compressor.finders.CompressorFinder",
]


def test_dotted_names_need_no_django_compressor(tmp_path: Path) -> None:
    names: dict[str, Any] = {
        "STATICFILES_FINDERS": _FINDERS,
        "COMPRESS_PARSER": "compressor.parser.LxmlParser",
        "COMPRESS_STORAGE": "compressor.storage.GzipCompressorFileStorage",
        "COMPRESS_FILTERS": {
            "css": ["compressor.filters.css_default.CssRelativeFilter", "compressor.filters.cssmin.rCSSMinFilter"],
            "js": ["compressor.filters.jsmin.rJSMinFilter"],
        },
    }
    made = site(tmp_path, block("css", css("css/one.css")), program="", **names)
    assert not made.codes()
    assert ' href="/static/CACHE/css/' in made.page()


def test_an_application_may_minify_with_a_filter(tmp_path: Path) -> None:
    program = (
        "from compressor.filters.jsmin import rJSMinFilter\nfound['minified'] = rJSMinFilter('var a  =  1').output()\n"
    )
    assert site(tmp_path, LOAD, program=program).found["minified"] == "var a=1"


def test_filter_of_the_project_works_on_contents_and_on_the_whole(tmp_path: Path) -> None:
    filters = (
        "from compressor.filters import FilterBase\n"
        "class Own(FilterBase):\n"
        "    def input(self, **given):\n        return self.content.replace('RED', 'red')\n"
        "    def output(self, **given):\n        return self.content + 'i{top:0}'\n"
    )
    content = css("css/one.css") + "<style>a { color: RED }</style>"
    settings: dict[str, Any] = {
        "COMPRESS_FILTERS": {"css": ["compressor.filters.css_default.CssAbsoluteFilter", "filters.Own"]}
    }
    made = site(tmp_path, block("css", content), files={"filters.py": filters}, **settings)
    (text,) = made.texts(made.page())
    assert re.search(r"url\(\.\./\.\./img/a\.[0-9a-f]{12}\.png\)", text)
    assert re.search(r"a\{color:red\}\s*i\{top:0\}", text)


def test_template_filter_renders_contents(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "COMPRESS_FILTERS": {"js": ["compressor.filters.template.TemplateFilter"]},
        "COMPRESS_TEMPLATE_FILTER_CONTEXT": {"answer": 42},
    }
    files = {"site/js/two.js": "var two = {{ answer }}"}
    made = site(tmp_path, block("js", js("js/two.js")), files=files, **settings)
    assert made.texts(made.page()) == ["var two=42\n"]


def test_template_of_the_project_shows_what_a_block_became(tmp_path: Path) -> None:
    templates = {
        "page.html": block("js", js("js/one.js", more=" defer")) + block("css", css("css/two.css"), "inline"),
        "compressor/js_file.html": '<script data-own src="{{ compressed.url }}"{{ compressed.extra }}></script>',
        "compressor/css_inline.html": "<style data-own>{{ compressed.content|safe }}</style>",
    }
    made = site(tmp_path, templates, pages=[("page.html", "django", {})])
    script = r'<script data-own src="/static/CACHE/js/output\.[0-9a-f]{12}\.js" defer></script>'
    assert re.search(script, made.page())
    assert re.search(r"<style data-own>p\{color:#ffffff\}\s*</style>", made.page())


def test_listeners_of_post_compress_are_called_at_build(tmp_path: Path) -> None:
    listener = (
        "from compressor.signals import post_compress\n"
        "def heard(sender, type, mode, context, **given):\n"
        "    open('heard', 'a').write(f\"{type} {mode} {context['compressed']['name']}\\n\")\n"
        "post_compress.connect(heard)\n"
    )
    apps = ["buildassets.compat.compressor", "buildassets.runtime.django", "django.contrib.staticfiles", "shop"]
    app = "from django.apps import AppConfig\nclass Shop(AppConfig):\n    name = 'shop'\n    def ready(self):\n"
    files = {"shop/__init__.py": "", "shop/apps.py": app + "        import listener\n", "listener.py": listener}
    site(tmp_path, block("js", js("js/one.js"), "file own"), files=files, INSTALLED_APPS=apps)
    assert (tmp_path / "heard").read_text() == "js file own\n"


@pytest.mark.parametrize(
    "contexts",
    [
        [{"theme": "one"}, {"theme": "two"}],
        "contexts.every",
    ],
)
def test_each_offline_context_is_built(contexts: object, tmp_path: Path) -> None:
    template = block("css", '<link rel="stylesheet" href="{% static \'css/\' %}{{ theme }}.css">')
    every = "def every():\n    for name in ('one', 'two'):\n        yield {'theme': name}\n"
    pages = [("page.html", "django", {"theme": name}) for name in ("one", "two")]
    made = site(tmp_path, template, files={"contexts.py": every}, pages=list(pages), COMPRESS_OFFLINE_CONTEXT=contexts)
    assert [made.texts(page)[0][:1] for page in made.pages["page.html"]] == ["b", "p"]


def test_a_context_that_cannot_be_imported_is_an_error(tmp_path: Path) -> None:
    made = site(tmp_path, LOAD, pages=[], COMPRESS_OFFLINE_CONTEXT="no_such.function")
    assert made.codes() == ["error[compressor/setting]"]


def test_static_in_sass_names_an_asset(tmp_path: Path) -> None:
    content = '<style type="text/x-scss">a { background: url(static("img/a.png")) }</style>'
    made = site(tmp_path, block("css", content))
    (text,) = made.texts(made.page())
    assert re.search(r"url\(\"?\.\./\.\./img/a\.[0-9a-f]{12}\.png\"?\)", text)


def test_finders_folders_are_load_paths_of_inline_sass(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", '<style type="text/x-scss">@import "scss/part";</style>'))
    assert made.texts(made.page())[0].strip() == ".part{color:blue}"


def test_sass_imports_a_file_of_another_app_as_if_static_files_were_collected(tmp_path: Path) -> None:
    files = {
        "shop/static/shop/scss/app.scss": '@import "../../shared/scss/mix"; .app { top: 1px }',
        "core/shared/scss/_mix.scss": ".mix { top: 2px }",
    }
    folders = [str(tmp_path / name) for name in ("site", "shop/static", "core")]
    template = block("css", css("shop/scss/app.scss", type="text/x-scss"))
    made = site(tmp_path, template, files=files, STATICFILES_DIRS=folders)
    assert made.texts(made.page()) == [".mix{top:2px}.app{top:1px}\n"]


@pytest.mark.parametrize(
    ("precompiler", "expected"),
    [
        ("django_libsass.SassCompiler", ".a{color:blue}@media print{.a{color:red}}"),
        ("sassc {infile} {outfile}", ".a{color:blue}@media print{.a{color:red}}"),
        ("sass {infile} {outfile}", "@media print{.a{color:red}}.a{color:blue}"),
    ],
)
def test_sass_of_libsass_is_compiled_by_libsass(tmp_path: Path, precompiler: str, expected: str) -> None:
    files = {"site/scss/app.scss": ".a { @media print { color: red } color: blue }"}
    template = block("css", css("scss/app.scss", type="text/x-scss"))
    made = site(tmp_path, template, files=files, COMPRESS_PRECOMPILERS=[("text/x-scss", precompiler)])
    assert (made.codes(), made.texts(made.page())) == ([], [f"{expected}\n"])


@pytest.mark.parametrize(("settings", "digits"), [({}, 10), ({"LIBSASS_PRECISION": 3}, 3)])
@pytest.mark.parametrize("filters", [(), ("filters.Own",)], ids=["engine", "filter"])
def test_libsass_writes_as_many_digits_as_the_setting_asks_for(
    settings: dict[str, Any], digits: int, filters: tuple[str, ...], tmp_path: Path
) -> None:
    own = "from compressor.filters import FilterBase\nclass Own(FilterBase): pass\n"
    files = {"site/scss/app.scss": ".a { top: 1px * (1 / 3) }", "filters.py": own}
    settings |= {"COMPRESS_FILTERS": {"css": [*filters]}} if filters else {}
    settings["COMPRESS_PRECOMPILERS"] = [("text/x-scss", "django_libsass.SassCompiler")]
    made = site(tmp_path, block("css", css("scss/app.scss", type="text/x-scss")), files={**files}, **settings)
    assert re.search(r"0?\.(3+)px", made.texts(made.page())[0])[1] == "3" * digits  # type: ignore[index]  # it is there


def test_changed_partial_rebuilds_the_block(tmp_path: Path) -> None:
    template = block("css", css("scss/app.scss", type="text/x-scss"))
    site(tmp_path, template)
    made = site(tmp_path, template, files={"site/scss/_part.scss": ".part { color: teal }"})
    assert ".part{color:teal}" in made.texts(made.page())[0]


def test_file_in_another_charset_is_released_as_utf_8(tmp_path: Path) -> None:
    files = {"site/js/latin.js": 'var u = "ä"'.encode("latin-1")}
    content = '<script charset="latin-1" src="{% static \'js/latin.js\' %}"></script>'
    made = site(tmp_path, block("js", content), files=files)
    assert made.texts(made.page()) == ['var u="ä"\n']


def test_import_from_another_host_is_put_at_the_head(tmp_path: Path) -> None:
    files = {"site/css/two.css": '@import "https://fonts.example/a.css";\np { top: 0 }'}
    made = site(tmp_path, block("css", css("css/one.css", "css/two.css")), files=files)
    (text,) = made.texts(made.page())
    assert re.match(r'@import "https://fonts\.example/a\.css";\s*body', text)


def test_import_of_an_own_sheet_begins_another_file(tmp_path: Path) -> None:
    files = {"site/css/two.css": '@import "three.css";\np { top: 0 }', "site/css/three.css": "i { top: 3px }"}
    made = site(tmp_path, block("css", css("css/one.css", "css/two.css")), files=files)
    first, second = made.texts(made.page())
    assert (first[:4], second[:7]) == ("body", "@import")


def test_scripts_that_cannot_be_joined_are_files_of_their_own(tmp_path: Path) -> None:
    files = {"site/js/one.js": "let same = 1", "site/js/two.js": '"use strict"; function f() {}\nvar same2 = 2'}
    content = js("js/one.js", "js/two.js") + "<script>(function () {})()</script>"
    made = site(tmp_path, block("js", content), files=files)
    assert not made.codes()
    assert [text[:12] for text in made.texts(made.page())][:1] == ["let same=1\n"]


def test_unknown_setting_is_reported(tmp_path: Path) -> None:
    made = site(tmp_path, LOAD, pages=[], COMPRESS_OUTPUT_FOLDER="x")
    assert made.codes() == ["warning[compressor/setting]"]
    assert "`COMPRESS_OUTPUT_FOLDER` is not known" in made.err


def test_output_dir_is_used(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js")), COMPRESS_OUTPUT_DIR="/own/dir/")
    assert ' src="/static/own/dir/js/output.' in made.page()


def test_development_shows_compiled_sass(tmp_path: Path) -> None:
    template = block("css", css("scss/app.scss", type="text/x-scss")) + block("css", css("css/two.css"))
    made = site(tmp_path, template, arguments=("-f",), DEBUG=True)
    sass, plain = re.findall(r'href="([^"]*)"', made.page())
    assert "/CACHE/css/" in sass
    assert plain.startswith("/static/css/two.")


def test_url_of_blocks_is_that_of_the_setting(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js")), COMPRESS_URL="https://cdn.example/static/")
    assert ' src="https://cdn.example/static/CACHE/js/' in made.page()


def test_nothing_is_written_when_pages_are_made(tmp_path: Path) -> None:
    program = (
        "import sys\nsys.dont_write_bytecode = True\nwrites = []\n"
        "def heard(event, given):\n"
        "    if event == 'open' and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):\n"
        "        writes.append(str(given[0]))\n"
        "    if event in ('os.mkdir', 'os.rename', 'os.remove', 'subprocess.Popen'):\n        writes.append(event)\n"
        "sys.addaudithook(heard)\n"
        "for name in ('page.html', 'unknown.html'):\n    engines['django'].get_template(name).render({'user': 1})\n"
        "found['writes'] = writes\n"
    )
    templates = {
        "page.html": block("js", js("js/one.js")) + block("css", css("css/one.css"), "inline"),
        "unknown.html": block("js", "<script>var u = {{ user }}</script>"),
    }
    made = site(tmp_path, templates, pages=[], program=program)
    assert made.found["writes"] == []


def test_the_application_needs_no_other(tmp_path: Path) -> None:
    apps = ["buildassets.compat.compressor", "django.contrib.staticfiles"]
    made = site(tmp_path, block("js", js("js/one.js")), INSTALLED_APPS=apps)
    assert ' src="/static/CACHE/js/' in made.page()


def test_a_name_with_a_nul_is_reported_as_missing(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", '<link rel="stylesheet" href="/static/css/one.css%00">'))
    assert made.codes() == ["error[compressor/missing]"]


@pytest.mark.parametrize("command", ["iconv -t latin1", "iconv -t latin1 {infile} > {outfile}"])
def test_a_precompiler_that_prints_no_utf_8_is_reported(tmp_path: Path, command: str) -> None:
    page = block("css", '<style type="text/own">a::after { content: "\u00e9" }</style>')
    made = site(tmp_path, page, COMPRESS_PRECOMPILERS=[("text/own", command)])
    assert made.codes() == ["error[compressor/precompiler]"]
    assert "is not UTF-8" in made.err


def test_long_blocks_of_pages_are_not_kept_in_memory(tmp_path: Path) -> None:
    program = (
        "import tracemalloc\npage = engines['django'].get_template('page.html')\ntracemalloc.start()\n"
        "for number in range(100):\n    page.render({'text': f'{number} ' * 50_000})\n"
        "found['kept'] = tracemalloc.get_traced_memory()[0]\n"
    )
    page = block("js", "<script>var text = '{{ text }}'</script>")
    assert site(tmp_path, page, pages=[], program=program).found["kept"] < 2_000_000


@pytest.mark.parametrize("name", ["page.html", "jinja2/page.html"])
def test_more_variants_of_a_block_than_are_built_are_reported(tmp_path: Path, name: str) -> None:
    conditions = "".join(f"{{% if {one} %}}x += '{one}';{{% endif %}}" for one in "abcdefg")
    page = f"{{% compress js %}}<script>var x = '';{conditions}</script>{{% endcompress %}}"
    made = site(tmp_path, {name: page if name.startswith("jinja2/") else LOAD + page}, pages=[])
    assert made.codes() == ["warning[compressor/unknown]"]
    assert "more than 64" in made.err


def test_extension_of_the_project_s_own_is_read_too(tmp_path: Path) -> None:
    own = "from buildassets.compat.compressor import CompressorExtension\nclass Own(CompressorExtension):\n    pass\n"
    backend = "django.template.backends.jinja2.Jinja2"
    templates: list[dict[str, Any]] = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates"},
        {"BACKEND": backend, "DIRS": [str(tmp_path / "jinja2")], "OPTIONS": {"extensions": ["own.Own"]}},
    ]
    page = {"jinja2/j.html": "{% compress js %}<script>var own = 1</script>{% endcompress %}"}
    made = site(tmp_path, page, files={"own.py": own}, pages=[("j.html", "jinja2", {})], TEMPLATES=templates)
    assert ' src="/static/CACHE/js/' in made.page("j.html")


def test_changed_template_and_changed_file_are_noticed(tmp_path: Path) -> None:
    template = block("js", js("js/one.js"))
    site(tmp_path, template)
    assert (tmp_path / ".buildassets/compressor/plan.trace").exists()
    made = site(tmp_path, template, files={"site/js/one.js": "var one = 11"})
    assert made.texts(made.page()) == ["var one=11\n"]
    made = site(tmp_path, template + block("js", js("js/two.js")))
    assert made.page().count("/CACHE/js/") == 2


def test_check_knows_blocks(tmp_path: Path) -> None:
    program = (
        "out, err = io.StringIO(), io.StringIO()\n"
        "call_command('assets', 'check', stdout=out, stderr=err)\nfound['check'] = err.getvalue()\n"
    )
    sass = block("css", css("scss/app.scss", type="text/x-scss"))
    own = '{% compress css %}<link rel="stylesheet" href="{{ static(\'css/two.css\') }}">{% endcompress %}'
    templates = {"page.html": sass, "jinja2/j.html": own}
    made = site(tmp_path, templates, files={"manage.py": ""}, pages=[], program=program)
    assert "error[" not in made.found["check"]
    assert "warning[" not in made.found["check"]
    assert "CACHE" not in made.found["check"]


def test_functions_of_the_project_are_called_in_sass(tmp_path: Path) -> None:
    functions = "import sass\ndef twice(value):\n    return sass.SassNumber(2 * value.value, value.unit)\n"
    setup = (
        "import sass\nfrom functions import twice\nfrom django.test import override_settings\n"
        "with override_settings(LIBSASS_CUSTOM_FUNCTIONS={'twice': twice}):\n"
        "    call_command('compress', stdout=out, stderr=sys.stderr)\n"
        "found['pages'] = {'page.html': [engines['django'].get_template('page.html').render({})]}\n"
    )
    template = block("css", '<style type="text/x-scss">a { line-height: twice(2) }</style>')
    made = site(tmp_path, template, files={"functions.py": functions}, builds=False, pages=[], program=setup)
    assert made.texts(made.page())[0].strip() == "a{line-height:4}"


def test_data_urls_up_to_the_limit(tmp_path: Path) -> None:
    names = ["compressor.filters.css_default.CssAbsoluteFilter", "compressor.filters.datauri.CssDataUriFilter"]
    made = site(tmp_path, block("css", css("css/one.css")), COMPRESS_FILTERS={"css": names})
    assert 'url("data:image/png;base64,' in made.texts(made.page())[0].replace("url(data:", 'url("data:')


def test_a_file_that_is_only_collected_is_found(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/three.js")), files={"collected/js/three.js": "var three = 3"})
    assert made.texts(made.page()) == ["var three=3\n"]


def test_a_generator_that_fails_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    contexts = "def every():\n    yield {}\n    raise LookupError('no theme')\n"
    made = site(tmp_path, LOAD, files={"contexts.py": contexts}, pages=[], COMPRESS_OFFLINE_CONTEXT="contexts.every")
    assert made.codes() == ["error[compressor/setting]"]
    assert "LookupError: no theme" in made.err
    assert "Traceback" not in made.err


def test_references_of_a_file_that_is_only_collected_are_released(tmp_path: Path) -> None:
    files: Tree = {
        "collected/only/a.css": "@import 'b.css'; a { background: url(../only.png) }",
        "collected/only/b.css": "b { background: url(/static/b.png) }",
        "collected/only.png": b"a",
        "collected/b.png": b"b",
        "collected/never.png": b"c",
    }
    made = site(tmp_path, block("css", css("only/a.css")), files=files)
    (text,) = made.texts(made.page())
    assert re.search(r"url\(\.\./\.\./only\.[0-9a-f]{12}\.png\)", text)
    released = {name for name in made.manifest()["assets"] if name.endswith(".png")}
    assert released == {"img/a.png", "only.png", "b.png"}


@pytest.mark.parametrize(("kind", "name"), [("js", "a.mjs"), ("js", "a.es6"), ("css", "a.styles")])
def test_the_kind_of_a_block_decides_not_the_suffix_of_a_file(kind: str, name: str, tmp_path: Path) -> None:
    text = "var a=1" if kind == "js" else "a{top:0}"
    made = site(tmp_path, block(kind, (js if kind == "js" else css)(name)), files={f"site/{name}": text})
    assert [one.strip() for one in made.texts(made.page())] == [text]


def test_url_with_the_prefix_of_a_script_is_that_of_the_request(tmp_path: Path) -> None:
    lazy = (
        "from django.urls import get_script_prefix\n"
        "class Lazy(str):\n"
        "    def __str__(self):\n        return get_script_prefix() + self[1:]\n"
        "    def lstrip(self, *given):\n        return str(self).lstrip(*given)\n"
        "    def split(self, *given):\n        return str(self).split(*given)\n"
        "    def replace(self, *given):\n        return str(self).replace(*given)\n"
    )
    program = (
        "from django.test import override_settings\nfrom django.urls import set_script_prefix\nfrom lazy import Lazy\n"
        "with override_settings(STATIC_URL=Lazy('/static/'), COMPRESS_URL=Lazy('/static/')):\n"
        "    page = engines['django'].get_template('page.html')\n    found['pages'] = {}\n"
        "    for prefix in ('/', '/app/', '/other/'):\n"
        "        set_script_prefix(prefix)\n        found['pages'][prefix] = [page.render({})]\n"
    )
    made = site(tmp_path, block("js", js("js/one.js")), files={"lazy.py": lazy}, pages=[], program=program)
    shown = {prefix: page[0].partition("output")[0] for prefix, page in made.found["pages"].items()}
    assert shown == {prefix: f'<script src="{prefix}static/CACHE/js/' for prefix in ("/", "/app/", "/other/")}


def test_suffixes_of_templates_may_be_patterns(tmp_path: Path) -> None:
    pages: list[tuple[str, str, Any]] = [(name, "django", {}) for name in ("a.htm", "b.html")]
    templates = {name: block("js", js("js/one.js")) for name in ("a.htm", "b.html")}
    made = site(tmp_path, templates, pages=[*pages], arguments=("-e", "htm*"))
    assert ["/CACHE/js/" in page for (page,) in made.pages.values()] == [True, True]


_CONTEXTS = "import datetime\nTHEME = 'one'\ndef every():\n    yield {'theme': THEME, 'extra': EXTRA}\n"
_BUILDS = (
    "import contexts\ntrace = folder / '.buildassets/compressor/plan.trace'\nfound['kept'] = []\n"
    "for theme in ('one', 'one', 'one', 'two'):  # the first makes folders in one that Python looks into\n"
    f"    contexts.THEME = theme\n    {SETTLE}\n    call_command('compress', stdout=out, stderr=err)\n"
    "    found['kept'].append(trace.exists() and trace.stat().st_mtime_ns)\n"
    "found['pages'] = {'page.html': [engines['django'].get_template('page.html').render({'theme': 'two'})]}\n"
)


def with_contexts_of_a_function(folder: Path, extra: str) -> Site:
    """A site that is built four times, with what shows each time whether its plan was kept from before."""
    template = block("js", "<script>var theme = '{{ theme }}'</script>")
    files: Tree = {"contexts.py": _CONTEXTS.replace("EXTRA", extra)}
    contexts = "contexts.every"
    return site(folder, template, files=files, builds=False, program=_BUILDS, COMPRESS_OFFLINE_CONTEXT=contexts)


def test_contexts_of_a_function_are_compared_in_the_next_build(tmp_path: Path) -> None:
    made = with_contexts_of_a_function(tmp_path, "[1, None]")
    _, second, third, fourth = made.found["kept"]
    assert (second == third, third == fourth) == (True, False)
    assert made.texts(made.page()) == ["var theme='two'\n"]


def test_contexts_that_cannot_be_compared_are_built_each_time(tmp_path: Path) -> None:
    made = with_contexts_of_a_function(tmp_path, "datetime.date.today()")
    assert made.found["kept"] == [False] * 4
    assert made.texts(made.page()) == ["var theme='two'\n"]


@pytest.mark.parametrize(("cacheable", "runs"), [([], 2), (["text/up"], 1)])
def test_a_precompiler_that_is_cacheable_runs_once_for_what_did_not_change(
    cacheable: list[str], runs: int, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "COMPRESS_PRECOMPILERS": [("text/up", "echo run >> var/ran; tr a x")],
        "COMPRESS_CACHEABLE_PRECOMPILERS": cacheable,
    }
    program = f"{SETTLE}\ncall_command('compress', stdout=out, stderr=err)"
    template = block("js", '<script type="text/up">var a = 1</script>')
    made = site(tmp_path, template, files={"var/none": ""}, program=program, **settings)
    assert made.texts(made.page()) == ["vxr x=1\n"]
    assert (tmp_path / "var/ran").read_text().splitlines() == ["run"] * runs


@pytest.mark.parametrize(("arguments", "printed"), [((), "blocks of templates: 2\n"), (("-v", "0"), "")])
def test_command_reports_how_many_blocks_there_are(arguments: tuple[str, ...], printed: str, tmp_path: Path) -> None:
    templates = {"page.html": block("js", js("js/one.js")), "other.html": block("js", js("js/two.js"))}
    made = site(tmp_path, {**templates, "again.html": templates["page.html"]}, pages=[], arguments=arguments)
    assert made.out == printed


_SLOW = """
import time
from django import template

register = template.Library()


@register.simple_tag
def slow():
    time.sleep(0.6)
    return ""
"""


def test_long_plan_has_a_line_on_a_terminal_and_counts_in_the_summary(tmp_path: Path) -> None:
    settings = (
        SETTINGS.replace('"templates"]', '"templates"], "OPTIONS": {"builtins": ["slow"]}') + "STATIC_URL = '/s/'\n"
    )
    pages = {f"templates/{name}.html": block("js", f"<script>var {name} = 1{{% slow %}}</script>") for name in "abc"}
    write_tree(tmp_path, {**FILES, "settings.py": settings, "slow.py": _SLOW, "manage.py": MANAGE, **pages})
    reader, writer = pty.openpty()
    with os.fdopen(reader, "rb", buffering=0) as terminal:
        command = [sys.executable, "manage.py", "compress"]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=writer, check=False)
        printed = os.read(terminal.fileno(), 100_000).decode()
        os.close(writer)
    assert done.returncode == 0, printed
    assert "\rrendering blocks of templates: 3\r\x1b[K" in printed
    seconds = re.search(r"built .* ([0-9.]+) s", printed)
    assert seconds
    assert float(seconds[1]) > 1.8
