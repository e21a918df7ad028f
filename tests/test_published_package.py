"""One published package, built with all defaults; `tests/corpus` has many, and other programs as judges."""

import gzip
from hashlib import sha256
from pathlib import Path

import brotli
import pytest

from tests.command import run
from tests.corpus.building import Release, build, source_root
from tests.corpus.packages import node_modules
from tests.corpus.test_js_minify import printed

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release of htmx and jQuery."""
    roots = [
        source_root(node_modules() / "htmx.org/dist", "htmx", ["htmx.js", "htmx.min.js"]),
        source_root(node_modules() / "jquery/dist", "jquery", ["jquery.js"]),
    ]
    return build(tmp_path_factory.mktemp("published"), f"sources = [{', '.join(roots)}]")


def test_compressed_copies_have_the_content_of_the_files(release: Release) -> None:
    for name in ("htmx/htmx.js", "htmx/htmx.min.js"):
        entry, path = release.manifest.assets[name], release.path(name)
        copies = {"gzip": Path(f"{path}.gz").read_bytes(), "br": Path(f"{path}.br").read_bytes()}
        assert {coding: len(copy) for coding, copy in copies.items()} == dict(entry.encodings)
        assert gzip.decompress(copies["gzip"]) == brotli.decompress(copies["br"]) == path.read_bytes()


def test_names_contain_the_digest_of_the_content(release: Release) -> None:
    for name, entry in release.manifest.assets.items():
        content = release.path(name).read_bytes()
        assert len(content) == entry.size
        assert sha256(content).hexdigest()[:12] in entry.file.split("."), name


def test_second_build_writes_nothing(release: Release) -> None:
    done = run(release.folder.parent, "build")
    assert (done.returncode, "wrote nothing" in done.stderr) == (0, True)


@pytest.mark.node
def test_released_library_does_what_the_published_one_does(release: Release, node: str) -> None:
    source, released = node_modules() / "jquery/dist/jquery.js", release.path("jquery/jquery.js")
    assert released.stat().st_size < 0.6 * source.stat().st_size
    assert printed(node, released, "jquery") == printed(node, source, "jquery")
