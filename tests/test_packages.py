"""A package's `__init__.py` describes the package; code has a module of its own."""

import ast
from pathlib import Path

import pytest

import buildassets

_PACKAGE = Path(buildassets.__file__).parent
_TREES = {
    path.parent.relative_to(_PACKAGE).as_posix(): ast.parse(path.read_bytes())
    for path in sorted(_PACKAGE.rglob("__init__.py"))
}
# What users import: these take it from where it is, those in `_LAZY` when it is asked for.
_PUBLIC = {"runtime", "runtime/django"}
_LAZY = {".", *(f"compat/{system}" for system in ("compressor", "jammit", "pipeline", "webassets")), "testing"}


def test_every_folder_with_modules_is_a_package() -> None:
    assert {path.parent.relative_to(_PACKAGE).as_posix() for path in _PACKAGE.rglob("*.py")} == set(_TREES)


@pytest.mark.parametrize("package", _TREES)
def test_a_package_is_described(package: str) -> None:
    assert ast.get_docstring(_TREES[package])


@pytest.mark.parametrize("package", sorted(_TREES.keys() - _PUBLIC - _LAZY))
def test_no_code_lives_in_a_package_itself(package: str) -> None:
    assert len(_TREES[package].body) == 1


@pytest.mark.parametrize("package", sorted(_PUBLIC))
def test_public_packages_hold_what_they_take_from_their_modules(package: str) -> None:
    _, *imports, names = _TREES[package].body
    assert all(isinstance(one, ast.ImportFrom) for one in imports)
    assert ast.unparse(names).startswith("__all__ = ")


@pytest.mark.parametrize("package", sorted(_LAZY))
def test_lazy_packages_have_no_function_but_the_one_that_loads(package: str) -> None:
    functions = [one for one in ast.walk(_TREES[package]) if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    assert [one.name for one in functions] == ["__getattr__"]
