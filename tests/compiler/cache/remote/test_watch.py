"""A watch waits once for a remote cache that does not answer, and not at each save."""

from pathlib import Path

import pytest

from tests.cli.watching import watching
from tests.compiler.cache.remote.bad_servers import KINDS, serving
from tests.compiler.cache.remote.sites import key_pair, site

pytestmark = pytest.mark.thorough


def test_a_watch_does_not_wait_again_for_a_server_that_is_silent(tmp_path: Path) -> None:
    _, public = key_pair()
    with serving(KINDS["is silent"], {}) as port:
        place = site(tmp_path, f"http://127.0.0.1:{port}", {"main": [public]})
        with watching(place) as watch:
            assert [found["code"] for found in watch.next()["diagnostics"]] == ["cache/remote"]
            for width in ("3px", "4px"):
                (place / "assets/css/_own.scss").write_text(f".own {{ width: {width} }}\n")
                document = watch.next()
                assert document["diagnostics"] == []  # it would be a warning again, had the server been asked
                assert width.encode() in watch.released(document, "css/app.css")
