from pathlib import Path

import pytest

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


def test_tests_may_override_the_settings(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = f"""
{_URL}
with override_settings(BUILDASSETS={{"manifest": folder / "manifest.json", "url": "/other"}}):
    print(assets().url("css/app.css"))
print(assets().url("css/app.css"))
"""
    url = url_of(SITE["css/app.css"])
    assert in_django(tmp_path, program) == url + url.replace("/assets/", "/other/") + url


def test_process_starts_without_a_manifest_and_the_first_use_says_so(tmp_path: Path) -> None:
    program = f"""
from buildassets.errors import ManifestError
try:
    exec({_URL!r})
except ManifestError as fault:
    print(fault)
"""
    said = in_django(tmp_path, program)
    assert said.startswith("cannot read the manifest `")
    assert said.endswith("run `buildassets build`, or name another manifest\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "settings have no BUILDASSETS"),
        ({}, "settings have no BUILDASSETS"),
        ({"manifest": "m.json", "ulr": "/"}, "BUILDASSETS has the unknown key `ulr`"),
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
    assert message in in_django(tmp_path, program, BUILDASSETS=given)


def test_system_checks_find_nothing(tmp_path: Path) -> None:
    write_release(tmp_path)
    program = "from django.core.management import call_command\ncall_command('check', fail_level='WARNING')"
    assert in_django(tmp_path, program) == "System check identified no issues (0 silenced).\n"
