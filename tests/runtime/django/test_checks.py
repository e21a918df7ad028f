"""Each system check, in the circumstances that it is for."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
from tests.conftest import settle, write_tree
from tests.runtime.django.project import manage, write_project
from tests.runtime.django.site import STATIC, in_django
from tests.runtime.pages import write_release

_RUN = """
from django.core.checks import run_checks
for found in run_checks(tags=["buildassets"], include_deployment_checks={deploy}):
    print(found.id.removeprefix("buildassets."), found.msg, found.hint, sep="|")
"""


def found(folder: Path, *, deploy: bool = False, **settings: Any) -> list[list[str]]:
    """Run the system checks of a site at `folder`; return the id, the message and the hint of each report."""
    printed = in_django(folder, _RUN.format(deploy=deploy), **settings).replace(str(folder), "")
    return [line.split("|") for line in printed.splitlines()]


def ids(folder: Path, *, deploy: bool = False, **settings: Any) -> list[str]:
    return [one[0] for one in found(folder, deploy=deploy, **settings)]


@pytest.mark.parametrize("debug", [True, False])
def test_nothing_is_wrong_with_a_whole_release(tmp_path: Path, debug: bool) -> None:
    write_release(tmp_path)
    assert ids(tmp_path, deploy=True, DEBUG=debug, **STATIC) == []


def test_wrong_settings_are_an_error(tmp_path: Path) -> None:
    ((code, message, _),) = found(tmp_path, BUILDASSETS={"manifst": "x"})
    assert (code, message) == ("E001", "BUILDASSETS has the unknown key `manifst`; did you mean `manifest`?")


def test_missing_manifest_names_the_command(tmp_path: Path) -> None:
    ((code, message, hint),) = found(tmp_path, deploy=True)
    assert (code, message) == ("W001", "cannot read the manifest `/manifest.json`: no such file or directory")
    assert hint == "run `manage.py assets build`, or develop with `manage.py runserver --with-assets`"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "E002"), ('{"assets": {}, "sch', "E002"), ("[]", "E002"), ('{"assets": {}, "schema": 2}', "E003")],
)
def test_manifest_that_cannot_be_used_is_an_error(tmp_path: Path, text: str, code: str) -> None:
    write_tree(tmp_path, {"manifest.json": text})
    assert ids(tmp_path) == [code]


def test_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    write_release(tmp_path)
    for file in (tmp_path / "assets/css").iterdir():
        file.unlink()
    ((code, message, _),) = found(tmp_path)
    assert code == "E004"
    assert message.startswith("`/assets/css/app.")
    assert message.endswith("and 1 more file that the manifest names are gone")


def test_files_may_be_served_from_elsewhere(tmp_path: Path) -> None:
    write_release(tmp_path)
    (tmp_path / "assets").rename(tmp_path / "uploaded")
    assert ids(tmp_path) == []


def later_source(folder: Path) -> dict[str, Any]:
    """Write a static file that is newer than the release of `folder`; gives the settings that find it."""
    built = write_release(folder).stat().st_mtime
    write_tree(folder, {"polls/css/app.css": ""})
    os.utime(folder / "polls/css/app.css", (built + 9, built + 9))
    return {**STATIC, "STATICFILES_DIRS": [str(folder / "polls")]}


def test_release_older_than_a_source_is_stale_under_debug(tmp_path: Path) -> None:
    settings = later_source(tmp_path)
    ((code, message, _),) = found(tmp_path, DEBUG=True, **settings)
    assert (code, message) == ("W002", "`/polls/css/app.css` was modified after the release was built")
    assert ids(tmp_path, DEBUG=False, **settings) == []


def test_release_is_stale_until_a_build_that_may_have_nothing_to_write(tmp_path: Path) -> None:
    manage(write_project(tmp_path), "assets", "build")
    settle()  # time stamps have the ticks of the kernel
    os.utime(tmp_path / "polls/static/shared.css")
    assert "buildassets.W002" in manage(tmp_path, "check").stderr
    assert "wrote nothing" in manage(tmp_path, "assets", "build").stderr
    assert "buildassets.W002" not in manage(tmp_path, "check").stderr


def test_watched_release_is_never_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = later_source(tmp_path)
    monkeypatch.setenv("BUILDASSETS_WATCH", "1")
    assert ids(tmp_path, DEBUG=True, **settings) == []


def test_release_for_development_is_not_for_deployment(tmp_path: Path) -> None:
    write_release(tmp_path, livereload="livereload.json")
    assert ids(tmp_path, deploy=True) == ["W003"]
    assert ids(tmp_path, deploy=True, DEBUG=True) == ["W003"]
    assert ids(tmp_path, DEBUG=True) == []


def test_release_for_development_is_reported_wherever_it_is_not_developed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_release(tmp_path, livereload="livereload.json")
    ((code, message, hint),) = found(tmp_path)
    assert (code, hint) == ("W003", "run `manage.py assets build`")
    assert message == "the release was built for development: it is neither minified nor compressed"
    monkeypatch.setenv("BUILDASSETS_WATCH", "1")
    assert ids(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "expected"), [("/x/", ["W004"]), ("/static", []), ("https://cdn.example/x/", []), (None, [])]
)
def test_two_prefixes_on_one_host_are_a_mistake(tmp_path: Path, url: str | None, expected: list[str]) -> None:
    manifest = str(write_release(tmp_path))
    assert ids(tmp_path, BUILDASSETS={"manifest": manifest, "url": url}, **STATIC) == expected


def test_two_prefixes_are_meant_where_static_is_of_another_storage(tmp_path: Path) -> None:
    manifest = str(write_release(tmp_path))
    settings = {**STATIC, "STORAGES": {}, "BUILDASSETS": {"manifest": manifest, "url": "/x/"}}
    assert ids(tmp_path, **settings) == []


def test_application_before_ours_hides_our_commands(tmp_path: Path) -> None:
    write_release(tmp_path)
    ((code, message, hint),) = found(tmp_path, **{**STATIC, "INSTALLED_APPS": STATIC["INSTALLED_APPS"][::-1]})
    assert code == "W005"
    assert message.startswith("`django.contrib.staticfiles` comes before `buildassets.runtime.django`")
    assert hint == "put `buildassets.runtime.django` before it"


def test_no_release_is_for_tests_only(tmp_path: Path) -> None:
    assert ids(tmp_path, BUILDASSETS={"manifest": None}) == []
    assert ids(tmp_path, BUILDASSETS={"manifest": None}, deploy=True) == ["W006"]


def test_release_that_was_built_without_the_finders_is_reported(tmp_path: Path) -> None:
    write_tree(write_project(tmp_path), {"assets/app.css": ""})
    assert run(tmp_path, "build").returncode == 0
    printed = manage(tmp_path, "check", "--tag", "buildassets").stderr
    begin = f"?: (buildassets.W007) the release has nothing of `{tmp_path}/site` and of 3 more static folders: "
    mend = "run `manage.py assets build`: `buildassets build` alone knows nothing of the finders; silence this where"
    assert f"{begin}no `polls/extra.js`\n\tHINT: {mend}" in printed
    assert manage(tmp_path, "assets", "build").returncode == 0
    assert "no issues" in manage(tmp_path, "check", "--tag", "buildassets").stdout


def test_folder_that_holds_nothing_which_every_build_takes_is_not_missed(tmp_path: Path) -> None:
    write_release(tmp_path)
    write_tree(tmp_path, {"polls/_a.scss": "", "polls/.keep": "", "polls/notes": "", "polls/b.scss": ""})
    assert ids(tmp_path, **STATIC, STATICFILES_DIRS=[str(tmp_path / "polls")]) == []


def test_folder_is_not_missed_where_static_is_of_another_storage(tmp_path: Path) -> None:
    write_release(tmp_path)
    write_tree(tmp_path, {"polls/a.css": ""})
    settings = {**STATIC, "STORAGES": {}, "STATICFILES_DIRS": [str(tmp_path / "polls")]}
    assert ids(tmp_path, **settings) == []
    assert ids(tmp_path, **{**settings, "STORAGES": STATIC["STORAGES"]}) == ["W007"]


def test_static_tag_whose_file_only_the_release_has_is_reported_without_our_storage(tmp_path: Path) -> None:
    page = "{% load static %}\n{# {% static 'css/app.css' %} #}{% static 'css/no.css' %}\n{% static 'css/app.css' %}"
    write_release(tmp_path)
    write_tree(tmp_path, {"templates/page.html": page, "found/x.txt": ""})
    django = "django.template.backends.django.DjangoTemplates"
    settings = {
        **STATIC,
        "STORAGES": {},
        "TEMPLATES": [{"BACKEND": django, "DIRS": [str(tmp_path / "templates")]}],
        "STATICFILES_DIRS": [str(tmp_path / "found")],
    }
    ((code, message, hint),) = found(tmp_path, **settings)
    where = "`/templates/page.html`, line 3"
    assert code == "W008"
    assert message == f"{where}: `{{% static %}}` does not use the release, and no finder has a file of `css/app.css`"
    assert "ReleaseStaticFilesStorage" in hint
    write_tree(tmp_path, {"found/css/app.css": ""})
    assert "W008" not in ids(tmp_path, **settings)
    (tmp_path / "found/css/app.css").unlink()
    assert "W008" not in ids(tmp_path, **{**settings, "STORAGES": STATIC["STORAGES"]})
