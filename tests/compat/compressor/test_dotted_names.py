"""Classes that projects derive from those of django-compressor, filters above all, work without that package."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.compat.compressor.site import LOAD, block, css, js, site
from tests.conftest import Tree


def with_filter(folder: Path, text: str, template: str, kind: str = "js", **settings: Any) -> str:
    """Return the text of the one file of a page, with `text` as `filters.Own`, the only filter of its `kind`."""
    chosen = {"COMPRESS_FILTERS": {kind: ["filters.Own"]}, **settings}
    made = site(folder, template, files={"filters.py": text}, **chosen)
    (found,) = made.texts(made.page())
    return found.strip()


def test_filter_on_one_of_theirs_works_on_what_that_gives(tmp_path: Path) -> None:
    text = (
        "from compressor.filters.css_default import CssAbsoluteFilter\n"
        "class Own(CssAbsoluteFilter):\n"
        "    def input(self, **given):\n        return super().input(**given) + 'q{top:1px}'\n"
    )
    made = with_filter(tmp_path, text, block("css", css("css/one.css")), "css")
    assert re.fullmatch(r"body\{background:url\(\.\./\.\./img/a\.[0-9a-f]{12}\.png\)\}q\{top:1px\}", made)


def test_function_filters_the_whole(tmp_path: Path) -> None:
    text = (
        "from compressor.filters import CallbackOutputFilter\n"
        "def named(text, name):\n    return text.replace('one', name)\n"
        "class Own(CallbackOutputFilter):\n    callback = 'filters.named'\n    kwargs = {'name': 'uno'}\n"
    )
    assert with_filter(tmp_path, text, block("js", js("js/one.js"))) == "var uno=1"


def test_command_filters_between_files_with_options(tmp_path: Path) -> None:
    text = (
        "from compressor.filters import CompilerFilter\n"
        "class Own(CompilerFilter):\n"
        "    command = '{binary} s/one/uno/ {infile} > {outfile}'\n    options = (('binary', 'sed'),)\n"
    )
    assert with_filter(tmp_path, text, block("js", js("js/one.js"))) == "var uno=1"


def test_command_that_fails_is_reported_with_what_it_printed(tmp_path: Path) -> None:
    text = "from compressor.filters import CompilerFilter\nclass Own(CompilerFilter):\n    command = 'echo no; false'\n"
    chosen: dict[str, Any] = {"COMPRESS_FILTERS": {"js": ["filters.Own"]}}
    made = site(tmp_path, block("js", js("js/one.js")), files={"filters.py": text}, pages=[], **chosen)
    assert made.codes() == ["error[compressor/precompiler]"]
    assert "note: FilterError: no" in made.err


def test_template_filter_is_a_precompiler_too(tmp_path: Path) -> None:
    style = '<style type="text/django">a { color: %s }</style>'
    content = style % "{% templatetag openvariable %} 'red' {% templatetag closevariable %}"
    settings: dict[str, Any] = {
        "COMPRESS_PRECOMPILERS": [("text/django", "compressor.filters.template.TemplateFilter")]
    }
    made = site(tmp_path, block("css", content), **settings)
    assert made.texts(made.page()) == ["a{color:red}\n"]


def test_filter_minifies_where_its_module_is_installed(tmp_path: Path) -> None:
    program = (
        "import sys\nsys.modules['rcssmin'] = None\n"
        "from compressor.filters.cssmin import rCSSMinFilter\nfrom compressor.filters.jsmin import rJSMinFilter\n"
        "script, sheet = rJSMinFilter('/*! a */var a  =  1'), rCSSMinFilter('/*! b */ b { top: 0 }')\n"
        "found['minified'] = [script.output(), sheet.output()]\n"
    )
    assert site(tmp_path, LOAD, program=program).found["minified"] == ["/*! a */var a=1", "/*! b */ b { top: 0 }"]


_LISTENER = (
    "from compressor.signals import post_compress\n{imports}"
    "def heard(sender, type, mode, context, **given):\n"
    "    with open('heard', 'a') as file:\n"
    "        print(sender.__name__, type, context['compressed'].get('url'), file=file)\n"
    "post_compress.connect(heard{sender})\n"
    "for _ in range({builds}):\n    call_command('compress', stdout=out, stderr=err)\n"
)


def heard(folder: Path, builds: int = 1, imports: str = "", sender: str = "") -> list[str]:
    """Return the arguments that a listener gets, a line for each call."""
    template = block("js", js("js/one.js")) + block("css", css("css/two.css"))
    program = _LISTENER.format(imports=imports, sender=sender, builds=builds)
    site(folder, template, pages=[], builds=False, program=program)
    return (folder / "heard").read_text().splitlines()


def test_listeners_get_the_class_of_the_kind_and_a_url(tmp_path: Path) -> None:
    script, sheet = heard(tmp_path)
    assert re.fullmatch(r"JsCompressor js /static/CACHE/js/output\.[0-9a-f]{12}\.js", script)
    assert re.fullmatch(r"CssCompressor css /static/CACHE/css/output\.[0-9a-f]{12}\.css", sheet)


def test_listener_to_one_class_hears_of_its_blocks_only(tmp_path: Path) -> None:
    imports = "from compressor.css import CssCompressor\n"
    (line,) = heard(tmp_path, imports=imports, sender=", sender=CssCompressor")
    assert line.startswith("CssCompressor css ")


def test_listeners_are_called_in_each_build(tmp_path: Path) -> None:
    assert len(heard(tmp_path, builds=2)) == 4


def test_storage_has_the_folder_and_url_of_the_settings(tmp_path: Path) -> None:
    program = (
        "from compressor.storage import CompressorFileStorage\nfrom django.core.files.base import ContentFile\n"
        "storage = CompressorFileStorage()\n"
        "found['names'] = [storage.save('a.txt', ContentFile(text)) for text in ('one', 'two')]\n"
        "found['url'] = storage.url('a.txt')\n"
    )
    made = site(tmp_path, LOAD, program=program, COMPRESS_ROOT=str(tmp_path / "compressed"), COMPRESS_URL="/c/")
    assert (made.found["names"], made.found["url"]) == (["a.txt", "a.txt"], "/c/a.txt")
    assert (tmp_path / "compressed/a.txt").read_text() == "two"


def test_command_for_times_of_files_has_nothing_to_do(tmp_path: Path) -> None:
    program = (
        "call_command('mtime_cache', '--add', stdout=out)\nfound['printed'] = out.getvalue().splitlines()[-1]\n"
        "try:\n    call_command('mtime_cache')\nexcept CommandError as fault:\n    found['refused'] = str(fault)\n"
    )
    made = site(tmp_path, LOAD, program=program)
    assert made.found["printed"].startswith("nothing to do:")
    assert made.found["refused"] == 'Please specify either "--add" or "--clean"'


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("js", r'<script src="/static/CACHE/js/output\.\w+\.js\?own" defer></script>'),
        ("js preload", r'<link rel="preload" href="/static/CACHE/js/output\.\w+\.js\?own" as="script">'),
        ("js inline", r"<script>/\* own \*/var one=1\s*</script>"),
    ],
)
def test_changes_by_a_listener_are_shown(arguments: str, shown: str, tmp_path: Path) -> None:
    program = (
        "from compressor.signals import post_compress\n"
        "def change(sender, context, **given):\n"
        "    compressed = context['compressed']\n"
        "    if 'url' in compressed:\n        compressed['url'] += '?own'\n"
        "    else:\n        compressed['content'] = '/* own */' + compressed['content']\n"
        "post_compress.connect(change)\n"
        "call_command('compress', stdout=out, stderr=err)\n"
        "found['pages'] = {'page.html': [engines['django'].get_template('page.html').render({})]}\n"
    )
    template = block(arguments, js("js/one.js", more=" defer"))
    made = site(tmp_path, template, pages=[], builds=False, program=program)
    assert re.fullmatch(shown, made.page())


def test_classes_of_an_installed_package_are_not_imported_without_listeners(tmp_path: Path) -> None:
    files = {
        "compressor/__init__.py": "",
        "compressor/signals.py": "from django.dispatch import Signal\npost_compress = Signal()\n",
        "compressor/js.py": "raise RuntimeError('it would add settings')\n",
    }
    made = site(tmp_path, block("js", js("js/one.js")), files={**files})
    assert made.texts(made.page()) == ["var one=1\n"]


def test_modules_of_sass_that_a_filter_of_the_project_needs_are_refused(tmp_path: Path) -> None:
    filters = (
        "class Own:\n"
        "    def __init__(self, content, **_):\n        self.content = content\n"
        "    def output(self, **_):\n        return self.content\n"
    )
    content = '<style type="text/x-scss">@use "theme"; a { color: red }</style>'
    files: Tree = {"filters.py": filters, "site/_theme.scss": "b { top: 0 }"}
    chosen: dict[str, Any] = {"COMPRESS_FILTERS": {"css": ["filters.Own"]}}
    made = site(tmp_path, block("css", content), pages=[], files=files, **chosen)
    assert made.codes() == ["error[compressor/precompiler]"]
    assert "libsass, which filters need for Sass, knows no `@use`" in made.err
