"""`manage.py compress` reports all errors of a build at once, each where it is written, and no traceback."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compat.compressor.site import FILES, LOAD, SETTINGS
from tests.conftest import Tree, read_tree, write_tree
from tests.runtime.django.project import MANAGE, manage

_SETTINGS = (
    SETTINGS
    + """
STATIC_URL = "/static/"
COMPRESS_PRECOMPILERS = [("text/fails", "echo it failed >&2; exit 3"), ("text/lone", "lone.Own")]
COMPRESS_OFFLINE_CONTEXT = {"lone": "\\ud800"}
"""
)
_LONE = (
    "class Own:\n    def __init__(self, content, **given):\n        self.content = content\n"
    "    def input(self, **given):\n        return self.content + '\\udc41'\n"
)
_OPEN, _CLOSE = "{% compress KIND %}\n", "{% endcompress %}"
_CSS, _JS = _OPEN.replace("KIND", "css"), _OPEN.replace("KIND", "js")
_SCSS = '<style type="text/x-scss">'
# By template: its text below a first line, the severity and code, the place, and a part of the report.
_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "templates/missing.html": (
        f"{_JS}<script src=\"{{% static 'js/gone.js' %}}\"></script>{_CLOSE}",
        "error[compressor/missing]",
        "templates/missing.html:3:25",
        "cannot find the static file `js/gone.js`",
    ),
    "templates/folder.html": (
        f'{_CSS}<link rel="stylesheet" href="/static/css">{_CLOSE}',
        "error[compressor/missing]",
        "templates/folder.html:3:38",
        "cannot find the static file `css`",
    ),
    "templates/prefix.html": (
        f'{_CSS}<link rel="stylesheet" href="/static/">{_CLOSE}',
        "error[compressor/missing]",
        "templates/prefix.html:3:30",
        "`/static/` names no static file",
    ),
    "templates/slash.html": (
        f'{_CSS}<link rel="stylesheet" href="/static/css/one.css/">{_CLOSE}',
        "error[compressor/missing]",
        "templates/slash.html:3:38",
        "cannot find the static file `css/one.css/`",
    ),
    "templates/name.html": (
        f"{{% compress js file '{'n' * 400}' %}}<script>var n = 1</script>{_CLOSE}",
        "error[compressor/name]",
        "templates/name.html:2:1",
        "the name of this block has 400 bytes",
    ),
    "templates/surrogate.html": (
        f"{_JS}<script>var lone = '{{{{ lone }}}}'</script>{_CLOSE}",
        "error[compressor/charset]",
        "templates/surrogate.html:2:1",
        "this block has the lone surrogate `U+D800`",
    ),
    "templates/made_surrogate.html": (
        f'{_JS}<script type="text/lone">a</script>{_CLOSE}',
        "error[compressor/charset]",
        "templates/made_surrogate.html:3:",
        "this block has the lone surrogate `U+DC41`",
    ),
    "templates/external.html": (
        f'{_JS}<script src="//cdn.example/a.js"></script>{_CLOSE}',
        "error[compressor/external]",
        "templates/external.html:3:1",
        "`//cdn.example/a.js` is not a static file",
    ),
    "templates/type.html": (
        f'{_JS}<script type="text/coffeescript">a = 1</script>{_CLOSE}',
        "error[compressor/type]",
        "templates/type.html:3:15",
        "nothing compiles the type `text/coffeescript`",
    ),
    "templates/sass_unknown.html": (
        f"{_CSS}{_SCSS}\n$c: {{{{ theme.color }}}};\na {{ color: $c }}</style>{_CLOSE}",
        "error[compressor/unknown]",
        "templates/sass_unknown.html:4:8",
        "`theme.color` is known at run time only\n",
    ),
    "templates/sass_link.html": (
        f'{_CSS}<link rel="stylesheet" type="text/x-scss" href="/static/scss/{{{{ theme }}}}.scss">{_CLOSE}',
        "error[compressor/unknown]",
        "templates/sass_link.html:3:65",
        "`theme` is known at run time only\n",
    ),
    "templates/sass_syntax.html": (
        f"{_CSS}{_SCSS}\na {{ color: $nope }}</style>{_CLOSE}",
        "error[scss/syntax]",
        "templates/sass_syntax.html:4:12",
        "undefined variable: `$nope`",
    ),
    "templates/precompiler.html": (
        f'{_JS}<script type="text/fails">a</script>{_CLOSE}',
        "error[compressor/precompiler]",
        "templates/precompiler.html:3:",
        "ended with 3",
    ),
    "templates/precompiler_unknown.html": (
        f'{_JS}<script type="text/fails">{{{{ late }}}}</script>{_CLOSE}',
        "error[compressor/unknown]",
        "templates/precompiler_unknown.html:3:30",
        "`late` is known at run time only\n",
    ),
    "templates/reference.html": (
        f'{_CSS}<link rel="stylesheet" href="{{% static \'css/bad.css\' %}}">{_CLOSE}',
        "error[reference/missing]",
        "site/css/bad.css:2:18",
        "cannot find `css/nope.png`",
    ),
    "templates/broken.html": (
        "{% if %}",
        "warning[compressor/template]",
        "templates/broken.html:2:1",
        "cannot read the template `broken.html`",
    ),
    "templates/mode.html": (
        "{% compress js files %}{% endcompress %}",
        "warning[compressor/template]",
        "templates/mode.html:2:1",
        "second argument must be 'file', 'inline' or 'preload'",
    ),
    "templates/kind.html": (
        f"{_OPEN.replace('KIND', 'less')}a {{ b: c }}{_CLOSE}",
        "error[compressor/template]",
        "templates/kind.html:2:1",
        "cannot read the template `kind.html`: The compress tag's argument must be one of: 'css', 'js'.",
    ),
    "templates/late.html": (
        f"{_JS}<script>var late = '{{{{ late }}}}'</script>{_CLOSE}",
        "warning[compressor/unknown]",
        "templates/late.html:3:24",
        "`late` is known at run time only: the block stays as written",
    ),
    "jinja2/broken_too.html": (
        "{% if %}",
        "warning[compressor/template]",
        "jinja2/broken_too.html:2:1",
        "cannot read the template `broken_too.html`",
    ),
    "jinja2/kind_too.html": (
        f"{_OPEN.replace('KIND', 'less')}a {{ b: c }}{_CLOSE}",
        "error[compressor/template]",
        "jinja2/kind_too.html:2:1",
        "cannot read the template `kind_too.html`: Compress kind may be one of: 'css', 'js', got: 'less'",
    ),
    "jinja2/missing_too.html": (
        f"{_JS}<script src='/static/js/lost.js'></script>{_CLOSE}",
        "error[compressor/missing]",
        "jinja2/missing_too.html:3:22",
        "cannot find the static file `js/lost.js`",
    ),
    "jinja2/sass_too.html": (
        f"{_CSS}{_SCSS}a {{ b: {{{{ x }}}} }}</style>{_CLOSE}",
        "error[compressor/unknown]",
        "jinja2/sass_too.html:3:37",
        "`x` is known at run time only\n",
    ),
}
_PROJECT: Tree = {**FILES, "lone.py": _LONE, "settings.py": _SETTINGS, "manage.py": MANAGE}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The reports about a project with all of the faults."""
    first = {name: f"{LOAD}\n" if name.startswith("templates/") else "\n" for name in _FAULTS}
    pages = {name: first[name] + text for name, (text, *_) in _FAULTS.items()}
    sheet = {"site/css/bad.css": "a {\n background: url(nope.png) }"}
    return manage(write_tree(tmp_path_factory.mktemp("site"), {**_PROJECT, **sheet, **pages}), "compress")


