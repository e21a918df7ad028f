"""docs/deploy/docker.md: hadolint finds nothing in its Dockerfiles, and what their steps make serves a page."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import MadeOnce, Tree, find_tool, write_tree
from tests.example.image import Replay, Stage
from tests.example.servers import free_port, is_open, wait_until
from tests.example.test_image import make_wheel
from tests.packages.published import TOOLS, publish_real
from tests.packages.server import serving
from tests.release_tools import release_tools
from tests.runtime.django.project import PROJECT as DJANGO

pytestmark = pytest.mark.thorough

PAGE = (Path(__file__).parents[2] / "docs/deploy/docker.md").read_text(encoding="utf-8")
DOCKERFILES = re.findall(r"```dockerfile\n(.*?)```", PAGE, re.DOTALL)
PLAIN, TOOLS_STAGE, NODE_STAGE, DJANGO_SITE = DOCKERFILES
SITE: Tree = {
    "requirements.txt": "flask\ngunicorn\n",
    "requirements-build.txt": re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[0],
    ".dockerignore": re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)[1],
    "buildassets.toml": 'compress = ["br"]\n',
    "assets/css/site.scss": "$sea: #036;\nbody { color: $sea }\n",
    "app.py": (
        "from flask import Flask, render_template\nfrom buildassets.runtime.flask import FlaskAssets\n\n"
        "app = Flask(__name__)\nFlaskAssets(app, serve=True)\n"
        "app.add_url_rule('/', 'home', lambda: render_template('home.html'))\n"
    ),
    "templates/home.html": '{{ stylesheet("css/site.css") }}',
}

Replayed = Callable[[str, Tree], Replay]


@pytest.fixture
def replayed(tmp_path: Path, made_once: MadeOnce) -> Replayed:
    """Makes a context of a Dockerfile and files, whose stages can be built."""
    (wheel,) = made_once("wheel", make_wheel).glob("*.whl")

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder = tmp_path / name
        if not folder.exists():
            make(folder)
        return folder

    def context(dockerfile: str, files: Tree) -> Replay:
        return Replay(write_tree(tmp_path / "context", {**files, "Dockerfile": dockerfile}), wheel, once)

    return context


@contextmanager
def container(stage: Stage, log: Path, **variables: str) -> Iterator[int]:
    """The port at which the command of the image answers."""
    port = free_port()
    command = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in stage.last("CMD").command]
    environment = stage.environment(**variables)
    command[0] = shutil.which(command[0], path=environment["PATH"]) or command[0]
    with log.open("wb") as output, subprocess.Popen(command, cwd=stage.folder, env=environment, stderr=output) as one:
        try:
            wait_until(lambda: is_open(port), one, log)
            yield port
        finally:
            one.terminate()


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def has_compiler(stage: Stage) -> bool:
    return subprocess.run([stage.python, "-c", "import rjsmin"], capture_output=True).returncode == 0


def built_in(stage: Stage) -> str:
    """Return the report of a build in the image that only serves."""
    command = [str(stage.root / "venv/bin/buildassets"), "build", "--no-cache"]
    write_tree(stage.folder, {"assets/a.css": "a { color: tan }"})
    return subprocess.run(command, cwd=stage.folder, env=stage.environment(), capture_output=True, text=True).stderr


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_hadolint_finds_nothing(dockerfile: str, tmp_path: Path) -> None:
    hadolint = find_tool(str(release_tools() / "hadolint"), "hadolint")
    write_tree(tmp_path, {"Dockerfile": dockerfile})
    done = subprocess.run([hadolint, "Dockerfile"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_serves_a_page_and_its_style_sheet_without_a_compiler(replayed: Replayed, tmp_path: Path) -> None:
    stage = replayed(PLAIN, SITE).stage("web")
    assert not has_compiler(stage)
    assert "environment/requirement" in built_in(stage)
    with container(stage, tmp_path / "log") as port:
        status, page = get(port, "/")
        (sheet,) = re.findall(r'href="([^"]+)"', page)
        assert (status, get(port, sheet)) == (200, (200, "body{color:#036}"))


def test_locked_tools_are_installed_and_used(
    replayed: Replayed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as registry:
        publish_real(registry, TOOLS)
        monkeypatch.setenv("npm_config_registry", registry.url)
        variables = {**os.environ, "BUILDASSETS_TOOLS_DIR": str(tmp_path / "elsewhere")}
        lock = write_tree(tmp_path / "lock", {"buildassets.toml": ""})
        command = [sys.executable, "-m", "buildassets", "tools", "install", "-q", "esbuild@0.28.2"]
        subprocess.run(command, cwd=lock, env=variables, check=True)
        files = {
            **SITE,
            "buildassets.lock": (lock / "buildassets.lock").read_text(),
            "assets/a.ts": "console.log('tide' as string)",
        }
        text = TOOLS_STAGE.replace("ENV ", f"ENV npm_config_registry={registry.url} ").replace("/opt/", f"{tmp_path}/")
        files["buildassets.toml"] = '[bundles]\n"js/a.js" = { files = ["a.ts"], bundle = true }\n'
        stage = replayed(text, files).stage("build")
    manifest = json.loads((stage.folder / "build/manifest.json").read_text())
    assert manifest["generator"]["engines"]["bundle"] == "esbuild 0.28.2 (lock)"


def test_packages_and_programs_of_the_node_stage_are_used(replayed: Replayed, tmp_path: Path) -> None:
    shout = (
        "#!/usr/bin/env node\nprocess.stdin.on('data', d => process.stdout.write(String(d).replace('low', 'high')))\n"
    )
    described = {"name": "tide", "version": "1.0.0", "bin": "shout.js"}
    package = {"package.json": json.dumps(described), "shout.js": shout, "_tide.scss": "$sea: #036;\n"}
    npm = find_tool("npm")
    subprocess.run([npm, "pack", "--silent"], cwd=write_tree(tmp_path / "tide", package), check=True)
    project = write_tree(tmp_path / "locked", {"package.json": '{"name": "site", "version": "1.0.0"}'})
    archive = str(tmp_path / "tide/tide-1.0.0.tgz")
    subprocess.run([npm, "install", "--silent", "--package-lock-only", archive], cwd=project, check=True)
    locked = {name: (project / name).read_text() for name in ("package.json", "package-lock.json")}
    settings = (
        'load_paths = ["node_modules"]\ncompress = []\n[commands.tide]\nfrom = "tide"\nto = "css"\nrun = ["tide"]\n'
    )
    files = {**SITE, **locked, "buildassets.toml": settings, "assets/a.tide": "a{content:low}\n"}
    files["assets/css/site.scss"] = '@use "tide/tide";\nbody { color: tide.$sea }\n'
    stage = replayed(NODE_STAGE, files).stage("build")
    assert (stage.folder / "node_modules/tide").is_dir()
    made = {path.name.partition(".")[0]: path.read_text() for path in (stage.folder / "build").rglob("*.css")}
    assert made == {"a": "a{content:high}", "site": "body{color:#036}"}


def test_the_image_of_a_django_site_serves_its_release(replayed: Replayed, tmp_path: Path) -> None:
    settings = str(DJANGO["settings.py"]).replace('"of no use"', '__import__("os").environ["SECRET_KEY"]')
    wsgi = "from buildassets.runtime.django.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
    own = {"settings.py": settings, "shop/wsgi.py": wsgi, "requirements.txt": "django\ngunicorn\n"}
    plain = {name: content for name, content in SITE.items() if not name.startswith(("assets", "app", "templates"))}
    stage = replayed(DJANGO_SITE, {**plain, **DJANGO, **own}).stage("web")
    assert not has_compiler(stage)
    variables = {"SECRET_KEY": "s", "DJANGO_SETTINGS_MODULE": "settings"}
    with container(stage, tmp_path / "log", **variables) as port:
        status, sheet = get(port, "/")
        assert (status, get(port, sheet)[0]) == (200, 200)
