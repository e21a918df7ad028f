"""The files that make up the toolchain: this package, the packages of engines, the programs on PATH."""

import os
import sys

from buildassets.disk.owners import modules_folders
from buildassets.disk.tools_folder import package_records, tools_folder

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENDS_OF_PROGRAMS = ("", ".cmd", ".exe") if sys.platform == "win32" else ("",)
# The folders of this package that the compiler may import from: the layers of the import contract downwards from it.
_DECIDING = ("compiler", "packages", "wheels", "manifest", "net", "programs", "disk", "work", "foundation")


def toolchain_files(folder: str) -> "Iterator[str]":
    """Files and folders that change when another version of a tool is installed; some may not exist.

    `folder` is the project's: npm installs tools there or in a folder above.
    """
    deciding = [path for _, path in own_files()]
    yield from deciding
    yield from sorted(loaded_files().difference(deciding))
    yield from (path for path in sys.path if is_for_packages(path) or os.path.isfile(path))
    yield from folders_of_modules(folder)
    yield from filter(None, os.environ.get("PATH", "").split(os.pathsep))
    yield from package_records(folder)
    yield os.path.join(folder, "buildassets.lock")  # locked tools go before all these


def places_of_programs(folder: str, names: "Iterable[str]") -> "Iterator[str]":
    """The paths at which no program is yet, and where one would be found before another that is farther away.

    They are those of the tools that engines start, and of the commands with these `names`, in the project's `folder`
    and in `node_modules` there and above.
    """
    from buildassets.compiler.engines.esbuild.command import natives  # only a build that had work comes here
    from buildassets.packages.tools.kinds import TOOLS, platform_of

    sass = TOOLS["dart-sass"]
    plain = [name for name in names if os.path.basename(name) == name]
    programs = [f"{name}{end}" for name in ("esbuild", "tailwindcss", *plain) for end in _ENDS_OF_PROGRAMS]
    places = [os.path.join(folder, name) for name in plain]
    for modules in modules_folders(folder):
        places += (os.path.join(modules, ".bin", name) for name in programs)
        places += natives(modules)
        places.append(os.path.join(modules, sass.package_for(platform_of(sass))))
        places.append(os.path.join(modules, "@tailwindcss", "cli", "package.json"))
    return (path for path in places if not os.path.exists(path))


def own_files() -> "Iterator[tuple[str, str]]":
    """The modules that decide what a build makes of its configuration: those that the compiler may import.

    For each its path below this package, with slashes, and its absolute path.
    """
    package = os.path.abspath(sys.modules["buildassets"].__path__[0])
    for top in (package, *(os.path.join(package, room) for room in _DECIDING)):
        for inner, folders, files in os.walk(top):
            folders[:] = () if top == package else sorted(set(folders).difference(["__pycache__"]))
            for file in sorted(files):
                if file.endswith(".py"):
                    path = os.path.join(inner, file)
                    yield path[len(package) + 1 :].replace(os.sep, "/"), path


def loaded_files() -> "set[str]":
    """The absolute paths of the modules of this package that this process has imported."""
    # A list of the items would be made by Python's own loop, in which a collected object may import.
    modules = [module for name, module in sys.modules.copy().items() if name.startswith("buildassets.")]
    return {os.path.abspath(module.__file__) for module in modules if module.__file__}


def is_for_packages(path: str) -> bool:
    """Whether only installers write to this folder of `sys.path`."""
    return path.endswith("-packages")


def folders_of_modules(folder: str) -> "Iterator[str]":
    """Other folders of `sys.path`, such as those of PYTHONPATH; the names in them count, not their times.

    The project's `folder` is left out: it changes with each build. The program of an engine that lies in it is recorded
    by that engine.
    """
    yield from (path for path in sys.path if os.path.isdir(path) and not is_for_packages(path) and path != folder)


def environment() -> str:
    """The part of the environment that decides where engines look and what they find, as text."""
    variables = map(os.environ.get, ("PATH", "NODE_PATH", "SASS_PATH"))
    return repr([sys.version, sys.prefix, sys.path, tools_folder(), *variables])
