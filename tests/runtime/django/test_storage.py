"""`{% static %}` and `collectstatic` with the storage of the release."""

from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.conftest import read_tree, write_tree
from tests.runtime.django.site import STATIC, in_django, page_of
from tests.runtime.pages import write_release


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(write_release(tmp_path), url="/static/")


@pytest.mark.parametrize("debug", [True, False])
def test_static_gives_the_url_of_the_release(assets: Assets, tmp_path: Path, debug: bool) -> None:
    template = "{% load static %}{% static 'css/app.css' %} {% static name as url %}{{ url }} "
    assert page_of(tmp_path, template, DEBUG=debug, **STATIC) == f"{assets.url('css/app.css')} " * 2


def test_static_and_asset_give_the_same(assets: Assets, tmp_path: Path) -> None:
    template = "{% load static buildassets %}{% static name %} {% asset name %}"
    assert len(set(page_of(tmp_path, template, **STATIC).split())) == 1


def test_media_of_forms_names_the_release(assets: Assets, tmp_path: Path) -> None:
    program = """
from django import forms
print(forms.Media(css={"all": ["css/app.css"]}, js=["js/app.js", "https://cdn.example/x.js"]))
"""
    printed = in_django(tmp_path, program, **STATIC)
    assert f'href="{assets.url("css/app.css")}"' in printed
    assert f'src="{assets.url("js/app.js")}"' in printed
    assert 'src="https://cdn.example/x.js"' in printed


@pytest.mark.parametrize("mark", ["?#iefix", "#icon", "?v=1", "?v=1#a?b"])
def test_query_and_fragment_are_kept(assets: Assets, tmp_path: Path, mark: str) -> None:
    program = f"from django.templatetags.static import static\nprint(static('img/logo.svg{mark}'))"
    assert in_django(tmp_path, program, **STATIC) == f"{assets.url('img/logo.svg')}{mark}\n"


@pytest.mark.parametrize("name", ["", "img/", "no such/"])
def test_folder_has_no_fingerprint(assets: Assets, tmp_path: Path, name: str) -> None:
    program = f"from django.templatetags.static import static\nprint(static({name!r}))"
    assert in_django(tmp_path, program, **STATIC) == f"/static/{name.replace(' ', '%20')}\n"


def test_unknown_name_is_the_error_that_packages_expect_of_storages(assets: Assets, tmp_path: Path) -> None:
    program = """
from django.templatetags.static import static
try:
    static("css/ap.css")
except ValueError as fault:
    print(fault)
"""
    assert "did you mean `css/app.css`" in in_django(tmp_path, program, **STATIC)


def test_urls_have_no_fingerprint_without_a_release(tmp_path: Path) -> None:
    template = "{% load static buildassets %}{% static 'any/name.css' %} {% asset name %}"
    page = page_of(tmp_path, template, BUILDASSETS={"manifest": None}, **STATIC)
    assert page == "/static/any/name.css /static/css/app.css"


def test_url_is_not_given_to_the_storage(assets: Assets, tmp_path: Path) -> None:
    program = """
from django.core.exceptions import ImproperlyConfigured
from buildassets.runtime.django.storage import ReleaseStaticFilesStorage
try:
    ReleaseStaticFilesStorage(base_url="/x/")
except ImproperlyConfigured as fault:
    print(fault)
"""
    assert "as `url` in BUILDASSETS" in in_django(tmp_path, program, **STATIC)


_COLLECT = """
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=1)
"""


def collected(folder: Path) -> str:
    """Return the output of `collectstatic`, which copies the release of `folder` and a file to `folder`/static."""
    write_tree(folder, {"plain/robots.txt": "all"})
    given = {"STATIC_ROOT": str(folder / "static"), "STATICFILES_DIRS": [str(folder / "plain")]}
    return in_django(folder, _COLLECT, **STATIC, **given)


def test_collectstatic_copies_the_release(tmp_path: Path) -> None:
    write_release(tmp_path)
    assert "1 static file copied" in collected(tmp_path)
    assert read_tree(tmp_path / "static") == {**read_tree(tmp_path / "assets"), "robots.txt": b"all"}


def test_collectstatic_copies_what_is_not_whole_yet(tmp_path: Path) -> None:
    write_release(tmp_path)
    file = next(iter(read_tree(tmp_path / "assets/css")))
    write_tree(tmp_path, {f"static/css/{file}": "bo"})
    collected(tmp_path)
    assert "post-processed" not in collected(tmp_path)
    assert (tmp_path / "static/css" / file).read_bytes() == (tmp_path / "assets/css" / file).read_bytes()


def refusal(folder: Path) -> str:
    """Return the error of `collectstatic`."""
    program = f"""
from django.core.management import CommandError
try:
    exec({_COLLECT!r})
except CommandError as fault:
    print(fault)
"""
    return in_django(folder, program, **STATIC, STATIC_ROOT=str(folder / "static"))


def test_collectstatic_without_a_release_names_the_command(tmp_path: Path) -> None:
    assert "copies what `manage.py assets build` has made" in refusal(tmp_path)


def test_collectstatic_names_the_file_that_is_gone(tmp_path: Path) -> None:
    write_release(tmp_path)
    next((tmp_path / "assets/css").iterdir()).unlink()
    assert "is gone; run `manage.py assets build` again" in refusal(tmp_path)


def test_another_storage_may_hold_the_release(assets: Assets, tmp_path: Path) -> None:
    program = """
from django.core.files.storage import InMemoryStorage
from buildassets.runtime.django.storage import ReleaseFilesMixin


class Storage(ReleaseFilesMixin, InMemoryStorage):
    pass


storage = Storage()
copied = {path: file for path, file, _ in storage.post_process({})}
print(storage.url("css/app.css"), storage.exists(copied["css/app.css"]))
"""
    assert in_django(tmp_path, program, **STATIC) == f"{assets.url('css/app.css')} True\n"
