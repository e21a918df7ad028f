"""The law of the run stage: a web process loads nothing of the compiler, and opens nothing after its start."""

import json
from functools import cache
from pathlib import Path

import pytest

import buildassets
from tests.runtime.pages import run_python, write_release

_PACKAGE = Path(buildassets.__file__).parent
_RUNTIME = [
    ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((_PACKAGE / "runtime").rglob("*.py"))
]
_COMPILER = {"sass", "rjsmin", "click", "watchdog", "brotli", "zstandard", "selenium"}
_FRAMEWORKS = {"django", "flask", "jinja2", "litestar", "markupsafe", "pyramid", "quart", "starlette"}
_USED_BY = {  # what a framework itself loads
    "django": ("jinja2",),
    "flask": ("jinja2",),
    "jinja": ("jinja2",),
    "litestar": ("jinja2",),
    "quart": ("flask", "jinja2"),
    "starlette": ("jinja2",),
}
_LOAD_MORE = {f"buildassets.runtime.{name}": name for name in ("aiohttp", "flask", "quart", "litestar")}
_LIST_MODULES = """
import sys
before = set(sys.modules)
__import__(sys.argv[1])
import json
print(json.dumps(sorted(set(sys.modules) - before - {"json"})))
"""


@cache
def loaded_by(module: str) -> frozenset[str]:
    """The modules that importing `module` loads in a process of its own."""
    return frozenset(json.loads(run_python(_LIST_MODULES, module)))


@pytest.mark.parametrize("module", _RUNTIME)
def test_run_stage_loads_nothing_of_the_compiler(module: str) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    # Each of these frameworks has a command line by click, and loads it itself; aiohttp loads brotli where it is.
    theirs = loaded_by(framework) if (framework := _LOAD_MORE.get(module)) else set()
    assert theirs & _COMPILER <= {"click", "brotli"}
    assert not (_COMPILER & loaded) - theirs
    assert not {name for name in loaded if name.startswith(("buildassets.compiler", "buildassets.cli"))}


@pytest.mark.parametrize("module", _RUNTIME)
def test_only_the_module_for_a_framework_loads_it(module: str) -> None:
    name = module.removeprefix("buildassets.runtime.").partition(".")[0]
    loaded = loaded_by(module)
    assert loaded & _FRAMEWORKS <= {name, "markupsafe", *_USED_BY.get(name, ())}


def test_reading_a_release_loads_the_light_vocabulary_only() -> None:
    ours = {name for name in loaded_by("buildassets.runtime") if name.startswith("buildassets")}
    assert ours == {
        "buildassets",
        "buildassets._version",
        "buildassets.disk",
        "buildassets.disk.plain_files",
        "buildassets.foundation",
        "buildassets.foundation.paths",
        "buildassets.manifest",
        "buildassets.manifest.json",
        "buildassets.manifest.soundness",
        "buildassets.runtime",
        "buildassets.runtime.assets",
        "buildassets.runtime.not_found",
        "buildassets.runtime.release",
        "buildassets.runtime.tags",
        "buildassets.runtime.urls",
    }


def test_reading_a_release_loads_no_slow_module() -> None:
    slow = {"dataclasses", "inspect", "hashlib", "difflib", "urllib.parse", "html", "pathlib", "importlib.metadata"}
    assert not slow & loaded_by("buildassets.runtime")


@pytest.mark.parametrize(
    "module", ["aiohttp.web", "django.core.wsgi", "flask", "jinja2", "litestar", "quart", "starlette.applications"]
)
def test_typing_costs_a_web_process_nothing_as_its_framework_loads_it(module: str) -> None:
    assert "typing" in loaded_by(module)  # in a process without one it costs 3 ms


_READ_A_RELEASE = """
import sys
from buildassets.runtime import Assets
before = set(sys.modules)
Assets(sys.argv[1]).url("css/app.css")
print(*set(sys.modules) - before)
"""


def test_reading_a_release_loads_nothing_more(tmp_path: Path) -> None:
    assert run_python(_READ_A_RELEASE, str(write_release(tmp_path))) == "\n"


def test_the_package_itself_loads_nothing_else() -> None:
    ours = {name for name in loaded_by("buildassets") if name.startswith("buildassets")}
    assert ours == {"buildassets", "buildassets._version"}


_RENDER_UNDER_AUDIT = """
import sys
from jinja2 import Environment
from buildassets.runtime import Assets
env = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
env.assets = Assets(sys.argv[1])
page = env.from_string('''
    {{ asset("css/app.css") }} {{ stylesheet("css/app.css") }} {{ script("js/app.js") }} {{ importmap() }}
    {{ image("img/logo.svg") }} {{ preload("fonts/a.woff2") }} {{ livereload() }}
''')
opened = []
sys.addaudithook(lambda event, arguments: event in ("open", "import", "os.listdir") and opened.append(arguments))
page.render()
env.assets.early_hints("css/app.css")
assert not opened, opened
open(sys.argv[1]).close()
assert opened, "the hook sees nothing"
"""


def test_a_page_opens_and_imports_nothing_after_the_start(tmp_path: Path) -> None:
    run_python(_RENDER_UNDER_AUDIT, str(write_release(tmp_path, importmap={"lib": "js/lib.mjs"})))


_FORK = """
import os, sys
from buildassets.runtime import Assets
assets = Assets(sys.argv[1])
os.unlink(sys.argv[1])
child = os.fork()
if not child:
    os._exit(0 if assets.url("css/app.css").startswith("/assets/css/app.") else 1)
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_forked_worker_needs_the_manifest_no_more(tmp_path: Path) -> None:
    run_python(_FORK, str(write_release(tmp_path)))


_SERVE_UNDER_AUDIT = """
import os, sys
from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
assets = Assets(sys.argv[1])
server = AssetServer(assets=assets)
names = ["css/app.css", "js/app.js", "fonts/a.woff2"]
asked = [{}, {"HTTP_RANGE": "bytes=0-1"}, {"HTTP_IF_NONE_MATCH": "*"}, {"HTTP_ACCEPT_ENCODING": "br;q=0.5, *;q=0"}]
seen = []
sys.addaudithook(lambda event, arguments: seen.append((event, *map(str, arguments))))
for number in range(1000):
    environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": assets.url(names[number % 3])}
    content = server({**environ, **asked[number % 4]}, lambda *_: None)
    assert b"".join(content) or number % 4 > 1
    getattr(content, "close", bool)()
events = {event for event, *_ in seen}
assert events == {"open"}, events
paths = {(path, int(flags) & (os.O_WRONLY | os.O_RDWR)) for _, path, _, flags in seen if not path.isdigit()}
assert len(paths) == 3, paths
assert all(path.startswith(sys.argv[2]) and not writes for path, writes in paths), paths
"""


def test_a_thousand_requests_for_files_open_these_and_nothing_else(tmp_path: Path) -> None:
    run_python(_SERVE_UNDER_AUDIT, str(write_release(tmp_path)), str(tmp_path / "assets"))
