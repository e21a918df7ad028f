import os
import subprocess
import sys
import tomllib
from pathlib import Path

import buildassets
from buildassets.compiler.cache import toolchain as module
from buildassets.compiler.cache.toolchain import own_files, toolchain_files

PACKAGE = Path(buildassets.__file__).parent


def test_tools_include_packages_of_the_project_and_of_folders_above(tmp_path: Path) -> None:
    found = set(toolchain_files(str(tmp_path / "site/front")))
    for folder in ("site/front", "site", "."):
        assert os.path.normpath(tmp_path / folder / "node_modules/.package-lock.json") in found


def test_this_package_is_among_the_tools(tmp_path: Path) -> None:
    assert module.__file__ in set(toolchain_files(str(tmp_path)))


def test_all_modules_that_the_compiler_may_import_are_its_own() -> None:
    own = {name for name, _ in own_files()}
    contracts = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers: list[str] = next(one["layers"] for one in contracts if one.get("containers") == ["buildassets"])
    below = " | ".join(layers[layers.index("release | compiler") + 1 :]).split(" | ")
    rooms = ["compiler", *(name for name in below if (PACKAGE / name).is_dir())]
    expected = [*PACKAGE.glob("*.py"), *(path for room in rooms for path in PACKAGE.glob(f"{room}/**/*.py"))]
    assert own == {path.relative_to(PACKAGE).as_posix() for path in expected}
    assert all(path == str(PACKAGE / name) for name, path in own_files())


def test_other_modules_are_among_the_tools_if_they_were_imported(tmp_path: Path) -> None:
    code = "import buildassets.cli.show.output; from buildassets.compiler.cache.toolchain import toolchain_files; "
    code += "print(*toolchain_files('.'), sep='\\n')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    files = set(found.stdout.split("\n"))
    assert {str(PACKAGE / "cli/show/output.py"), str(PACKAGE / "compiler/build.py")} <= files
    assert str(PACKAGE / "cli/verbs/doctor.py") not in files


def test_loaded_modules_are_listed_while_a_collected_object_imports() -> None:
    code = (
        "import gc, sys; from buildassets.compiler.cache.toolchain import loaded_files\n"
        "class Late:\n"
        "    def __init__(self): self.itself = self\n"
        "    def __del__(self): sys.modules[f'late{len(sys.modules)}'] = sys; len(sys.modules) < 9999 and Late()\n"
        "gc.set_threshold(1, 1, 1); Late()\n"
        "for _ in range(99): loaded_files()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
