"""One import map for all applications, with published packages that have modules, in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.features.import_map.real_packages import built, served

pytestmark = [pytest.mark.browser, pytest.mark.corpus]

_MAPS = "document.querySelectorAll('script[type=importmap]').length"
_EDITOR = "document.querySelector('.ProseMirror')"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a site with django-prose-editor, built and served in production, with a policy that needs nonces."""
    folder: Path = built(tmp_path_factory.mktemp("import_maps"))
    with served(folder) as address:
        yield address


def test_an_editor_runs_by_the_map_of_the_page(browser: Browser, url: str) -> None:
    browser.open(url + "editor/")
    browser.wait_for(_EDITOR)
    assert browser.value(_MAPS) == 1
    assert browser.faults() == []


def test_a_page_without_the_tag_has_the_map_of_its_media(browser: Browser, url: str) -> None:
    browser.open(url + "bare/")
    assert browser.value("import('shop/parts/price.js').then(module => module.price)") == 3
    assert browser.value(_MAPS) == 1
    assert browser.faults() == []


def test_two_applications_have_a_version_each(browser: Browser, url: str) -> None:
    browser.open(url + "versions/")
    browser.wait_for("document.title == 'blog 2, shop 3'")
    assert browser.faults() == []


def test_a_module_of_django_esm_imports_what_an_application_declares(browser: Browser, url: str) -> None:
    browser.open(url + "cart/")
    browser.wait_for("document.title == 'cart of 3'")
    assert browser.faults() == []


def test_a_name_that_only_the_media_know_is_imported(browser: Browser, url: str) -> None:
    browser.open(url + "unknown/")
    browser.wait_for("document.title == 'extra'")
    assert browser.value(_MAPS) == 1
    assert browser.faults() == []


def test_an_editor_runs_in_the_admin(browser: Browser, url: str) -> None:
    browser.open(url + "admin/login/?next=/admin/shop/item/add/")
    browser.value("[id_username.value, id_password.value] = ['pilot', 'pilot']")
    browser.click("[type=submit]")
    browser.wait_for(_EDITOR)
    assert browser.value(_MAPS) == 1
    assert browser.faults() == []
