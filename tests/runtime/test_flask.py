"""Flask: the extension with real applications, in this process and by Flask's own command."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string, url_for

from buildassets.errors import ManifestError
from buildassets.runtime import AssetNotFound, Assets
from buildassets.runtime.flask import FlaskAssets
from tests.conftest import NOT_SHOWN, write_tree
from tests.runtime.pages import SITE, elements, file_of, write_release

URL = "/assets/" + file_of("css/app.css", SITE["css/app.css"])


def application(folder: Path, **settings: Any) -> Flask:
    """One with a release in `build/`, whose folder is `folder`."""
    if not (folder / "build").exists():
        write_release(folder / "build", {**SITE, "admin/css/app.css": "a {}", "shop/admin/a.js": "1"})
    app = Flask("site", root_path=str(folder))
    app.config.update({"SERVER_NAME": "site.example", **settings})
    return app


def rendered(app: Flask, template: str, path: str = "/") -> str:
    with app.test_request_context(path):
        return render_template_string(template)


def test_templates_have_the_helpers(tmp_path: Path) -> None:
    app = application(tmp_path)
    FlaskAssets(app)
    ((tag, attributes),) = elements(rendered(app, "{{ stylesheet('css/app.css') }}"))
    assert (tag, attributes["href"]) == ("link", URL)


def test_one_extension_serves_applications_of_a_factory(tmp_path: Path) -> None:
    extension = FlaskAssets()
    apps = [application(tmp_path, BUILDASSETS_URL=url) for url in ("/x/", "/y/")]
    for app in apps:
        extension.init_app(app)
    for app, prefix in zip(apps, ("/x/", "/y/"), strict=True):
        with app.app_context():
            assert extension.assets.prefix == prefix


@pytest.mark.parametrize("place", ["app", "app/deep/er"])
def test_manifest_is_the_nearest_at_or_above_the_folder_of_the_application(tmp_path: Path, place: str) -> None:
    write_release(tmp_path / "build", {"a.css": "1"})
    write_release(tmp_path / "app/build", {"b.css": "1"})
    app = Flask("site", root_path=str(tmp_path / place))
    FlaskAssets(app)
    assert "b.css" in app.extensions["buildassets"]


def test_manifest_of_another_user_above_the_application_is_an_error(tmp_path: Path) -> None:
    manifest = write_release(tmp_path / "build", {"a.css": "1"})
    (tmp_path / "app").mkdir()
    if os.getuid() != 0:
        pytest.skip(f"{NOT_SHOWN}: only root gives files to other users")
    os.chown(manifest, 65534, -1)
    with pytest.raises(ManifestError, match=r"`.*build/manifest\.json` is not used: it belongs to `nobody`"):
        FlaskAssets(Flask("site", root_path=str(tmp_path / "app")))
    os.chown(tmp_path / "app", 65534, -1)  # as of who deploys, which is not the user of the web process
    FlaskAssets(Flask("site", root_path=str(tmp_path / "app")))


def test_manifest_may_be_named_from_the_folder_of_the_application(tmp_path: Path) -> None:
    write_release(tmp_path / "out")
    app = application(tmp_path, BUILDASSETS_MANIFEST="../out/manifest.json")
    app.root_path = str(tmp_path / "site")
    FlaskAssets(app)
    assert "css/app.css" in app.extensions["buildassets"]


def test_missing_manifest_is_reported_at_the_start_with_the_command_to_run(tmp_path: Path) -> None:
    app = Flask("site", root_path=str(tmp_path))
    with pytest.raises(ManifestError, match=r"no `build/manifest\.json` in `.*`, nor .*; run `buildassets build`"):
        FlaskAssets(app)
    app.config["BUILDASSETS_MANIFEST"] = "gone.json"
    with pytest.raises(ManifestError, match=r"cannot read the manifest `.*gone\.json`.*; run `buildassets build`"):
        FlaskAssets(app)


def test_every_name_has_a_url_without_a_manifest(tmp_path: Path) -> None:
    app = Flask("site", root_path=str(tmp_path))
    app.config["BUILDASSETS_MANIFEST"] = None
    FlaskAssets(app, static=True)
    template = "{{ asset('css/new.css') }} {{ url_for('static', filename='css/new.css') }}"
    assert rendered(app, template) == "/assets/css/new.css /assets/css/new.css"
    assert app.test_client().get("/assets/css/new.css").status_code == 404


@pytest.mark.parametrize("debug", [True, False])
def test_debug_mode_follows_the_manifest(tmp_path: Path, debug: bool) -> None:
    app = application(tmp_path)
    app.debug = debug
    FlaskAssets(app)
    write_release(tmp_path / "build", {"css/app.css": "changed"})
    assert (file_of("css/app.css", "changed") in rendered(app, "{{ asset('css/app.css') }}")) is debug


def test_the_reloaders_child_follows_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    app = application(tmp_path)
    FlaskAssets(app)
    assert app.extensions["buildassets"].reload


def with_static_urls(folder: Path, **settings: Any) -> Flask:
    app = application(folder, **{"BUILDASSETS_STRICT": False, **settings})
    write_tree(folder, {"static/css/app.css": "", "static/robots.txt": ""})
    FlaskAssets(app, static=True)
    return app


def test_name_that_the_release_lacks_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    app = with_static_urls(tmp_path, BUILDASSETS_STRICT=True)
    with app.test_request_context(), pytest.raises(AssetNotFound, match=r"`css/ap\.css`.*`css/app\.css`"):
        url_for("static", filename="css/ap.css")


def test_name_that_the_release_lacks_keeps_its_url_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = with_static_urls(tmp_path)
    with app.test_request_context():
        urls = [url_for("static", filename="user\n1.png") for _ in range(2)]
    assert urls == ["/static/user%0A1.png"] * 2
    assert [one.getMessage() for one in caplog.records] == [
        "the release has no asset 'user\\n1.png': its URL is that of the application's own file"
    ]


def test_names_that_the_release_lacks_fill_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = with_static_urls(tmp_path)
    with app.test_request_context():
        for number in range(1_100):
            url_for("static", filename=f"{number}.png")
    assert len(caplog.records) == 1_000


def test_application_that_requires_no_release_starts_without_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_tree(tmp_path, {"static/css/app.css": "a {}"})
    app = Flask("site", root_path=str(tmp_path))
    FlaskAssets(app, static=True, required=False)
    page = "{{ url_for('static', filename='css/app.css') }} {{ asset('css/app.css') }} {{ livereload() }}"
    assert rendered(app, page) == "/static/css/app.css /static/css/app.css "
    assert app.test_client().get("/static/css/app.css", buffered=True).text == "a {}"
    (logged,) = [one.getMessage() for one in caplog.records]
    assert "run `buildassets build`" in logged


def test_environment_may_require_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_REQUIRED", "1")
    with pytest.raises(ManifestError, match=r"no `build/manifest\.json`"):
        FlaskAssets(Flask("site", root_path=str(tmp_path)), required=False)


def test_function_that_wraps_url_for_keeps_what_it_returns(tmp_path: Path) -> None:
    app = application(tmp_path, BUILDASSETS_STRICT=False)
    wrapper = lambda endpoint, **values: url_for(endpoint, **values) + "?theme=dark"  # noqa: E731
    app.jinja_env.globals["url_for"] = wrapper
    FlaskAssets(app, static=True)
    assert rendered(app, "{{ url_for('static', filename='css/app.css') }}") == f"{URL}?theme=dark"


def test_urls_are_below_the_path_of_the_application(tmp_path: Path) -> None:
    with with_static_urls(tmp_path, SERVER_NAME=None).test_request_context("/", base_url="http://a.example/shop"):
        assert url_for("static", filename="css/app.css") == f"/shop{URL}"
    with with_static_urls(tmp_path, SERVER_NAME=None, BUILDASSETS_URL="/shop/assets").test_request_context(
        "/", base_url="http://a.example/shop"
    ):
        assert url_for("static", filename="css/app.css") == f"/shop{URL}"


@pytest.mark.parametrize(("watched", "url"), [("1", URL), (None, "/static/css/app.css")])
def test_old_release_hides_no_edit_in_debug_mode(
    watched: str | None, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if watched:
        monkeypatch.setenv("BUILDASSETS_WATCH", watched)
    app = application(tmp_path)
    app.debug = True
    write_tree(tmp_path, {"static/css/app.css": "edited"})
    FlaskAssets(app, static=True)
    assert rendered(app, "{{ url_for('static', filename='css/app.css') }}") == url
    assert rendered(app, "{{ url_for('static', filename='img/logo.svg') }}").startswith("/assets/img/logo.")


def test_static_files_have_the_urls_of_the_release_on_demand(tmp_path: Path) -> None:
    call = "{{ url_for('static', filename='css/app.css') }}"
    app = with_static_urls(tmp_path)
    assert rendered(app, call) == URL
    with app.test_request_context():
        assert url_for("static", filename="css/app.css") == URL
    plain = application(tmp_path)
    FlaskAssets(plain)
    assert rendered(plain, call) == "/static/css/app.css"


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        ({"filename": "robots.txt"}, "/static/robots.txt"),
        ({"filename": "css/app.css", "_external": True}, f"http://site.example{URL}"),
        ({"filename": "css/app.css", "_external": True, "_scheme": "https"}, f"https://site.example{URL}"),
        ({"filename": "css/app.css", "v": "1&2", "_anchor": "a b"}, f"{URL}?v=1%262#a%20b"),
    ],
)
def test_static_url_keeps_other_parts_of_flask(tmp_path: Path, arguments: dict[str, Any], url: str) -> None:
    with with_static_urls(tmp_path).test_request_context():
        assert url_for("static", **arguments) == url


def test_url_outside_of_a_request_is_external(tmp_path: Path) -> None:
    with with_static_urls(tmp_path).app_context():
        assert url_for("static", filename="css/app.css") == f"http://site.example{URL}"


def test_url_of_a_cdn_is_unchanged(tmp_path: Path) -> None:
    with with_static_urls(tmp_path, BUILDASSETS_URL="https://cdn.example/").app_context():
        assert url_for("static", filename="css/app.css").startswith("https://cdn.example/css/app.")


def test_other_urls_are_those_of_flask(tmp_path: Path) -> None:
    app = with_static_urls(tmp_path)
    app.add_url_rule("/page/<filename>", "page")
    with app.test_request_context():
        assert url_for("page", filename="css") == "/page/css"


def test_static_folders_of_blueprints_are_folders_of_the_release(tmp_path: Path) -> None:
    app = with_static_urls(tmp_path)
    admin = Blueprint("admin", "admin", static_folder="static", url_prefix="/admin", root_path=str(tmp_path))
    admin.add_url_rule("/", "home", lambda: render_template_string("{{ url_for('.static', filename='css/app.css') }}"))
    shop = Blueprint("shop", "shop", url_prefix="/shop")
    shop.register_blueprint(Blueprint("admin", "admin", static_folder="static", url_prefix="/admin"))
    app.register_blueprint(admin)
    app.register_blueprint(shop)
    of_admin = "/assets/" + file_of("admin/css/app.css", "a {}")
    assert app.test_client().get("/admin/", base_url="http://site.example").text == of_admin
    with app.test_request_context():
        assert url_for("admin.static", filename="css/app.css") == of_admin
        assert url_for("admin.static", filename="gone.css") == "/admin/static/gone.css"
        assert url_for("shop.admin.static", filename="a.js") == "/assets/" + file_of("shop/admin/a.js", "1")


def test_an_application_without_a_static_folder_has_static_urls_too(tmp_path: Path) -> None:
    write_release(tmp_path / "build")
    app = Flask("site", root_path=str(tmp_path), static_folder=None)
    FlaskAssets(app, static=True)
    assert rendered(app, "{{ url_for('static', filename='css/app.css') }}") == URL


def test_the_application_serves_the_release_unless_a_server_does(tmp_path: Path) -> None:
    app = application(tmp_path, SERVER_NAME=None)
    FlaskAssets(app)
    answer = app.test_client().get(URL, buffered=True)
    assert (answer.status_code, answer.text) == (200, SITE["css/app.css"])
    assert "immutable" in answer.headers["Cache-Control"]
    plain = application(tmp_path, SERVER_NAME=None)
    FlaskAssets(plain, serve=False)
    assert plain.test_client().get(URL).status_code == 404


def test_pages_of_other_origins_may_read_what_is_served_on_demand(tmp_path: Path) -> None:
    app = application(tmp_path, SERVER_NAME=None, BUILDASSETS_ORIGINS="*")
    FlaskAssets(app)
    answer = app.test_client().get(URL, buffered=True, headers={"Origin": "https://www.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_headers_may_be_added_to_what_is_served(tmp_path: Path) -> None:
    app = application(
        tmp_path,
        SERVER_NAME=None,
        BUILDASSETS_HEADERS=lambda path, asset: {"X-Path": path},
    )
    FlaskAssets(app)
    assert app.test_client().get(URL, buffered=True).headers["X-Path"] == "css/app.css"


def test_settings_go_before_arguments(tmp_path: Path) -> None:
    app = application(tmp_path, BUILDASSETS_STATIC=False, BUILDASSETS_SERVE=False)
    FlaskAssets(app, static=True)
    assert rendered(app, "{{ url_for('static', filename='css/app.css') }}") == "/static/css/app.css"


FACTORY = """
from flask import Flask
from buildassets.runtime.flask import FlaskAssets