@pytest.mark.parametrize("name", _FAULTS)
def test_each_fault_is_reported_where_it_is_written(name: str, faulty: subprocess.CompletedProcess[str]) -> None:
    _, code, place, part = _FAULTS[name]
    reports = [one for one in re.split(r"\n\n(?=\w+\[)", faulty.stderr) if f" --> {place}" in one]
    assert len(reports) == 1, faulty.stderr
    assert (reports[0].startswith(f"{code}: "), part in reports[0]) == (True, True), reports[0]


def test_nothing_else_is_reported_and_no_traceback(faulty: subprocess.CompletedProcess[str]) -> None:
    codes = re.findall(r"^(?:warning|error)\[[a-z/-]+\]", faulty.stderr, re.MULTILINE)
    assert sorted(codes) == sorted(code for _, code, _, _ in _FAULTS.values())
    assert (faulty.returncode, faulty.stdout, "Traceback" in faulty.stderr) == (1, "blocks of templates: 2\n", False)
    assert f"\nfailed with {sum('error' in one for one in codes)} errors; there is no release yet" in faulty.stderr


def test_failed_build_leaves_the_release_and_the_next_one_replaces_it(tmp_path: Path) -> None:
    page = f"{LOAD}{_CSS}{_SCSS}a {{ color: VALUE }}</style>{_CLOSE}"
    write_tree(tmp_path, {**_PROJECT, "templates/page.html": page.replace("VALUE", "red"), "jinja2/none.html": ""})
    assert manage(tmp_path, "compress").returncode == 0
    before = read_tree(tmp_path / "build")
    write_tree(tmp_path, {"templates/page.html": page.replace("VALUE", "{{ late }}")})
    failed = manage(tmp_path, "compress")
    assert (failed.returncode, read_tree(tmp_path / "build") == before) == (1, True)
    write_tree(tmp_path, {"templates/page.html": page.replace("VALUE", "teal")})
    assert manage(tmp_path, "compress").returncode == 0
    assert any(b"teal" in content for content in read_tree(tmp_path / "build").values())


