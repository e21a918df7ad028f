"""The URLs of static files where the storage is the only set-up: as strict as asked for, and without a release."""

import os
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.runtime.django.collecting import collect, collected, files, urls, write_project
from tests.runtime.django.forks import run_in_fork
from tests.runtime.django.project import manage

_APPLICATION = '["buildassets.runtime.django", "django.contrib.staticfiles"]'
_PLAIN_STORAGE = '{"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}'
_ODD = ("no.css", "/no.css", "..", "a\\b.css", "", "img/", "a.eot?#iefix", "ü x.css")


def web_process(folder: Path) -> tuple[str, str]:
    """The page of the project, by its `wsgi.py`, and what the process prints to stderr."""
    program = """
from wsgi import application
from django.test import Client
print(Client().get("/").content.decode())
"""
    done = run_in_fork(folder, program)
    return done.stdout.strip() or str(done.returncode), done.stderr


def test_unknown_name_is_an_error_if_strict(tmp_path: Path) -> None:
    collected(write_project(tmp_path))
    printed = urls(tmp_path, "styl.css")[0][0]
    assert printed.startswith("StaticFileNotFound no asset is named `styl.css`; did you mean `style.css`? Otherwise ")
    assert printed.endswith("run `manage.py collectstatic` if it is newer than the manifest")


def test_unknown_name_has_the_url_of_djangos_storage_if_not_strict(tmp_path: Path) -> None:
    collected(write_project(tmp_path / "ours", OPTIONS='{"strict": False}'))
    write_project(tmp_path / "django", STORAGES=_PLAIN_STORAGE)
    assert urls(tmp_path / "ours", *_ODD)[0] == urls(tmp_path / "django", *_ODD)[0]


def test_unknown_name_is_logged_once_and_escaped(tmp_path: Path) -> None:
    collected(write_project(tmp_path, OPTIONS='{"strict": False}'))
    printed = urls(tmp_path, "no\n.css", "no\n.css", "style.css")[1]
    assert printed == "'no\\n.css' has a plain URL: the release has no such file\n"


def test_at_most_a_thousand_names_are_logged(tmp_path: Path) -> None:
    collected(write_project(tmp_path, OPTIONS='{"strict": False}'))
    assert urls(tmp_path, *(f"no{number}.css" for number in range(1010)))[1].count("\n") == 1000


def test_names_that_whitenoise_asks_for_are_not_logged(tmp_path: Path) -> None:
    middleware = '["whitenoise.middleware.WhiteNoiseMiddleware"]'
    tree = {"site/a.min.css": "a { color: red }"}
    collected(write_project(tmp_path, tree, OPTIONS='{"strict": False}', MIDDLEWARE=middleware))
    assert web_process(tmp_path) == (f"/static/{files(tmp_path)['style.css']}", "")


def test_process_starts_without_a_release_and_says_so_once(tmp_path: Path) -> None:
    page, printed = web_process(write_project(tmp_path))
    assert page == "/static/style.css"
    assert printed.count("static files have plain URLs: cannot read the manifest") == 1
    assert printed.endswith("no such file or directory; run `manage.py collectstatic`\n")


def test_damaged_manifest_is_as_none(tmp_path: Path) -> None:
    page, printed = web_process(write_project(tmp_path, {"collected/buildassets.json": "{"}))
    assert page == "/static/style.css"
    assert "static files have plain URLs: " in printed


def test_process_with_the_application_needs_a_release(tmp_path: Path) -> None:
    page, printed = web_process(write_project(tmp_path, INSTALLED_APPS=_APPLICATION))
    assert page == "1"
    assert "cannot read the manifest `" in printed
    assert "run `manage.py collectstatic`" in printed


def test_application_may_do_without_a_release(tmp_path: Path) -> None:
    write_project(tmp_path, INSTALLED_APPS=_APPLICATION, OPTIONS='{"required": False}')
    assert web_process(tmp_path)[0] == "/static/style.css"


