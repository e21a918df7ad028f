"""docs/frameworks/django.md: its settings, templates and commands are used as they stand, and its tables are whole."""

import re
from pathlib import Path

import pytest

from tests.conftest import read_tree, write_tree
from tests.docs.test_runtime import PAGE as RUNTIME_PAGE
from tests.runtime.django.project import PROJECT, manage, write_project
from tests.runtime.pages import elements

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/frameworks/django.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src/buildassets/runtime/django"
FILES = {
    "polls/static/polls/style.css": "a { background: url(logo.svg) }",
    "polls/static/polls/app.js": "start()",
    "polls/static/polls/logo.svg": "<svg/>",
    "polls/static/polls/text.woff2": "font",
}
_PLAIN = "\n".join(
    line for line in str(PROJECT["settings.py"]).splitlines() if not line.startswith(("STORAGES", "BUILD"))
)


_APPLICATIONS = '["polls", "django.contrib.staticfiles"]'


def blocks(heading: str, language: str = r"\w+") -> list[str]:
    """The fenced blocks below a heading; those at the top of the page below `Django`."""
    section = f"\n{PAGE}".partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with all settings of the page, and a release directory of its own, built by its command."""
    headings = ("# Django", "## The application", "## A release directory of its own")
    settings = "".join(blocks(heading, "python")[0] for heading in headings)
    write_tree(write_project(tmp_path), {**FILES, "settings.py": f"{_with_polls()}\n{settings}"})
    command = blocks(headings[-1], "sh")[0].splitlines()[0].partition("#")[0].split()
    assert manage(tmp_path, *command[2:]).stderr.startswith("built ")
    return tmp_path


def _with_polls() -> str:
    return re.sub(r"INSTALLED_APPS = .*", f"INSTALLED_APPS = {_APPLICATIONS}", _PLAIN)


def rendered(project: Path, template: str, engine: str = "django") -> str:
    """Return the page that Django renders from `template` there."""
    program = f"from django.template import engines\nprint(engines[{engine!r}].from_string({template!r}).render({{}}))"
    done = manage(project, "shell", "-v0", "-c", program)
    assert done.returncode == 0, done.stderr
    return done.stdout


def add_settings(project: Path, more: str) -> None:
    write_tree(project, {"settings.py": (project / "settings.py").read_text() + more})


def test_first_lines_of_the_page_are_enough(tmp_path: Path) -> None:
    settings = f"{_with_polls()}\n{blocks('# Django', 'python')[0]}\nDEBUG = False\nALLOWED_HOSTS = ['*']\n"
    write_tree(write_project(tmp_path), {**FILES, "settings.py": settings})
    command = blocks("# Django", "sh")[0].split()
    assert manage(tmp_path, *command[2:], "--noinput").returncode == 0
    printed = rendered(tmp_path, "{% load static %}{% static 'polls/style.css' %}")
    assert re.fullmatch(r"/static/polls/style\.[0-9a-f]{12}\.css\s+", printed)


def test_release_directory_of_its_own_is_enough(project: Path) -> None:
    assert manage(project, "check", "--fail-level", "WARNING").returncode == 0
    printed = rendered(project, "{% load static %}{% static 'polls/style.css' %}")
    assert re.fullmatch(r"/static/polls/style\.[0-9a-f]{12}\.css\s+", printed)


def test_the_server_takes_the_option(project: Path) -> None:
    option = blocks("## A release directory of its own", "sh")[0].splitlines()[1].split()[3]
    assert option in manage(project, "runserver", "--help").stdout


def test_templates(project: Path) -> None:
    page = rendered(project, blocks("## Templates", "django")[0])
    assert [tag for tag, _ in elements(page)] == ["link", "script", "link", "img", "a"]
    assert "sha384-" in page.rpartition("</a>")[2]


def test_jinja(project: Path) -> None:
    settings, template = blocks("## Jinja")
    add_settings(project, settings)
    page = rendered(project, template, "jinja2")
    assert [tag for tag, _ in elements(page)] == ["link", "script"]
    assert re.search(r"/static/polls/logo\.[0-9a-f]{12}\.svg", page)


def test_serving(project: Path) -> None:
    theirs = """import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')
