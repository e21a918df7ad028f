"""Releases of installed Django applications in the release of a project."""

import json
from pathlib import Path

from tests.conftest import write_tree
from tests.runtime.django.collecting import write_project
from tests.runtime.django.project import manage_apart
from tests.wheels.packages import install, site

__all__ = ["site"]


def collected(
    folder: Path, site: Path, applications: str = '["cards", "django.contrib.staticfiles"]'
) -> dict[str, str]:
    """The files of the release, by logical path."""
    write_project(folder, INSTALLED_APPS=applications)
    write_tree(site, {"cards/__init__.py": "", "cards/static/cards/css/card.css": ".card { color: blue }\n"})
    done = manage_apart(folder, "collectstatic", "--noinput", environment={"PYTHONPATH": str(site)})
    assert done.returncode == 0, done.stderr
    manifest = json.loads((folder / "collected/buildassets.json").read_bytes())
    return {path: entry["file"] for path, entry in manifest["assets"].items()}


def test_collectstatic_merges_the_release_of_an_application(site: Path, tmp_path: Path) -> None:
    release = install(site, "cards")
    files = collected(tmp_path, site)
    sheet = files["cards/css/card.css"]
    assert (tmp_path / "collected" / sheet).read_bytes() == (
        release / "assets" / sheet.removeprefix("cards/")
    ).read_bytes()


def test_an_application_that_is_not_installed_brings_nothing(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    assert "cards/css/card.css" not in collected(tmp_path, site, '["django.contrib.staticfiles"]')


def test_a_new_release_of_an_application_is_collected(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    before = collected(tmp_path, site)["cards/css/card.css"]
    install(site, "cards", {"assets/css/card.css": ".card { color: green }\n"})
    assert collected(tmp_path, site)["cards/css/card.css"] != before


def test_the_command_of_the_application_merges_it(site: Path, tmp_path: Path) -> None:
    install(site, "cards")
    applications = '["buildassets.runtime.django", "cards", "django.contrib.staticfiles"]'
    write_project(tmp_path, INSTALLED_APPS=applications, BUILDASSETS='{"manifest": BASE_DIR / "build/manifest.json"}')
    write_tree(site, {"cards/__init__.py": ""})
    done = manage_apart(tmp_path, "assets", "build", environment={"PYTHONPATH": str(site)})
    assert done.returncode == 0, done.stderr
    assert "cards/css/card.css" in json.loads((tmp_path / "build/manifest.json").read_bytes())["assets"]


def test_a_release_with_the_name_of_another_application_replaces_nothing_of_it(site: Path, tmp_path: Path) -> None:
    install(site, "admin", {"assets/css/base.css": "a { color: red }\n"}, distribution="evil")
    names = ("evil", *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "staticfiles")))
    write_project(tmp_path, INSTALLED_APPS=json.dumps(names))
    write_tree(site, {"evil/__init__.py": ""})
    done = manage_apart(tmp_path, "collectstatic", "--noinput", environment={"PYTHONPATH": str(site)})
    assert done.returncode != 0
    assert "source/duplicate" in done.stderr
    assert not (tmp_path / "collected/buildassets.json").exists()
