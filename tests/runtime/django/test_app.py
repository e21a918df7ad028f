from pathlib import Path

import pytest

from tests.runtime.django.forks import run_in_fork
from tests.runtime.django.site import in_django
from tests.runtime.pages import SITE, file_of, write_release

_URL = "from buildassets.runtime.django import assets\nprint(assets().url('css/app.css'))\n"


def url_of(content: str) -> str:
    return f"/assets/{file_of('css/app.css', content)}\n"


def test_manifest_is_read_when_the_process_starts(tmp_path: Path) -> None:
    write_release(tmp_path)
    assert in_django(tmp_path, "(folder / 'manifest.json').unlink()\n" + _URL) == url_of(SITE["css/app.css"])


@pytest.mark.parametrize(("debug", "seen"), [(True, "changed"), (False, SITE["css/app.css"])])
def test_next_release_is_seen_under_debug_only(tmp_path: Path, debug: bool, seen: str) -> None:
    write_release(tmp_path)
    write_release(tmp_path / "next", {"css/app.css": "changed"})
    program = "(folder / 'next/manifest.json').replace(folder / 'manifest.json')\n" + _URL
    assert in_django(tmp_path, program, DEBUG=debug) == url_of(seen)


def test_settings_can_be_overridden_in_tests(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = f"""
{_URL}
with override_settings(BUILDASSETS={{"manifest": folder / "manifest.json", "url": "/other"}}):
    print(assets().url("css/app.css"))
print(assets().url("css/app.css"))
"""
    url = url_of(SITE["css/app.css"])
    assert in_django(tmp_path, program) == url + url.replace("/assets/", "/other/") + url


def test_process_starts_without_a_manifest_and_the_first_use_reports_it(tmp_path: Path) -> None:
    program = f"""
from buildassets.errors import ManifestError
try:
    exec({_URL!r})
except ManifestError as fault:
    print(fault)
"""
    printed = in_django(tmp_path, program)
    assert printed.startswith("cannot read the manifest `")
    assert printed.endswith("run `manage.py assets build`, or name another manifest\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "settings have no BUILDASSETS"),
        ({}, "settings have no BUILDASSETS"),
        ({"manifest": "m.json", "ulr": "/"}, "BUILDASSETS has the unknown key `ulr`; did you mean `url`?"),
        ({"manifest": "m.json", "debug": 1}, "unknown key `debug`; known are `manifest`, `url`, `early_hints`"),
        ({"manifest": 1}, "make it a path, or None for no release"),
        ({"manifest": ""}, "make it a path, or None for no release"),
        ({"manifest": "m.json", "url": "assets/"}, "begin it with `/`, `http://` or `https://`"),
        ({"manifest": "m.json", "url": 1}, "begin it with `/`, `http://` or `https://`"),
        ({"manifest": "manifest.json", "url": "/<b>/"}, "`/<b>/` is not a URL under which assets could be"),
        ({"manifest": "m.json", "early_hints": "a.css"}, "make it a list of logical paths"),
        ({"manifest": "m.json", "early_hints": [1]}, "make it a list of logical paths"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, given: object, message: str) -> None:
    program = f"""
from django.core.exceptions import ImproperlyConfigured
try:
    exec({_URL!r})
except ImproperlyConfigured as fault:
    print(fault)
"""
    write_release(tmp_path)
    assert message in in_django(tmp_path, "import os\nos.chdir(folder)" + program, BUILDASSETS=given)


_START = """
from django.conf import settings
ours = {{"INSTALLED_APPS": ["buildassets.runtime.django"], "BUILDASSETS": {{"manifest": "gone.json"}}}}
settings.configure(**ours, DEBUG={debug})
from django.core.{interface} import get_{interface}_application
get_{interface}_application()
"""


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_web_process_does_not_start_without_a_release(tmp_path: Path, interface: str) -> None:
    program = _START.format(debug=False, interface=interface)
    done = run_in_fork(tmp_path, program)
    assert done.returncode == 1
    assert done.stderr.endswith("run `manage.py assets build`, or name another manifest\n")


def test_web_process_starts_under_debug(tmp_path: Path) -> None:
    done = run_in_fork(tmp_path, _START.format(debug=True, interface="wsgi"), warnings="error")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_tests_may_override_the_release_of_templates_that_are_compiled(tmp_path: Path) -> None:
    write_release(tmp_path / "other", {"css/app.css": "changed"})
    write_release(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text("{% load buildassets %}{% asset 'css/app.css' %}")
    program = """
print(get())
with override_settings(BUILDASSETS={"manifest": folder / "other/manifest.json"}):
    print(get())
with override_settings(BUILDASSETS={"manifest": None}):
    print(get())
"""
    assert in_django(tmp_path, program) == url_of(SITE["css/app.css"]) + url_of("changed") + "/assets/css/app.css\n"


def test_system_checks_find_nothing(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = "from django.core.management import call_command\ncall_command('check', fail_level='WARNING')"
    assert in_django(tmp_path, program) == "System check identified no issues (0 silenced).\n"