application = get_wsgi_application()
"""
    ours = blocks("## Serving", "python")[0]
    write_tree(project, {"wsgi.py": theirs.replace("from django.core.wsgi import get_wsgi_application\n", ours)})
    file = next(name for name in read_tree(project / "build/assets") if name.endswith(".woff2"))
    program = f"""
from wsgiref.util import setup_testing_defaults
from wsgi import application
environ = {{}}
setup_testing_defaults(environ)
print(b"".join(application({{**environ, "PATH_INFO": "/static/{file}"}}, lambda status, headers: print(status))))
"""
    assert manage(project, "shell", "-v0", "-c", program).stdout.split("\n")[:2] == ["200 OK", "b'font'"]


def test_whitenoise_lets_browsers_keep_the_release_for_ever(project: Path) -> None:
    middleware = 'MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]'
    add_settings(project, f"\n{middleware}\nDEBUG = False\nALLOWED_HOSTS = ['*']\n")
    assert manage(project, "collectstatic", "--noinput").returncode == 0
    file = next(name for name in read_tree(project / "build/assets") if re.fullmatch(r"polls/style\.\w+\.css", name))
    program = f"""
from django.test import Client
for name in ("{file}", "polls/style.css"):
    print(Client().get("/static/" + name).headers["Cache-Control"])
"""
    for_ever, for_a_while = manage(project, "shell", "-v0", "-c", program).stdout.splitlines()
    assert "immutable" in for_ever
    assert "immutable" not in for_a_while


def test_early_hints(project: Path) -> None:
    settings, view = blocks("## Early hints")
    urls = f"{view}\nfrom django.urls import path\nurlpatterns = [path('', view)]\n"
    write_tree(project, {"urls.py": urls})
    add_settings(project, f"{settings}\nALLOWED_HOSTS = ['*']\n")
    program = "from django.test import Client; print(Client().get('/').headers['Link'])"
    assert manage(project, "shell", "-v0", "-c", program).stdout.count("rel=preload") == 3


def test_tests_need_no_build(project: Path) -> None:
    add_settings(project, blocks("## Tests")[0])
    assert rendered(project, "{% load static %}{% static 'polls/style.css' %}").strip() == "/static/polls/style.css"


def test_names_of_a_vendored_package_are_kept(project: Path) -> None:
    (configuration,) = blocks("## Third-party applications")
    write_tree(project, {"buildassets.toml": configuration, "assets/a.css": "", "vendor/tinymce/plugins/x.js": "x()"})
    assert manage(project, "assets", "build").returncode == 0
    assert (project / "build/assets/tinymce-8.2/plugins/x.js").exists()
    printed = rendered(project, "{% load static %}{% static 'tinymce-8.2/' %}")
    assert printed.strip() == "/static/tinymce-8.2/"


def test_every_check_is_in_the_table_and_no_other() -> None:
    given = re.findall(r'id="(buildassets\.[EW]\d{3})"', (SOURCE / "checks.py").read_text(encoding="utf-8"))
    assert len(given) > 5
    assert sorted(re.findall(r"^\| `(buildassets\.[EW]\d{3})`", PAGE, re.MULTILINE)) == sorted(given)


def test_every_option_of_the_storage_is_in_the_table() -> None:
    from inspect import signature

    from buildassets.runtime.django.storage import ReleaseFilesMixin

    table = PAGE.partition("| in `OPTIONS` of `staticfiles` |")[2].partition("\n\n")[0]
    options = [name for name, one in signature(ReleaseFilesMixin).parameters.items() if one.kind is one.KEYWORD_ONLY]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == options


def test_every_key_of_the_settings_is_in_the_table() -> None:
    from buildassets.runtime.django.options import KNOWN

    table = PAGE.partition("| key of `BUILDASSETS` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KNOWN)


def test_every_tag_is_on_the_page_of_the_helpers() -> None:
    from buildassets.runtime.django.templatetags.buildassets import register

    assert [name for name in register.tags if f"| `{name}` |" not in RUNTIME_PAGE] == []
