"""A small release, and what is done with it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.release.archive.read import FORMS, Form
from buildassets.release.archive.write import PackedArchive, pack_folder
from tests.building import build, load_config
from tests.conftest import Tree, write_tree

SITE: Tree = {
    "buildassets.toml": 'compress = ["gzip", "br"]\n',
    "assets/css/app.css": '@import "base.css";\na { background: url(../img/a.svg) }\n' + "b { color: tan }\n" * 20,
    "assets/css/base.css": "c { color: red }\n" * 20,
    "assets/empty.txt": "",
    "assets/img/a.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "assets/img/caf\u00e9 \u2603.png": bytes(range(256)) * 3,
    "assets/js/app.js": 'import "./lib.js";\n' + "console.log(1);\n" * 20,
    "assets/js/lib.js": 'import "./app.js";\n',
    f"assets/{'deep/' * 40}{'long' * 30}.bin": b"\0" * 1000,
}
TINY: Tree = {
    "buildassets.toml": 'compress = ["gzip"]\n',
    "assets/a.css": "a { color: tan }\n" * 6,
}


def build_release(folder: Path, files: Tree) -> Path:
    """The release directory that a project of these `files` gives."""
    config = load_config(start=str(write_tree(folder, files)))
    result = build(config)
    assert result.succeeded, result.diagnostics
    return Path(config.output)


@pytest.fixture(scope="session")
def built_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that nobody may change."""
    return build_release(tmp_path_factory.mktemp("site"), SITE)


@pytest.fixture
def release(built_release: Path, tmp_path: Path) -> Path:
    """A release of one's own."""
    return Path(shutil.copytree(built_release, tmp_path / "build"))


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    """Each form of archive."""
    found: Form = request.param
    return found


Pack = Callable[..., PackedArchive]


@pytest.fixture
def packed(built_release: Path, tmp_path: Path, form: Form) -> Path:
    """An archive of the release, in each form."""
    archive = tmp_path / f"packed.{form}"
    pack_folder(str(built_release), "build", str(archive), form)
    return archive
