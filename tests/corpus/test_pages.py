"""Pages of published projects with their own requirements: before `init`, after it and a build, and after the way back.

The pages are asked for in a folder outside of the project, with settings of production.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from tests.conftest import find_tool, write_tree
from tests.corpus.wheels import wheels
from tests.environments import kept_environment
from tests.markup_trees import html_urls

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]
_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parents[1]
# Prefixes and fingerprints of assets, tokens of Django, and the numbers that the toolbar of Pyramid gives to requests.
_PASSING: Final = re.compile(r"(?<=[\"'])/(?:static|assets)/|\.[0-9a-f]{12}(?=\.)|\b\w{64}\b|\d{20,}")
_FINGERPRINT: Final = re.compile(r"\.[0-9a-f]{12}\.")
_MEZZANINE: Final = """\
from pathlib import Path
DEBUG = False
ALLOWED_HOSTS = ["*"]
SECRET_KEY = NEVERCACHE_KEY = "none"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(__file__).with_name("site.db"))}}
"""

Answers: TypeAlias = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Site:
    """A project: what pip installs for it, its source, its commands, its WSGI application, and some of its pages.

    Where it `has_server`, another program serves the folder of static files, whose URLs are the paths of its files.
    """

    requirements: tuple[str, ...]
    application: str
    pages: tuple[str, ...]
    source: str | None = None
    made_by: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    prepare: tuple[str, ...] = ()
    build: str = "buildassets build"
    has_server: bool = False


_SITES: Final[Mapping[str, _Site]] = {
    "flaskr": _Site(
        ("flask==3.1.3",),
        "flaskr:create_app()",
        ("/auth/login", "/auth/register"),
        source="flask-3.1.3/examples/tutorial",
    ),
    "mezzanine": _Site(
        ("mezzanine==6.1.1", "setuptools<80"),
        "mysite.wsgi:application",
        ("/", "/blog/", "/admin/login/"),
        files=(("mysite/local_settings.py", _MEZZANINE),),
        made_by="mezzanine-project mysite .",
        prepare=("python manage.py createdb --noinput",),
        build="python manage.py collectstatic --noinput",
        has_server=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """The pages of a project in three states, and the answers to what they load after the build."""

    site: _Site
    before: Answers
    after: Answers
    assets: Answers
    undone: Answers


@pytest.fixture(scope="module", params=_SITES)
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """A project that is rendered, takes `init --yes`, is built, and goes the way back."""
    site, folder = _SITES[request.param], tmp_path_factory.mktemp("site") / "project"
    bin_ = _programs(request.param, site)
    _make(bin_, site, folder)
    before = _answers(bin_, site, folder, site.pages)
    printed = _run(bin_, "buildassets init --yes", folder).stderr
    _run(bin_, site.build, folder)
    after = _answers(bin_, site, folder, site.pages)
    urls = {url for _, text in after.values() for url in html_urls(text) if re.match(r"/(?!/)", url)}
    if site.has_server:
        assets: Answers = {
            url: (200 if (folder / url.lstrip("/")).is_file() else 404, "") for url in urls if "." in url
        }
    else:
        assets = _answers(bin_, site, folder, sorted(urls))
    (undo,) = re.findall(r"^undo: (.*)$", printed, re.M)
    _run(bin_, undo, folder)
    return Tried(site, before, after, assets, _answers(bin_, site, folder, site.pages))


def _programs(name: str, site: _Site) -> Path:
    """The folder of the programs that the project has with its requirements and ours."""
    state = (_ROOT / "pyproject.toml").read_text("utf-8")
    return kept_environment(f"pages/{name}", *site.requirements, "--editable", str(_ROOT), state=state)


def _make(bin_: Path, site: _Site, folder: Path) -> None:
    if site.source:
        shutil.copytree(wheels("projects", "--no-binary=:all:") / site.source, folder)
    if site.made_by:
        folder.mkdir()
        _run(bin_, site.made_by, folder)
    write_tree(folder, dict(site.files))
    for command in site.prepare:
        _run(bin_, command, folder)


def _run(bin_: Path, command: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the project's environment, as a shell would; the test fails where it does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON", "CI"))}
    path = os.pathsep.join((str(bin_), os.environ["PATH"]))
    env = {**kept, "PATH": path, "GIT_CEILING_DIRECTORIES": str(folder.parent), **variables}
    shell = [find_tool("sh"), "-c", command]
    done = subprocess.run(shell, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done


def _answers(bin_: Path, site: _Site, folder: Path, paths: Sequence[str]) -> Answers:
    """The answers of the application to GET requests, from another folder than the project's."""
    command = shlex.join(("python", str(_HERE / "wsgi_pages.py"), site.application, *paths))
    answers: Answers = json.loads(_run(bin_, command, folder.parent, PYTHONPATH=str(folder)).stdout.splitlines()[-1])
    return answers


def _shown(answers: Answers) -> dict[str, tuple[int, list[str]]]:
    """The statuses and words of pages, without prefixes and fingerprints and what differs between two requests."""
    return {path: (status, _PASSING.sub("", text).split()) for path, (status, text) in answers.items()}


def test_pages_after_init_differ_in_urls_alone(tried: Tried) -> None:
    assert _shown(tried.after) == _shown(tried.before)
    assert {status for status, _ in tried.after.values()} <= {200, 302}


def test_each_url_of_a_page_is_answered(tried: Tried) -> None:
    assert {url: status for url, (status, _) in tried.assets.items() if status != 200} == {}


def test_pages_show_the_release(tried: Tried) -> None:
    assert any(_FINGERPRINT.search(url) for url in tried.assets)


def test_pages_after_undo_are_those_before(tried: Tried) -> None:
    assert _shown(tried.undone) == _shown(tried.before)
