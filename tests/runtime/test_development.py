"""A release for development, where it is and where it is not."""

import os
import subprocess
import sys
from pathlib import Path
from warnings import catch_warnings

import pytest
from flask import Flask

from buildassets.runtime import Assets
from buildassets.runtime.flask import FlaskAssets
from tests.conftest import write_tree
from tests.runtime.pages import write_release

REPORT = (
    "/manifest.json` is a release for development, neither minified nor compressed: run `buildassets build`, "
    "or to develop use `reload=True` or the framework's debug mode"
)


def development(folder: Path) -> Path:
    return write_release(folder, livereload="livereload.json")


def test_development_release_is_reported_at_the_start_where_the_program_reads_it(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning) as found:
        Assets(development(tmp_path))
    (warning,) = found
    assert str(warning.message).endswith(REPORT)
    assert warning.filename == __file__


def test_development_release_is_reported_once_for_each_manifest(tmp_path: Path) -> None:
    one, other = development(tmp_path / "one"), development(tmp_path / "other")
    with catch_warnings(record=True, action="always") as found:
        for manifest in (one, other, one, other):
            Assets(manifest)
    assert len(found) == 2


def test_the_following_are_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with catch_warnings(action="error"):
        Assets(write_release(tmp_path / "production"))
        Assets(development(tmp_path), reload=True)
        monkeypatch.setenv("BUILDASSETS_WATCH", "1")
        Assets(development(tmp_path))


def flask_app(folder: Path) -> Flask:
    app = Flask("app", root_path=str(folder))
    app.config["BUILDASSETS_MANIFEST"] = "manifest.json"
    app.add_url_rule("/", view_func=lambda: "home")
    FlaskAssets(app)
    return app


def test_flask_reports_it_at_the_first_request(tmp_path: Path) -> None:
    development(tmp_path)
    app = flask_app(tmp_path)
    with catch_warnings(record=True, action="always") as found:
        for _ in range(2):
            assert app.test_client().get("/").text == "home"
    assert len(found) == 1


def test_flask_whose_debug_mode_is_switched_on_later_is_quiet(tmp_path: Path) -> None:
    development(tmp_path)
    app = flask_app(tmp_path)
    app.debug = True
    assert app.test_client().get("/").text == "home"


_WSGI = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["buildassets.runtime.django"], BUILDASSETS={"manifest": "manifest.json"}, DEBUG=DEBUGGED
)
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
"""


@pytest.mark.parametrize("is_debugged", [False, True])
def test_django_reports_it_when_a_web_process_starts(tmp_path: Path, is_debugged: bool) -> None:
    write_tree(tmp_path, {"wsgi.py": _WSGI.replace("DEBUGGED", str(is_debugged))})
    development(tmp_path)
    kept = {name: value for name, value in os.environ.items() if name != "BUILDASSETS_WATCH"}
    done = subprocess.run([sys.executable, "wsgi.py"], cwd=tmp_path, env=kept, capture_output=True, text=True)
    assert done.returncode == 0
    what = "`manifest.json` is a release for development, neither minified nor compressed"
    report = f"{what}: run `manage.py assets build`, or to develop use `DEBUG`\n"
    assert (report in done.stderr) is not is_debugged
