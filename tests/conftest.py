"""Shared by all tests: real files through `write_tree` and `read_tree`, real tools through `find_tool`."""

import gc
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

import pytest
from hypothesis import settings

from buildassets.compiler.languages.native import library
from buildassets.compiler.languages.native.library_file import SWITCH
from buildassets.disk.locks import locked
from buildassets.programs.git import _OF_ANOTHER_REPOSITORY
from buildassets.programs.project_python import admit_project_modules
from tests import purity

# A deadline measures how busy the machine is: on a busy one, laws that hold failed.
settings.register_profile("no deadline", deadline=None, max_examples=25)
settings.load_profile("no deadline")
pytest_plugins = ["tests.durations", "tests.marks", *(["tests.windows.marks"] if sys.platform == "win32" else [])]

Tree = Mapping[str, str | bytes]
MadeOnce = Callable[[str, Callable[[Path], object]], Path]

# The longest wait for something that takes a moment on a quiet machine; tests wait for conditions, not for times.
PATIENCE_SECONDS: Final = 120
NOT_SHOWN: Final = "not shown"  # begins the reason of a skip where the machine lacks a tool
# Reasons of the kernel: rights, a limit of namespaces that is 0, and a kernel without them.
_REFUSED: Final = re.compile(
    "(?i)not permitted|permission denied|must be superuser|no space left|not implemented|invalid argument"
)

# Begin the names of variables by which a user changes what programs do: those of tests must not depend on them, and a
# repository that one names would get the commits of tests.
_OF_USERS: Final = (
    *("BUILDASSETS_", "CLICOLOR", "DJANGO_", "FLASK_", "FORCE_COLOR", "NO_COLOR"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "GIT_CONFIG", *_OF_ANOTHER_REPOSITORY),
)
_SWITCHES: Final = frozenset(
    f"BUILDASSETS_{name}"
    for name in (
        "NATIVE",
        "CORPUS",
        "DIGESTS",
        "WHOLE_CORPUS",
        "PROJECTS",
        "PICTURES",
        "RANDOM_EDITS",
        "RANDOM_SEED",
        "WHEELS",
    )
)

_SETTLED_SECONDS: Final = 0.025  # files that are younger than 20 ms are read again
_MEMORY: Final = "/dev/shm"
_ROOM_BYTES: Final = 4 << 30  # a run of all tests takes a third of it


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` renews what is expected, to be read before it is committed."""
    parser.addoption("--update-golden", action="store_true", help="write the expected files again")


def pytest_configure() -> None:
    """Let SIGINT end the programs that tests start, as programs inherit that a shell's background jobs ignore it.

    Remove variables of the user. Keep bytecode even where one forbids it: without it each `buildassets` takes half as
    long again to start, and collecting tests twice as long.
    """
    _work_in_memory()
    for name in [name for name in os.environ if name.startswith(_OF_USERS) and name not in _SWITCHES]:
        del os.environ[name]
    os.environ["BUILDASSETS_COPIES_DIR"] = ""  # tests share nothing, also not with the user
    os.environ["LC_ALL"] = "C.UTF-8"  # that of a user may not be installed here
    sys.dont_write_bytecode = False
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # until all tests are collected, which leaves next to no garbage


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors, as tests wait for others for a quarter of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Exclude the tests themselves, which live as long as the process, from each collection of garbage."""
    gc.freeze()
    gc.enable()


def _work_in_memory() -> None:
    """Put temporary files into memory where there is room, as each build for production waits for the disk."""
    if sys.platform == "win32" or "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    room = os.statvfs(_MEMORY)
    if room.f_bavail * room.f_frsize > _ROOM_BYTES and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY


@contextmanager
def watchdog(cpu_seconds: float = 20) -> Iterator[None]:
    """Raise TimeoutError in work that takes this process longer; only its own time counts, not that of a busy machine.

    For work that should be linear, on texts for which quadratic work would take minutes or hours. Windows has no such
    signal: there the work is measured at its end.
    """
    if sys.platform == "win32":
        began_seconds = time.process_time()
        yield
        assert time.process_time() - began_seconds < cpu_seconds
        return

    def bark(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return once `condition` holds; fail if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def settle() -> None:
    """Wait until written files are old enough for their stamps to be trusted, so that builds keep results of them."""
    time.sleep(_SETTLED_SECONDS)


def children(process: int) -> set[int]:
    """The processes that `process` has started, directly or indirectly."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def write_tree(folder: Path, tree: Tree) -> Path:
    """Write `tree` (POSIX path → content) below `folder`; gives `folder`."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every regular file below `folder`: POSIX path → bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def find_tool(*names: str) -> str:
    """The first of the programs `names` that PATH has. None: the test fails under CI and is skipped elsewhere."""
    for name in names:
        if found := shutil.which(name):
            return found
    return missing_tool(f"none of {', '.join(names)} is on PATH")


def missing_tool(message: str) -> NoReturn:
    """Fail the test under CI and skip it elsewhere, which the last lines of the run list: the machine lacks a tool."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(f"{NOT_SHOWN}: {message}")


def permitted(command: Sequence[str], folder: Path | None = None) -> list[str]:
    """`command`, as of `unshare`, after it ran `true` in `folder`: one that the kernel refuses is listed as not shown.

    Where it fails otherwise, the machine lacks a tool that can do it.
    """
    variables = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run([*command, "true"], cwd=folder, env=variables, capture_output=True, text=True)
    if done.returncode and _REFUSED.search(done.stderr):
        pytest.skip(f"{NOT_SHOWN}: this system does not permit `{command[0]}`: {done.stderr.strip()}")
    if done.returncode:
        missing_tool(f"`{command[0]}` cannot do what it should: {done.stderr.strip()}")
    return list(command)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Tree], Path]:
    """Writes a tree into the test's own folder."""
    return lambda files: write_tree(tmp_path, files)


@pytest.fixture(autouse=True)
def pure_modules_touch_nothing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test in which a pure module reads the disk or starts a process; see `tests.purity`."""
    if purity.imports_pure_modules(request.path):
        purity.guard(monkeypatch)


@pytest.fixture(autouse=True)
def modules_can_be_imported_again() -> Iterator[None]:
    """Admits after each test modules of a project, which a verb or a configuration refuses for a whole process."""
    yield
    admit_project_modules()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Gives a folder that `make` fills. One of the processes of a test run does, all use it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, make: Callable[[Path], object]) -> Path:
        made, done = shared / name, shared / f"{name}.done"
        place = shared / f"{name}.lock"
        place.mkdir(exist_ok=True)
        with locked(str(place), limit_seconds=math.inf):
            if not done.exists():
                shutil.rmtree(made, ignore_errors=True)
                make(made)
                done.touch()
        return made

    return folder


def need_library() -> None:
    """Skip the test where the lexers are those in Python; where the environment requires the library, it fails."""
    if not library.is_native():
        message = f"the lexers are not native: {library.implementation()}"
        pytest.fail(message) if os.environ.get(SWITCH) == "require" else pytest.skip(f"{NOT_SHOWN}: {message}")


@contextmanager
def lexers_in_python() -> Iterator[None]:
    """Within it the library of lexers is turned off."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, SWITCH, "0")
        library._found.cache_clear()
        try:
            yield
        finally:
            library._found.cache_clear()


@pytest.fixture(scope="module", params=["native", "python"])
def each_lexer(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs the tests of a module twice: with the library of lexers, and with the lexers in Python."""
    if request.param == "native":
        need_library()
        yield
        return
    with lexers_in_python():
        yield


@pytest.fixture(scope="session")
def node() -> str:
    """The path of node."""
    return find_tool("node", "nodejs")
