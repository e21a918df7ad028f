"""`migrate` of systems whose settings are Python: it prints what it imports before code of the project runs."""

from pathlib import Path

import pytest

from buildassets.foundation.permission import IMPORTING
from buildassets.migrate import compressor, django, pipeline, webassets, whitenoise
from buildassets.migrate.plan import Announce, ProjectToMigrate
from tests.conftest import Tree, write_tree
from tests.runtime.django.forks import run_buildassets

TRAP = 'from pathlib import Path\nPath(__file__).with_name("it-ran").touch()\n'
DJANGO: Tree = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_settings")\n',
    "shop_settings.py": f'{TRAP}import os\nSECRET_KEY = "of no use"\nSTATIC_URL = os.path.sep + "static/"\n',
}
BUNDLES: Tree = {"shop_assets.py": f"{TRAP}from webassets import Bundle\n"}
PROJECTS = {
    **dict.fromkeys(("compressor", "django", "pipeline", "whitenoise"), (DJANGO, "shop_settings")),
    "webassets": (BUNDLES, "shop_assets"),
}


def migrate(system: str, folder: Path, announce: Announce) -> None:
    modules = (compressor, django, pipeline, webassets, whitenoise)
    module = next(one for one in modules if one.__name__.endswith(f".{system}"))
    module.plan(ProjectToMigrate(str(folder), named(system), IMPORTING, announce))


def named(system: str) -> str | None:
    return None if system == "webassets" else PROJECTS[system][1]


@pytest.mark.parametrize("system", PROJECTS)
def test_nothing_of_the_project_runs_before_its_import_is_announced(system: str, tmp_path: Path) -> None:
    files, module = PROJECTS[system]

    def stop(announced: str) -> None:
        assert announced == module
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(system, write_tree(tmp_path, files), stop)
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize("options", [(), ("--json",)], ids=" ".join)
@pytest.mark.parametrize("system", PROJECTS)
def test_the_first_line_on_standard_error_names_what_is_imported(
    system: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    files, module = PROJECTS[system]
    settings = [] if named(system) is None else ["--settings", module]
    done = run_buildassets(write_tree(tmp_path, files), "migrate", system, *settings, *options)
    assert (tmp_path / "it-ran").exists()
    assert done.stderr.startswith(f"importing `{module}`, which runs code of the project\n")


@pytest.mark.parametrize(
    ("system", "is_known"),
    [
        *((system, False) for system in ("compressor", "django", "pipeline", "whitenoise")),
        *((system, True) for system in ("compressor", "django", "whitenoise")),
    ],
)
def test_settings_are_imported_only_where_files_do_not_answer_and_a_person_names_them(
    system: str, is_known: bool, tmp_path: Path
) -> None:
    files = {**DJANGO, "shop_settings.py": f'{TRAP}STATIC_URL = "/static/"\n'} if is_known else DJANGO
    options = ["--settings", "shop_settings"] if is_known else []
    done = run_buildassets(write_tree(tmp_path, files), "migrate", system, *options)
    assert (done.returncode, "importing" in done.stderr, (tmp_path / "it-ran").exists()) == (0, False, False)
    assert ("`STATIC_URL` is computed: write its value as `url`, or name the module" in done.stdout) != is_known


def test_settings_that_files_show_are_imported_for_their_packages_and_announced(tmp_path: Path) -> None:
    settings = f'{TRAP}STATIC_URL = "/static/"\nSTATICFILES_DIRS = ["front"]\n'
    files = {**DJANGO, "shop_settings.py": settings, "front/a.js": "a()"}
    done = run_buildassets(write_tree(tmp_path, files), "migrate", "pipeline", "--settings", "shop_settings")
    assert (tmp_path / "it-ran").exists()
    assert done.stderr.startswith("importing `shop_settings`, which runs code of the project\n")


def test_files_that_are_only_read_are_not_announced(tmp_path: Path) -> None:
    write_tree(tmp_path, {"static/a.js": "a()", "assets.yml": "bundles:\n  a:\n    output: b.js\n    contents: a.js\n"})
    done = run_buildassets(tmp_path, "migrate", "webassets")
    assert (done.returncode, "importing" in done.stderr) == (0, False)