def test_a_template_that_is_edited_during_a_build_is_built_by_the_next_one(tmp_path: Path) -> None:
    tags = (
        "from pathlib import Path\nfrom django import template\nregister = template.Library()\n"
        "@register.simple_tag\ndef edit():\n    page = Path('templates/page.html')\n"
        "    page.write_text(page.read_text().replace('before', 'afterwards'))\n    return ''\n"
    )
    settings = _SETTINGS.replace('"templates"]', '"templates"], "OPTIONS": {"libraries": {"edits": "edits"}}')
    page = f"{LOAD}{_JS}<script>var edited = 'before'</script>{_CLOSE}"
    later = f"{LOAD}{{% load edits %}}{_JS}<script>var later = '{{% edit %}}'</script>{_CLOSE}"
    files = {"settings.py": settings, "edits.py": tags, "templates/page.html": page, "templates/z.html": later}
    write_tree(tmp_path, {**_PROJECT, **files, "jinja2/none.html": ""})
    for expected in (b"before", b"afterwards"):
        done = manage(tmp_path, "compress")
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
        assert any(expected in content for content in read_tree(tmp_path / "build/assets").values())


def _file(path: Path) -> None:
    path.write_text("")


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere/at/all")


@pytest.mark.parametrize(
    ("name", "put"),
    [
        (".buildassets", _file),
        (".buildassets", _dangling),
        (".buildassets/compressor", _file),
        (".buildassets/compressor/plan.json", Path.mkdir),
        (".buildassets/compressor/plan.trace", Path.mkdir),
    ],
)
def test_a_folder_for_blocks_that_cannot_be_written_is_reported(
    name: str, put: Callable[[Path], None], tmp_path: Path
) -> None:
    page = f"{LOAD}{_JS}<script>var a = 1</script>{_CLOSE}"
    write_tree(tmp_path, {**_PROJECT, "templates/page.html": page, "jinja2/none.html": ""})
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    put(tmp_path / name)
    done = manage(tmp_path, "compress")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "error[output/unwritable]: cannot write the folder `.buildassets/compressor`" in done.stderr
    assert f" --> {name}" in done.stderr


def test_filter_may_change_the_working_directory(tmp_path: Path) -> None:
    own = (
        "import os\nclass Own:\n    def __init__(self, content, **given):\n        self.content = content\n"
        "    def input(self, **given):\n        os.chdir('/')\n        return self.content\n"
    )
    settings = _SETTINGS + "COMPRESS_FILTERS = {'js': ['filters.Own']}\n"
    page = f"{LOAD}{_JS}<script src=\"{{% static 'js/one.js' %}}\"></script><script>var a = 1</script>{_CLOSE}"
    files = {"settings.py": settings, "filters.py": own, "templates/page.html": page, "jinja2/none.html": ""}
    write_tree(tmp_path, {**_PROJECT, **files})
    done = manage(tmp_path, "compress")
    assert (done.returncode, done.stdout.splitlines()[:1]) == (0, ["blocks of templates: 1"]), done.stderr
    assert any(b"var one=1" in content for content in read_tree(tmp_path / "build/assets").values())


_LONGER = (
    "class Longer:\n    def __init__(self, content, **given):\n        self.content = content\n"
    "    def input(self, **given):\n        return 'a { top: 0 }' + 20 * '\\n' + 'b { background: url(gone.png) }'\n"
)


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ('<link rel="stylesheet" type="text/own" href="/static/css/own.less">', "site/css/own.less"),
        ('<style type="text/own">a</style>', "templates/page.html:1"),
    ],
)
def test_fault_in_what_a_precompiler_made_has_a_place_that_exists(element: str, source: str, tmp_path: Path) -> None:
    settings = _SETTINGS + "COMPRESS_PRECOMPILERS = [('text/own', 'longer.Longer')]\n"
    page = f"{LOAD}{{% compress css %}}{element}{{% endcompress %}}"
    files = {"settings.py": settings, "longer.py": _LONGER, "site/css/own.less": "a", "templates/page.html": page}
    done = manage(write_tree(tmp_path, {**_PROJECT, **files, "jinja2/none.html": ""}), "compress")
    found = re.search(r"cannot find `\S+gone.png`\n +--> (\S+):(\d+):(\d+)\n", done.stderr)
    assert found, done.stderr
    line = (tmp_path / found[1]).read_text().splitlines()[int(found[2]) - 1]
    assert line[int(found[3]) - 1 :].startswith("gone.png")
    assert f"note: it is made from `{source}`" in done.stderr
