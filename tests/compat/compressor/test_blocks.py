"""Blocks of Django's templates: what a build makes of them, and what pages show."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import LOAD, block, css, js, site


def test_block_becomes_one_file_of_the_release(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", css("css/one.css", "css/two.css")))
    (link,) = re.findall(r"<link[^>]*>", made.page())
    assert re.search(r'href="/static/CACHE/css/output\.[0-9a-f]{12}\.css"', link)
    assert "integrity" not in link
    (text,) = made.texts(made.page())
    assert re.search(r"url\(\.\./\.\./img/a\.[0-9a-f]{12}\.png\)", text)
    assert text.index("background") < text.index("color:#ffffff")


def test_a_configured_integrity_is_in_the_tags_of_blocks(tmp_path: Path) -> None:
    content = js("js/one.js") + js("js/two.js", more=' type="module"')
    template = block("css", css("css/one.css")) + block("css", css("css/two.css"), "preload") + block("js", content)
    made = site(tmp_path, template, files={"buildassets.toml": 'integrity = "sha256"\n'})
    checked = [
        (" integrity=" in tag, " crossorigin=" in tag) for tag in re.findall(r"<(?:link|script)[^>]*>", made.page())
    ]
    assert checked == [(True, False), (True, False), (True, False), (True, True)]


def test_blocks_are_in_the_manifest(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", css("css/two.css", media="print")))
    manifest = made.manifest()
    ((tag,),) = manifest["blocks"].values()
    assert (tag["element"], tag["attributes"]) == ("link", {"media": "print"})
    assert tag["asset"] in manifest["assets"]


def test_linked_and_inline_are_joined_in_order(tmp_path: Path) -> None:
    content = css("css/one.css") + "<style>i { top: 0 }</style>" + css("css/two.css")
    made = site(tmp_path, block("css", content))
    (text,) = made.texts(made.page())
    assert re.findall(r"^\w+", text, re.MULTILINE) == ["body", "i", "p"]


def test_inline_mode_puts_contents_into_the_page_with_full_urls(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", css("css/one.css"), "inline") + block("js", js("js/one.js"), "inline"))
    style, script = made.texts(made.page())
    assert re.search(r"^body\{background:url\(/static/img/a\.[0-9a-f]{12}\.png\)\}$", style.strip())
    assert script.strip() == "var one=1"


def test_preload_mode_links_the_same_file(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", css("css/two.css"), "preload") + block("css", css("css/two.css")))
    preload, sheet = re.findall(r"<link[^>]*>", made.page())
    assert ' rel="preload"' in preload
    assert ' as="style"' in preload
    (asset,) = {re.search(r'href="([^"]*)"', link)[1] for link in (preload, sheet)}  # type: ignore[index]
    assert asset


def test_named_block_has_the_name_in_its_file(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js"), "file site"))
    assert "/static/CACHE/js/site." in made.page()


def test_two_names_and_two_modes_of_one_block_stay_apart(tmp_path: Path) -> None:
    content = css("css/two.css")
    template = "".join(block("css", content, arguments) for arguments in ("file a", "file b", "inline"))
    made = site(tmp_path, template)
    first, second = re.findall(r'href="([^"]*)"', made.page())
    assert ("/a." in first, "/b." in second) == (True, True)
    assert "<style>p{color:#ffffff}" in made.page()


def test_runs_of_equal_attributes_make_a_file_each(tmp_path: Path) -> None:
    content = css("css/one.css") + css("css/two.css", media="print") + "<style>i { top: 0 }</style>"
    made = site(tmp_path, block("css", content))
    links = re.findall(r"<link[^>]*>", made.page())
    assert [' media="print"' in link for link in links] == [False, True, False]


def test_async_defer_and_data_attributes_are_kept(tmp_path: Path) -> None:
    content = js("js/one.js", more=" defer") + js("js/two.js", more=' async data-x="1"')
    made = site(tmp_path, block("js", content))
    first, second = re.findall(r"<script[^>]*>", made.page())
    assert first.endswith(" defer>")
    assert second.endswith(' async data-x="1">')


def test_ways_to_write_one_crossorigin_are_one_run(tmp_path: Path) -> None:
    content = js("js/one.js", more=" crossorigin") + js("js/two.js", more=' crossorigin="anonymous"')
    other = js("js/one.js", more=' crossorigin="use-credentials"')
    made = site(tmp_path, block("js", content + other))
    joined, alone = made.texts(made.page())
    assert ("one=1" in joined, "two=2" in joined, "two=2" in alone) == (True, True, False)


def test_blocks_of_equal_content_and_other_members_have_files_of_their_own(tmp_path: Path) -> None:
    one, two = (f"{css('css/two.css')}<style>/* {number} */</style>" for number in "12")
    made = site(tmp_path, block("css", one) + block("css", two))
    first, second = made.texts(made.page())
    files = re.findall(r'href="(/static/CACHE/css/output\.[0-9a-f]{12}\.css)"', made.page())
    assert (len(set(files)), first) == (2, second)


def test_types_that_mean_the_same_are_one_run(tmp_path: Path) -> None:
    content = js("js/one.js", more=' type="text/javascript"') + "<script>var i = 3</script>"
    made = site(tmp_path, block("js", content))
    (text,) = made.texts(made.page())
    assert text.split() == ["var", "one=1", "var", "i=3"]


def test_modules_json_and_icons_stay_apart(tmp_path: Path) -> None:
    content = js("js/one.js") + '<script type="application/json">{"a": 1}</script>'
    icon = '<link rel="icon" href="{% static \'img/a.png\' %}">'
    template = block("js", content + js("js/two.js", more=' type="module"')) + block("css", icon)
    made = site(tmp_path, template)
    page = made.page()
    assert '<script type="application/json">{"a": 1}</script>' in page
    assert re.search(r'<script src="/static/js/two\.[0-9a-f]{12}\.js"[^>]* type="module">', page)
    assert re.search(r'<link rel="icon" href="/static/img/a\.[0-9a-f]{12}\.png">', page)


def test_nonce_is_taken_from_the_page(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", '<script nonce="{{ nonce }}">var a = 1</script>'), values={"nonce": "n0"})
    assert made.err.startswith("built")
    (script,) = re.findall(r"<script[^>]*>", made.page())
    assert ' src="/static/CACHE/js/' in script
    assert ' nonce="n0"' in script


def test_an_attribute_that_varies_is_taken_from_the_page(tmp_path: Path) -> None:
    template = block("js", '<script data-user="{{ user }}">var a = 1</script>')
    pages = [("page.html", "django", {"user": name}) for name in ("ann", "bob")]
    made = site(tmp_path, template, pages=list(pages))
    ann, bob = made.pages["page.html"]
    assert (' data-user="ann"' in ann, ' data-user="bob"' in bob) == (True, True)
    assert ' src="/static/CACHE/js/' in bob


def test_sass_is_compiled_by_our_engine(tmp_path: Path) -> None:
    content = css("scss/app.scss", type="text/x-scss") + '<style type="text/x-sass">b\n  top: 0</style>'
    made = site(tmp_path, block("css", content))
    (text,) = made.texts(made.page())
    assert ".part{color:blue}.app{color:red;" in text
    assert "b{top:0}" in text
    assert ' type="text/css"' in made.page()


def test_command_compiles_from_stdin_or_between_files(tmp_path: Path) -> None:
    content = '<script type="text/up">var a = 1</script><script type="text/file">var b = 2</script>'
    commands = [("text/up", "tr a x"), ("text/file", "sed s/b/y/ {infile} > {outfile}")]
    made = site(tmp_path, block("js", content), COMPRESS_PRECOMPILERS=commands)
    (text,) = made.texts(made.page())
    assert text.split() == ["vxr", "x=1", "var", "y=2"]


def test_class_compiles_linked_files(tmp_path: Path) -> None:
    compiler = (
        "class Upper:\n    def __init__(self, content, attrs=None, filter_type=None, charset=None, filename=None):\n"
        "        self.text = content\n    def input(self, **given):\n        return self.text.replace('2', '22')\n"
    )
    content = js("js/two.js", more=' type="text/two"')
    settings: dict[str, Any] = {"COMPRESS_PRECOMPILERS": [("text/two", "compilers.Upper")]}
    made = site(tmp_path, block("js", content), files={"compilers.py": compiler}, **settings)
    assert made.texts(made.page()) == ["var two=22\n"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<script src='https://cdn.example/a.js'></script>", "compressor/external"),
        (js("js/gone.js"), "compressor/missing"),
        ('<script type="text/coffeescript">a = 1</script>', "compressor/type"),
    ],
)
def test_block_that_cannot_be_built_is_an_error(content: str, code: str, tmp_path: Path) -> None:
    made = site(tmp_path, block("js", content), pages=[])
    assert made.code == 1
    assert made.codes() == [f"error[{code}]"]
    assert "--> templates/page.html:1:" in made.err


def test_all_errors_are_reported_at_once(tmp_path: Path) -> None:
    templates = {f"{name}.html": block("js", js(f"js/{name}.js")) for name in ("gone", "lost")}
    made = site(tmp_path, templates, pages=[])
    assert made.codes() == ["error[compressor/missing]"] * 2


def test_block_known_at_run_time_only_is_a_warning_and_stays_as_written(tmp_path: Path) -> None:
    template = block("js", '<script>var name = "{{ user.name }}"</script>')
    made = site(tmp_path, template, values={"user": {"name": "ann"}})
    assert made.codes() == ["warning[compressor/unknown]"]
    assert "`user.name` is known at run time only" in made.err
    assert made.page() == '<script>var name = "ann"</script>'


@pytest.mark.parametrize("tag", ['{% now "Y" %}', '{% load i18n %}{% trans "May" %}', "{% csrf_token %}"])
def test_time_translations_and_tokens_are_not_known(tag: str, tmp_path: Path) -> None:
    made = site(tmp_path, block("js", f'<script>var a = "{tag}"</script>'), USE_I18N=True)
    assert made.codes() == ["warning[compressor/unknown]"]
    assert "<script>var a" in made.page()


def test_unknown_in_what_needs_compiling_is_an_error(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", '<style type="text/x-scss">$c: {{ color }}; a { color: $c }</style>'), pages=[])
    assert made.codes() == ["error[compressor/unknown]"]


def test_both_branches_of_a_condition_in_a_block_are_built(tmp_path: Path) -> None:
    template = block("js", "{% if user.x %}<script>var a = 1</script>{% else %}<script>var b = 2</script>{% endif %}")
    pages = [("page.html", "django", {"user": {"x": value}}) for value in (True, False)]
    made = site(tmp_path, template, pages=list(pages))
    assert not made.codes()
    assert [made.texts(page) for page in made.pages["page.html"]] == [["var a=1\n"], ["var b=2\n"]]


@pytest.mark.parametrize("settings", [{"COMPRESS_ENABLED": False}, {"DEBUG": True}])
def test_disabled_blocks_stay_as_written(settings: dict[str, Any], tmp_path: Path) -> None:
    made = site(tmp_path, block("js", "<script>var a = 1</script>"), arguments=("-f",), **settings)
    assert made.page() == "<script>var a = 1</script>"
    assert made.manifest()["blocks"]


def test_disabled_without_force_refuses_to_build(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", "<script>var a = 1</script>"), pages=[], COMPRESS_ENABLED=False)
    assert made.code == 1
    assert "Compressor is disabled" in made.err


def test_toggle_shows_the_block_as_written(tmp_path: Path) -> None:
    program = (
        "from django.test import RequestFactory\n"
        "found['pages'] = {'page.html': [engines['django'].get_template('page.html').render({}, request)"
        " for request in (RequestFactory().get('/?plain=1'), RequestFactory().get('/'))]}\n"
    )
    template = block("js", "<script>var a = 1</script>")
    made = site(tmp_path, template, pages=[], program=program, COMPRESS_DEBUG_TOGGLE="plain")
    plain, built = made.pages["page.html"]
    assert plain == "<script>var a = 1</script>"
    assert " src=" in built


def test_blocks_stay_as_written_without_a_release(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", "<script>var a = 1</script>"), builds=False)
    assert made.page() == "<script>var a = 1</script>"


def test_inherited_block_keeps_the_additions_of_its_child_without_a_release(tmp_path: Path) -> None:
    child = f'{{% extends "base.html" %}}{LOAD}{{% block js %}}{{{{ block.super }}}}{js("js/two.js")}{{% endblock %}}'
    base = block("js", f"{{% block js %}}{js('js/one.js')}{{% endblock %}}")
    made = site(tmp_path, {"page.html": child, "base.html": base}, builds=False)
    assert made.page().count(" src=") == 2


_ONCE = """
from itertools import count
name, engine = "{name}", "{engine}"
numbers = count(1)
for _ in range(2):
    values = {{"files": (one for one in ("js/one.js", "js/two.js")), "next": lambda: next(numbers)}}
    found["pages"].setdefault(name, []).append(engines[engine].get_template(name).render(values))