def test_variable_requires_a_release(tmp_path: Path) -> None:
    write_project(tmp_path, OPTIONS='{"required": False}')
    environment = {**os.environ, "BUILDASSETS_REQUIRED": "1"}
    program = "from wsgi import application\nfrom django.test import Client\nClient().get('/')"
    done = run_in_fork(tmp_path, program, environment=environment)
    assert done.returncode == 1
    assert "cannot read the manifest" in done.stderr


def test_commands_need_no_release(tmp_path: Path) -> None:
    done = manage(write_project(tmp_path, INSTALLED_APPS=_APPLICATION), "check")
    assert (done.returncode, done.stderr) == (0, "")


def test_release_that_was_left_does_not_decide_in_development(tmp_path: Path) -> None:
    collected(write_project(tmp_path))
    write_tree(tmp_path, {"settings.py": (tmp_path / "settings.py").read_text() + "DEBUG = True\n"})
    assert urls(tmp_path, "style.css", "new.css") == (["/static/style.css", "/static/new.css"], "")


def test_tags_have_plain_urls_in_development(tmp_path: Path) -> None:
    page = "{% load buildassets %}{% asset 'style.css' %}"
    write_project(tmp_path, {"templates/page.html": page}, INSTALLED_APPS=_APPLICATION, DEBUG=True)
    assert web_process(tmp_path) == ("/static/style.css", "")


def test_tags_have_the_urls_of_the_release(tmp_path: Path) -> None:
    page = "{% load buildassets %}{% asset 'style.css' %} {% inline_asset 'img/logo.svg' %}"
    collect(write_project(tmp_path, {"templates/page.html": page}, INSTALLED_APPS=_APPLICATION))
    assert web_process(tmp_path) == (f"/static/{files(tmp_path)['style.css']} <svg/>", "")


@pytest.mark.parametrize("name", ["strict", "required"])
def test_wrong_option_is_named(tmp_path: Path, name: str) -> None:
    done = manage(write_project(tmp_path, OPTIONS=f'{{"{name}": "no"}}', INSTALLED_APPS=_APPLICATION), "check")
    assert f"`{name}` in the OPTIONS of the storage is 'no'; make it True or False" in done.stderr


def test_unknown_option_is_an_error_of_django(tmp_path: Path) -> None:
    assert "strickt" in collect(write_project(tmp_path, OPTIONS='{"strickt": False}')).stderr


def test_server_of_the_application_serves_the_release(tmp_path: Path) -> None:
    write_project(tmp_path, {"wsgi.py": _OUR_WSGI}, INSTALLED_APPS=_APPLICATION)
    file = collected(tmp_path)["style.css"]
    program = f"""
from wsgi import application
from wsgiref.util import setup_testing_defaults
environ = {{"PATH_INFO": "/static/{file}"}}
setup_testing_defaults(environ)
print(b"".join(application(environ, lambda status, headers: print(status, dict(headers)["Cache-Control"]))))
"""
    printed = run_in_fork(tmp_path, program).stdout
    assert printed.startswith("200 OK public, max-age=31536000, immutable\nb'a{background:url(img/logo.")


_OUR_WSGI = (
    "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
    "from buildassets.runtime.django.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
)


def test_check_of_a_deployment_names_what_templates_name(tmp_path: Path) -> None:
    page = "{% load static %}\n{% static 'no.css' %}{% static 'style.css?v=1' %}{% static 'img/' %}{% static 'n.js' %}"
    tree = {"templates/page.html": page}
    collect(write_project(tmp_path, tree, INSTALLED_APPS=_APPLICATION, OPTIONS='{"strict": False}'))
    printed = manage(tmp_path, "check", "--deploy", "--tag", "buildassets").stderr
    assert "(buildassets.W009)" in printed
    assert "page.html`, line 2: the release has no `no.css`, and of 1 more name: its URL is plain" in printed


def test_check_of_a_deployment_asks_for_the_release(tmp_path: Path) -> None:
    write_project(tmp_path, INSTALLED_APPS=_APPLICATION)
    printed = manage(tmp_path, "check", "--deploy", "--tag", "buildassets").stderr
    assert "(buildassets.W001) cannot read the manifest `" in printed
    assert "HINT: run `manage.py collectstatic`\n" in printed