def create_app():
    app = Flask(__name__)
    FlaskAssets(app, static=True)
    app.add_url_rule("/", view_func=lambda: "home")
    return app
"""


def flask_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "flask", *arguments]
    env = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def test_command_builds_before_there_is_anything_to_start(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": FACTORY, "assets/a.css": "a { color: red }"})
    done = flask_command(tmp_path, "assets", "build")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("built 1 asset (")
    assert Assets(tmp_path / "build/manifest.json").url("a.css").startswith("/assets/a.")


def test_command_has_the_options_and_exit_codes_of_the_compiler(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app.py": FACTORY, "assets/a.css": "a { background: url(gone.png) }"})
    done = flask_command(tmp_path, "assets", "check", "--json")
    assert done.returncode == 1
    assert '"reference/missing"' in done.stdout
    helped = flask_command(tmp_path, "assets", "build", "--help").stdout
    assert helped.startswith("Usage: python -m flask assets build [OPTIONS]")
    assert "--jobs" in helped


def test_group_lists_its_commands(tmp_path: Path) -> None:
    printed = flask_command(tmp_path, "assets", "--help").stdout
    assert [line.split()[0] for line in printed.partition("Commands:\n")[2].splitlines()] == ["build", "check", "watch"]


def test_tests_of_an_application_may_run_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application(tmp_path)
    FlaskAssets(app)
    write_tree(tmp_path, {"assets/a.css": "a { background: url(gone.png) }"})
    monkeypatch.chdir(tmp_path)
    done = app.test_cli_runner().invoke(args=["assets", "build", "-q"])
    assert done.exit_code == 1
    assert "error[reference/missing]" in done.output