"""


@pytest.mark.parametrize("settings", [{}, {"COMPRESS_ENABLED": False}])
@pytest.mark.parametrize(("name", "engine", "call"), [("page.html", "django", ""), ("jinja2/j.html", "jinja2", "()")])
def test_block_unknown_to_the_release_is_rendered_once(
    name: str, engine: str, call: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    link = "{{ static(f) }}" if call else "{% static f %}"
    content = f'{{% for f in files %}}<script src="{link}"></script>{{% endfor %}}<script>{{{{ next{call} }}}}</script>'
    template = block("js", content).removeprefix(LOAD if call else "")
    program = _ONCE.format(name=name.removeprefix("jinja2/"), engine=engine)
    made = site(tmp_path, {name: template}, pages=[], program=program, arguments=("-f",), **settings)
    for number, page in enumerate(made.pages[name.removeprefix("jinja2/")], start=1):
        assert made.texts(page) == ["var one=1", "var two=2", str(number)]


@pytest.mark.parametrize("url", ["{{ u }}", "{{ u|escapejs }}", "{{ u|urlencode }}"])
def test_urls_in_what_is_rendered_are_those_of_the_build(url: str, tmp_path: Path) -> None:
    content = f"{{% static 'js/one-a b.js' as u %}}<script>var {{{{ name }}}} = \"{url}\"</script>"
    made = site(
        tmp_path,
        block("js", content),
        files={"site/js/one-a b.js": "1"},
        values={"name": "n"},
        COMPRESS_OFFLINE_CONTEXT={"name": "n"},
        BUILDASSETS={"manifest": "build/manifest.json", "url": "https://cdn.example/"},
    )
    assert made.page().startswith('<script src="https://cdn.example/CACHE/js/')


@pytest.mark.parametrize("url", ["/assets/", "https://cdn.example/"])
def test_fragments_from_a_cache_are_those_of_the_build(url: str, tmp_path: Path) -> None:
    links = "var u = '{% static \"js/two.js\" %}'"
    content = f"{{% load cache %}}{{% cache 600 part %}}{js('js/one.js')}<script>{links}</script>{{% endcache %}}"
    made = site(
        tmp_path,
        block("js", content),
        pages=[("page.html", "django", {})] * 2,
        BUILDASSETS={"manifest": "build/manifest.json", "url": url},
    )
    first, second = made.pages["page.html"]
    assert first == second
    assert first.startswith(f'<script src="{url}CACHE/js/')


def test_project_without_blocks_is_built(tmp_path: Path) -> None:
    assert site(tmp_path, LOAD).code == 0


def test_unrelated_broken_template_is_a_warning(tmp_path: Path) -> None:
    made = site(tmp_path, {"page.html": block("js", js("js/one.js")), "broken.html": "{% no_such_tag %}"})
    assert made.codes() == ["warning[compressor/template]"]
    assert "--> templates/broken.html:1:1" in made.err
    assert " src=" in made.page()


def test_second_build_writes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    template = block("js", js("js/one.js") + "<script>var a = 1</script>")
    first = site(tmp_path, template)
    second = site(tmp_path, template)
    assert "wrote nothing" in second.err
    assert first.page() == second.page()
    generated = tmp_path / ".buildassets/compressor/sources"
    assert any(generated.rglob("*.js"))
    site(tmp_path, LOAD)
    assert not any(generated.rglob("*.js"))


def test_key_does_not_depend_on_the_url_of_static_files(tmp_path: Path) -> None:
    template = block("js", js("js/one.js") + '<script>var u = "{{ STATIC_URL }}"</script>')
    program = (
        "from django.test import override_settings\n"
        "with override_settings(STATIC_URL='/other/'):\n"
        "    found['other'] = engines['django'].get_template('page.html').render({'STATIC_URL': '/other/'})\n"
    )
    made = site(tmp_path, template, values={"STATIC_URL": "/static/"}, program=program)
    assert " src=" in made.page()
    assert " src=" in made.found["other"]


_DIGITS = {f"site/w/app.{one * 12}.js": f"var {one} = 1" for one in "ab"}


def test_files_whose_names_differ_in_what_looks_like_a_hash_are_two(tmp_path: Path) -> None:
    both = [block("js", js(f"w/app.{one * 12}.js")) for one in "ab"]
    made = site(tmp_path, "".join(both), files=_DIGITS)
    assert (made.codes(), made.texts(made.page())) == ([], ["var a=1\n", "var b=1\n"])


@pytest.mark.parametrize("name", ["w/app.aaaaaaaaaaaa.js", "w/app.js"])
def test_text_like_a_hash_in_a_page_selects_no_other_file(name: str, tmp_path: Path) -> None:
    made = site(
        tmp_path,
        {
            "one.html": block("js", js(name)),
            "page.html": block("js", '<script src="/static/w/app.{{ build }}.js"></script>'),
        },
        files={**_DIGITS, "site/w/app.js": "var plain = 1"},
        values={"build": "b" * 12},
    )
    assert made.page() == '<script src="/static/w/app.bbbbbbbbbbbb.js"></script>'


_HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


def test_hashes_of_another_storage_do_not_count(tmp_path: Path) -> None:
    made = site(
        tmp_path,
        block("js", "{% if yes %}" + js("js/one.js") + "{% endif %}"),
        pages=[],
        program="call_command('collectstatic', interactive=False, verbosity=0)\n"
        "found['url'] = static('js/one.js')\n"
        "found['pages'] = {'page.html': [engines['django'].get_template('page.html').render({'yes': 1})]}",
        STORAGES={"staticfiles": {"BACKEND": _HASHED}},
    )
    assert made.found["url"] != "/static/js/one.js"
    assert made.page().startswith('<script src="/assets/CACHE/js/')


def test_unknown_text_behind_a_file_is_a_query(tmp_path: Path) -> None:
    template = block("js", "<script src=\"{% static 'js/one.js' %}{{ version }}\"></script>")
    made = site(tmp_path, template, values={"version": "?v=1"})
    assert not made.codes()
    assert ' src="/static/CACHE/js/' in made.page()


def test_unknown_block_is_reported_next_to_a_known_one(tmp_path: Path) -> None:
    template = block("js", "<script>var a = 1</script>") + block("js", '<script>var b = "{{ b }}"</script>')
    made = site(tmp_path, template)
    assert made.codes() == ["warning[compressor/unknown]"]
    column = template.index("{{ b }}") + len("{{ ") + 1
    assert f"--> templates/page.html:1:{column}\n" in made.err


@pytest.mark.parametrize("attribute", ["{{ attributes }}", 'data-{{ name }}="1"'])
def test_names_of_attributes_that_are_not_known_are_reported(attribute: str, tmp_path: Path) -> None:
    made = site(tmp_path, block("js", f"<script {attribute}>var a = 1</script>"), values={"attributes": "defer"})
    assert made.codes() == ["warning[compressor/unknown]"]
    assert "/static/" not in made.page()


def test_a_block_with_a_nonce_and_one_without_are_two(tmp_path: Path) -> None:
    template = block("js", js("js/one.js", more=' nonce="{{ nonce }}"')) + block("js", js("js/one.js"))
    made = site(tmp_path, template, values={"nonce": "n0"})
    assert not made.codes()
    assert [' nonce="n0"' in script for script in re.findall(r"<script[^>]*>", made.page())] == [True, False]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("css", "<style>a { background: url(img/own.png) }</style>"),
        ("css", '<style>@import "own.css"; a { top: 0 }</style>'),
        ("js", '<script>import("./own.js")</script>'),
    ],
)
def test_inline_element_with_urls_of_the_page_stays_in_it(kind: str, content: str, tmp_path: Path) -> None:
    linked = css("css/two.css") if kind == "css" else js("js/one.js")
    made = site(tmp_path, block(kind, linked + content + linked))
    assert made.codes() == ["warning[compressor/relative]"]
    first, own, last = re.findall(r"<(?:link|script|style)[^>]*>(?:[^<]+</\w+>)?", made.page())
    assert ("/static/CACHE/" in first, own, "/static/CACHE/" in last) == (True, content, True)


def test_inline_mode_leaves_urls_of_the_page(tmp_path: Path) -> None:
    content = '<style>a { background: url(img/a.png) }\nb { background: url({% static "img/a.png" %}) }</style>'
    made = site(tmp_path, block("css", content, "inline"))
    assert not made.codes()
    urls = re.findall(r"url\(([^)]*)\)", made.page())
    assert urls[0] == "img/a.png"
    assert re.fullmatch(r"/static/img/a\.[0-9a-f]{12}\.png", urls[1])


def test_url_of_an_inline_style_may_begin_where_the_files_of_blocks_are(tmp_path: Path) -> None:
    made = site(tmp_path, block("css", "<style>a { background: url(../../img/a.png) }</style>"))
    assert not made.codes()
    (text,) = made.texts(made.page())
    assert re.search(r"url\(\.\./\.\./img/a\.[0-9a-f]{12}\.png\)", text)


def test_inline_script_with_a_fault_is_reported_at_its_place(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", "\n<script>\nvar a = #</script>"), pages=[])
    assert made.codes() == ["error[js/syntax]"]
    assert "--> templates/page.html:3:9" in made.err


def test_inline_sass_with_an_import_of_another_host_is_a_separate_file(tmp_path: Path) -> None:
    sass = '<style type="text/x-scss">@import url(//fonts.example/a); $c: red; b { color: $c }</style>'
    made = site(tmp_path, block("css", css("css/two.css") + sass))
    first, second = made.texts(made.page())
    assert first.startswith("p{")
    assert second.strip() == "@import url(//fonts.example/a);b{color:red}"


def test_place_of_a_block_is_that_of_its_own_tag(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js")), pages=[], COMPRESS_FILTERS={"js": ["no_such.Filter"]})
    assert f"--> templates/page.html:1:{len(LOAD) + 1}" in made.err


@pytest.mark.parametrize(("kind", "type_"), [("js", "text/javascript"), ("css", "text/css")])
def test_precompiler_of_a_type_that_browsers_know_is_run_for_what_has_it(kind: str, type_: str, tmp_path: Path) -> None:
    name, text = ("script", "var a=1") if kind == "js" else ("style", "b{top:1px}")
    content = f'<{name} type="{type_}">{text}</{name}><{name}>{text}</{name}>'
    made = site(tmp_path, block(kind, content), COMPRESS_PRECOMPILERS=[(type_, "tr 1 2")])
    (found,) = made.texts(made.page())
    assert re.findall(r"\d", found) == ["2", "1"]


@pytest.mark.parametrize(
    "command", ["awk '{{print}}' {infile}", "awk '{print}' {infile}", "echo 'var a = {{}}' | sed s.{{}}.1."]
)
def test_braces_of_a_command_may_be_doubled(command: str, tmp_path: Path) -> None:
    content = '<script type="text/x">var a = 1</script>'
    made = site(tmp_path, block("js", content), COMPRESS_PRECOMPILERS=[("text/x", command)])
    assert made.texts(made.page()) == ["var a=1\n"]


@pytest.mark.parametrize("path", ["css//two.css", "css/./two.css", "img/../css/two.css", "./css/two.css"])
def test_a_path_that_finders_make_normal_is_that_file(path: str, tmp_path: Path) -> None:
    content = f'<link rel="stylesheet" href="/static/{path}">'
    made = site(tmp_path, block("css", content + css("css/one.css")))
    assert (made.code, made.codes()) == (0, [])
    (text,) = made.texts(made.page())
    assert text.startswith("p{color:#fff")


def test_a_kept_element_has_the_file_of_a_path_that_finders_make_normal(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", '<script type="module" src="/static/js//one.js"></script>'))
    assert made.code == 0
    assert re.search(r'src="/static/js/one\.[0-9a-f]{12}\.js"', made.page())


def test_a_static_file_by_a_link_that_leaves_its_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "site/css").mkdir(parents=True)
    (tmp_path / "host.css").write_text("a { top: 0 }")
    (tmp_path / "site/css/host.css").symlink_to("../../host.css")
    made = site(tmp_path, block("css", css("css/host.css")), pages=[])
    assert "error[compressor/missing]: the static file `css/host.css` is a link that leaves `site`\n" in made.err
    assert " --> templates/page.html:1:" in made.err
    assert "bundle/empty" not in made.err


@pytest.mark.parametrize("text", ["return 1", "var = 2", "const z;", "if (one) { return }"])
def test_script_that_is_not_a_program_leaves_other_scripts_whole(text: str, tmp_path: Path) -> None:
    content = js("js/one.js") + f"<script>{text}</script>" + js("js/two.js")
    made = site(tmp_path, block("js", content))
    assert made.code == 0, made.err
    texts = made.texts(made.page())
    assert (len(texts), texts[0], texts[2]) == (3, "var one=1\n", "var two=2\n")


def test_scripts_with_ids_of_their_own_are_one(tmp_path: Path) -> None:
    parts = "".join(f"<script id='part-{number}'>var v{number} = 1</script>" for number in range(3))
    made = site(tmp_path, block("js", parts + js("js/one.js", more=" id='one'")))
    assert re.fullmatch(r'<script src="[^"]*"></script>', made.page())
    assert made.texts(made.page()) == ["var v0=1\nvar v1=1\nvar v2=1\nvar one=1\n"]


def test_script_that_is_alone_keeps_its_id(tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js", more=" id='one'") + js("js/two.js", more=" id='two' defer")))
    assert re.findall(r' id="(\w+)"', made.page()) == ["one", "two"]


@pytest.mark.parametrize("more", [" async", " defer", " nonce='n'", " crossorigin", " data-a='b'", " nomodule"])
def test_attribute_that_decides_how_a_script_runs_begins_another(more: str, tmp_path: Path) -> None:
    made = site(tmp_path, block("js", js("js/one.js") + js("js/two.js", more=f"{more} id='two'")))
    assert made.texts(made.page()) == ["var one=1\n", "var two=2\n"]
