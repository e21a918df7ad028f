"""Published icons look as their own files, in a sprite and inline."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.icons import assert_alike
from tests.conftest import write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

_MOST = 80  # icons of a package
_FOLDERS = {
    "bootstrap-icons": "icons",
    "feather-icons": "dist/icons",
    "lucide-static": "icons",
    "simple-icons": "icons",
}


@pytest.mark.parametrize("package", _FOLDERS)
def test_published_icons_look_as_their_files(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str], package: str
) -> None:
    files = sorted((node_modules("icons") / package / _FOLDERS[package]).glob("*.svg"))
    chosen = files[:: -(-len(files) // _MOST)]
    write_tree(tmp_path, {f"icons/{file.name}": file.read_bytes() for file in chosen})
    assert_alike(tmp_path, [file.stem for file in chosen], browser, serve(tmp_path))
