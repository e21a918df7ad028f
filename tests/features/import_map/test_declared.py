"""Import maps of installed Django applications, in `manage.py assets build` and `collectstatic`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Tree, write_tree
from tests.runtime.django.project import manage, write_project

_CONFIG = """from django.apps import AppConfig
class Config(AppConfig):
    name = "{name}"
    importmap = {importmap}
"""


def application(name: str, importmap: object, **files: str) -> Tree:
    """Return the files of an application with modules in `static/`, which declares `importmap`."""
    modules = {f"{name}/static/{name}/{module}.js": text for module, text in files.items()}
    return {f"{name}/apps.py": _CONFIG.format(name=name, importmap=importmap), f"{name}/__init__.py": "", **modules}


def project(folder: Path, *applications: Tree, **settings: str) -> Path:
    for tree in applications:
        write_tree(folder, tree)
    return write_project(folder, **settings)


def manifest(folder: Path, path: str = "build/manifest.json") -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / path).read_text())
    return document


def test_a_build_maps_what_applications_declare(tmp_path: Path) -> None:
    shop = application("shop", {"shop/cart": "shop/cart.js"}, cart="export const items = []")
    done = manage(project(tmp_path, shop), "assets", "build")
    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path)["importmap"] == {"shop/cart": "shop/cart.js"}


def test_a_map_in_the_form_of_the_standard_is_read(tmp_path: Path) -> None:
    standard = {"imports": {"cart": "shop/cart.js"}, "scopes": {"polls/": {"cart": "shop/old.js"}}}
    shop = application("shop", standard, cart="export {}", old="export {}")
    done = manage(project(tmp_path, shop), "assets", "build")
    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path)["importmap"] == {"cart": "shop/cart.js"}
    assert manifest(tmp_path)["scopes"] == {"polls/": {"cart": "shop/old.js"}}


def test_two_versions_are_scopes_with_a_warning(tmp_path: Path) -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}, lit=f"export default '{name}'") for name in ("polls", "shop")]
    done = manage(project(tmp_path, *both), "assets", "build")
    assert done.returncode == 0, done.stderr
    assert "warning[importmap/versions]: `lit` means several modules" in done.stderr
    assert manifest(tmp_path)["importmap"] == {}
    assert manifest(tmp_path)["scopes"] == {"polls/": {"lit": "polls/lit.js"}, "shop/": {"lit": "shop/lit.js"}}


def test_the_configuration_decides_for_all(tmp_path: Path) -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}, lit=f"export default '{name}'") for name in ("polls", "shop")]
    write_tree(tmp_path, {"buildassets.toml": '[importmap]\nlit = "shop/lit.js"'})
    done = manage(project(tmp_path, *both), "assets", "build")
    assert "warning" not in done.stderr
    assert manifest(tmp_path)["importmap"] == {"lit": "shop/lit.js"}


def test_a_conflict_is_an_error_with_both_sides(tmp_path: Path) -> None:
    both = [application(name, {"scopes": {"x/": {"lit": f"{name}/lit.js"}}}, lit="") for name in ("polls", "shop")]
    done = manage(project(tmp_path, *both), "assets", "build")
    assert done.returncode == 2
    assert "error[importmap/conflict]: `lit` is mapped twice in the scope `x/`" in done.stderr
    assert "application `polls` maps it to `polls/lit.js`" in done.stderr
    assert "application `shop` maps it to `shop/lit.js`" in done.stderr


@pytest.mark.parametrize("importmap", [["shop/cart.js"], "shop/cart.js", {"cart": object}])
def test_what_is_no_mapping_is_an_error_of_its_application(tmp_path: Path, importmap: object) -> None:
    shop = application("shop", importmap if not isinstance(importmap, dict) else "{'cart': object()}")
    shop = {**shop, "shop/apps.py": str(shop["shop/apps.py"]).replace("= shop/cart.js", "= 'shop/cart.js'")}
    done = manage(project(tmp_path, shop), "assets", "build")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: `importmap` of the application `shop` is not a mapping of names")


def test_a_wrong_target_is_an_error_with_its_application(tmp_path: Path) -> None:
    done = manage(project(tmp_path, application("shop", {"a": "../../secret.js", "b": 3})), "assets", "build")
    assert done.returncode == 2
    assert done.stderr.count("application `shop` declares it") == 2


def test_collectstatic_maps_what_applications_declare(tmp_path: Path) -> None:
    shop = application("shop", {"cart": "shop/cart.js"}, cart="export const items = []")
    done = manage(project(tmp_path, shop, BUILDASSETS="{}"), "collectstatic", "--noinput")
    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path, "collected/buildassets.json")["importmap"] == {"cart": "shop/cart.js"}


def test_collectstatic_builds_again_after_a_change_of_a_map_alone(tmp_path: Path) -> None:
    project(tmp_path, application("shop", {"cart": "shop/cart.js"}, cart="export {}"), BUILDASSETS="{}")
    manage(tmp_path, "collectstatic", "--noinput")
    write_tree(tmp_path, application("shop", {"basket": "shop/cart.js"}))
    manage(tmp_path, "collectstatic", "--noinput")
    assert manifest(tmp_path, "collected/buildassets.json")["importmap"] == {"basket": "shop/cart.js"}


def test_a_build_after_a_change_of_a_map_alone_has_the_new_map(tmp_path: Path) -> None:
    project(tmp_path, application("shop", {"cart": "shop/cart.js"}, cart="export {}"))
    manage(tmp_path, "assets", "build")
    write_tree(tmp_path, application("shop", {"basket": "shop/cart.js"}))
    done = manage(tmp_path, "assets", "build")
    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path)["importmap"] == {"basket": "shop/cart.js"}


def test_a_host_that_only_an_application_names_is_an_error(tmp_path: Path) -> None:
    done = manage(project(tmp_path, application("shop", {"lit": "//evil.example/lit.js"})), "assets", "build")
    assert done.returncode == 2
    assert "error[importmap/host]: application `shop` maps `lit` to a host that the configuration" in done.stderr


def test_a_map_too_long_for_a_command_is_an_error(tmp_path: Path) -> None:
    importmap = "{f'name{number}': 'shop/cart.js' for number in range(9999)}"
    done = manage(project(tmp_path, application("shop", importmap, cart="export {}")), "assets", "build")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: `importmap` of the application `shop` is too long")


def test_a_target_that_is_no_asset_is_an_error_of_its_application(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": '[importmap]\n"chart" = "shop/cart.js"\n'})
    maps = {"x": "shop/no.js", "scopes": {"blog/": {"y": "shop/cart.js"}}}
    done = manage(project(tmp_path, application("shop", maps, cart="export {}")), "assets", "build")
    assert done.returncode == 1
    assert (
        "error[importmap/missing]: import map entry `x` of application `shop` names no asset: `shop/no.js`"
        in done.stderr
    )
    assert "error[importmap/missing]: import map scope `blog/` of application `shop` holds no asset" in done.stderr
    assert "buildassets.toml" not in done.stderr


def test_the_hint_for_a_host_has_the_table_of_the_file_of_the_project(tmp_path: Path) -> None:
    write_tree(tmp_path, {"buildassets.toml": ""})
    done = manage(project(tmp_path, application("shop", {"lit": "//cdn.example/lit.js"})), "assets", "build")
    hint = 'hint: if you trust it, write `"lit" = "//cdn.example/lit.js"` under `[importmap]` in `buildassets.toml`'
    assert hint in done.stderr


def test_a_name_of_several_modules_is_not_to_be_fetched_from_npm(tmp_path: Path) -> None:
    both = [application(name, {"lit": f"{name}/lit.js"}, lit=f"export default '{name}'") for name in ("polls", "shop")]
    write_tree(tmp_path, {"assets/page.js": 'import "lit"; import "other"\n', "buildassets.toml": ""})
    done = manage(project(tmp_path, *both), "assets", "build")
    assert "nothing maps the bare name `lit`" in done.stderr
    assert "hint: map it in `importmap`, or leave it alone with `external`" in done.stderr
    assert done.stderr.count("vendor add") == 1
    assert "run `buildassets vendor add other` if `other` is a package of npm" in done.stderr
