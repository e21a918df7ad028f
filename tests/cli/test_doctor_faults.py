"""`buildassets doctor` on sound projects with one fault each: the fault is found, with its fix, and nothing else."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command import release_site, run
from tests.conftest import Tree

OURS = "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"
DJANGO: Tree = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
    "site1/settings.py": f"""from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
INSTALLED_APPS = ["buildassets.runtime.django", "django.contrib.staticfiles"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "collected"
INSTALLED_APPS = ["polls", *INSTALLED_APPS]
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES = {{"staticfiles": {{"BACKEND": "{OURS}"}}}}
BUILDASSETS = {{"manifest": BASE_DIR / "build/manifest.json"}}
""",
    "site1/wsgi.py": "from buildassets.runtime.django.wsgi import get_wsgi_application\n",
    "polls/__init__.py": "",
    "polls/static/polls/site.css": "a { color: red }\n",
    "templates/home.html": '{% load static %}<link rel="stylesheet" href="{% static "polls/site.css" %}">',
    "requirements.txt": "buildassets\ndjango\ngunicorn\nwhitenoise\n",
    "buildassets.toml": 'sources = ["polls/static"]\nurl = "/static/"\n',
    ".dockerignore": "build/\n",
    "Dockerfile": "FROM x\nCOPY . .\nRUN python manage.py assets build\n",
}
OTHERS: Tree = {
    "static/css/site.css": "a { color: red }\n",
    "templates/home.html": '<link rel="stylesheet" href="{{ asset(\'css/site.css\') }}">',
    "requirements.txt": "buildassets\nuvicorn\n",
    "buildassets.toml": 'sources = ["static"]\n',
    ".dockerignore": "build/\n",
    "Dockerfile": "FROM x\nCOPY . .\nRUN buildassets build\n",
}
ASGI = """from {module} import {name}
from starlette.templating import Jinja2Templates
from buildassets.runtime import Assets
from buildassets.runtime.starlette import AssetServer, with_assets
assets = Assets("build/manifest.json")
app = {name}()
app.add_middleware(AssetServer, assets=assets)
templates = with_assets(Jinja2Templates("templates"), assets)
"""
FLASK = """from flask import Flask
from buildassets.runtime.flask import FlaskAssets
app = Flask(__name__)
app.config["BUILDASSETS_MANIFEST"] = "build/manifest.json"
FlaskAssets(app, serve=True)
"""
PROJECTS: Mapping[str, Tree] = {
    "django": DJANGO,
    "fastapi": {**OTHERS, "app.py": ASGI.format(module="fastapi", name="FastAPI")},
    "flask": {**OTHERS, "app.py": FLASK},
    "starlette": {**OTHERS, "app.py": ASGI.format(module="starlette.applications", name="Starlette")},
}


@dataclass(frozen=True)
class Fault:
    """`old` in `file`, or all of it if that is empty, becomes `new`; the finding, and a part of its fix."""

    file: str
    old: str
    new: str
    finding: str
    fix: str

    def into(self, folder: Path) -> Path:
        """Write the fault into the project, at the time that the file had, and return the folder."""
        path = folder / self.file
        times = path.stat() if path.exists() else None
        text = path.read_text() if self.old else ""
        assert self.old in text
        path.write_text(text.replace(self.old, self.new) if self.old else self.new)
        if times:
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        return folder


SETTINGS, STORAGES = "site1/settings.py", f'STORAGES = {{"staticfiles": {{"BACKEND": "{OURS}"}}}}'
FIRST = 'INSTALLED_APPS = ["polls", *INSTALLED_APPS]'
WSGI = "buildassets.runtime.django.wsgi"
WSGI_OURS = f"write `from {WSGI} import get_wsgi_application`"
USE_OURS = f'`{{"BACKEND": "{OURS}"}}`'
OF_DJANGO = [
    Fault(SETTINGS, STORAGES, "", "warning doctor/storage", USE_OURS),
    Fault(SETTINGS, OURS, "django.contrib.staticfiles.storage.StaticFilesStorage", "warning doctor/storage", USE_OURS),
    Fault(SETTINGS, OURS, "whitenoise.storage.CompressedStaticFilesStorage", "warning doctor/storage", USE_OURS),
    Fault(
        SETTINGS, OURS, "whitenoise.storage.CompressedManifestStaticFilesStorage", "warning doctor/collectstatic", OURS
    ),
    Fault(SETTINGS, STORAGES, f'STATICFILES_STORAGE = "{OURS}"', "error doctor/storage", USE_OURS),
    Fault(
        SETTINGS,
        STORAGES,
        f'{STORAGES}\nSTATICFILES_DIRS = ["build"]',
        "warning doctor/collectstatic",
        "of the sources",
    ),
    Fault(SETTINGS, '"static/"', '"/static/"\nFORCE_SCRIPT_NAME = "/a"', "warning doctor/static-url", '"static/"`'),
    Fault(SETTINGS, 'json"}', 'json", "url": "/x/"}', "error doctor/static-url", "leave `url` out"),
    Fault(SETTINGS, "collected", "polls/static", "error doctor/static-root", "a folder of its own"),
    Fault(SETTINGS, "collected", "build", "error doctor/static-root", "a folder of its own"),
    Fault(SETTINGS, FIRST, "INSTALLED_APPS = ['daphne', *INSTALLED_APPS]", "error doctor/app-order", "before it"),
    Fault(SETTINGS, FIRST, "INSTALLED_APPS.insert(0, 'daphne')", "error doctor/app-order", "before it"),
    Fault(SETTINGS, FIRST, "INSTALLED_APPS = ['daphne'] + INSTALLED_APPS", "error doctor/app-order", "before it"),
    Fault(
        SETTINGS,
        '"buildassets.runtime.django", ',
        "",
        "error doctor/installed-apps",
        "as the first of `INSTALLED_APPS`",
    ),
    Fault(SETTINGS, '"manifest"', '"manifset"', "error doctor/settings", "did you mean `manifest`?"),
    Fault(SETTINGS, "build/manifest.json", "dist/manifest.json", "error doctor/manifest-path", "name that one"),
    Fault(SETTINGS, "STATIC_URL =", "STATIC_URL = =", "error doctor/python", "correct the line"),
    Fault("site1/wsgi.py", WSGI, "django.core.wsgi", "warning doctor/serving", WSGI_OURS),
    Fault("templates/home.html", "polls/site.css", "polls/sit.css", "error doctor/template", "`polls/site.css`?"),
    Fault("templates/home.html", "{% static ", "{% asset ", "error doctor/tag-library", "{% load buildassets %}"),
    Fault(
        "templates/home.html", "{% static", "{{ asset('a') }}{% static", "error doctor/tag-library", "write it as a tag"
    ),
    Fault("Dockerfile", "assets build", "collectstatic", "warning doctor/collectstatic", "assets build` before it"),
]
OF_OTHERS = [
    Fault("app.py", "build/manifest.json", "dist/manifest.json", "error doctor/manifest-path", "name that one"),
    Fault("app.py", "app = ", "app = = ", "error doctor/python", "correct the line"),
    Fault("templates/home.html", "site.css", "sit.css", "error doctor/template", "`css/site.css`?"),
    Fault("start.sh", "", "SCRIPT_NAME=/a uvicorn app:app\n", "warning doctor/proxy", "`/a/assets/`"),
]
HELPERS = "write the lines of docs/frameworks/"
OF_ONE = {
    "flask": Fault("app.py", "FlaskAssets(app, serve=True)", "", "error doctor/helpers", f"{HELPERS}flask.md"),
    "fastapi": Fault("app.py", "with_assets(", "print(", "error doctor/helpers", f"{HELPERS}starlette.md"),
    "starlette": Fault("app.py", "with_assets(", "print(", "error doctor/helpers", f"{HELPERS}starlette.md"),
}
OF_ALL = [
    Fault("build/manifest.json", "", "{", "error doctor/manifest", "which writes a new one"),
    Fault("Dockerfile", "RUN", "# RUN", "warning doctor/image", "below the line that copies the sources"),
    Fault("requirements.txt", "buildassets\n", "", "warning doctor/dependency", "pip install buildassets"),
    Fault("buildassets.toml", "sources", "minfy = true\nsources", "error doctor/config", "did you mean `minify`?"),
    Fault("nginx.conf", "", "location /f/ {\nalias /srv/build/assets/;\n}\n", "warning doctor/proxy", "serve it below"),
]
FAULTS = [
    *(("django", one) for one in (*OF_DJANGO, *OF_ALL)),
    *((name, one) for name in OF_ONE for one in (OF_ONE[name], *OF_OTHERS, *OF_ALL)),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sound projects with their releases."""
    folder = tmp_path_factory.mktemp("sound")
    for name, files in PROJECTS.items():
        release_site(folder / name, files)
    return folder


@pytest.mark.parametrize("name", PROJECTS)
def test_a_sound_project_has_no_finding(name: str, sound: Path) -> None:
    done = run(sound / name, "doctor")
    assert (done.returncode, done.stderr.partition(";")[0]) == (0, "no fault is found")


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[f"{name}-{fault.finding}" for name, fault in FAULTS])
def test_a_fault_is_found_with_its_fix(name: str, fault: Fault, sound: Path, tmp_path: Path) -> None:
    shutil.copytree(sound / name, tmp_path / name)
    done = run(fault.into(tmp_path / name), "doctor", "--json")
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert f"{found['severity']} {found['code']}" == fault.finding
    assert fault.fix in found["hint"]
