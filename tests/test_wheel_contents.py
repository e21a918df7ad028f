"""`scripts/wheel-contents` checks what wheels contain, and pip takes the right one from a folder of wheels."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import missing_tool
from tests.distributions import HOOK, LIBRARY, ROOT, compiles, wheel_of

SCRIPT: Final = ROOT / "scripts/wheel-contents"
Contents = dict[str, bytes]
HEADERS: Final = {
    ("manylinux_2_17_x86_64.manylinux2014_x86_64", ".so"): b"\x7fELF\x02".ljust(18, b"\0") + b"\x3e\0",
    ("musllinux_1_2_aarch64", ".so"): b"\x7fELF\x02".ljust(18, b"\0") + b"\xb7\0",
    ("macosx_11_0_arm64", ".dylib"): b"\xcf\xfa\xed\xfe\x0c\0\0\x01",
    ("win_amd64", ".dll"): b"MZ".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0\x64\x86",
    ("win_arm64", ".dll"): b"MZ".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0\x64\xaa",
}


@pytest.fixture(scope="module")
def pure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel for all platforms."""
    return wheel_of(ROOT, tmp_path_factory.mktemp("pure"), **{HOOK["SWITCH"]: "0"})


def faults(folder: Path) -> str:
    return subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True).stderr


def changed(wheel: Path, folder: Path, tag: str, change: Callable[[Contents], object]) -> Path:
    """Write a wheel for the platform `tag` with changed contents into `folder`, and return the folder."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(folder / wheel.name.replace("-any.", f"-{tag}."), "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return folder


def add(files: Contents, contents: Contents) -> None:
    contents.update(files)


def test_wheels_of_these_sources_have_what_they_should(pure: Path, tmp_path: Path) -> None:
    assert faults(pure.parent) == ""
    if not compiles():
        missing_tool("there is no cargo")
    wheel_of(ROOT, tmp_path)
    assert faults(tmp_path) == ""


@pytest.mark.parametrize(("tag", "ending"), HEADERS)
def test_library_is_one_for_the_platform_of_the_tag(pure: Path, tmp_path: Path, tag: str, ending: str) -> None:
    name = LIBRARY.rpartition(".")[0] + ending
    for platform, header in HEADERS.items():
        library = {name: header.ljust(99, b"\0")}
        fault = faults(changed(pure, tmp_path, tag, partial(add, library)))
        assert ("another platform" in fault) is (platform != (tag, ending))


CHANGES: Final[dict[str, tuple[str, Callable[[Contents], object]]]] = {
    "lacks buildassets/cli/main.py": ("any", lambda contents: contents.pop("buildassets/cli/main.py")),
    "lacks buildassets/pages/config.md": ("any", lambda contents: contents.pop("buildassets/pages/config.md")),
    "has buildassets/tests.py": ("any", lambda contents: contents.update({"buildassets/tests.py": b""})),
    f"libraries ['{LIBRARY}'] instead of []": ("any", lambda contents: contents.update({LIBRARY: b"\x7fELF"})),
    "libraries [] instead of": ("win_amd64", lambda contents: None),
    "is for linux_riscv64": ("linux_riscv64", lambda contents: None),
    "lacks the manual": (
        "any",
        lambda contents: [contents.pop(name) for name in [*contents] if name.endswith("buildassets.1")],
    ),
}


@pytest.mark.parametrize("fault", CHANGES)
def test_what_is_wrong_in_a_wheel_is_an_error(pure: Path, tmp_path: Path, fault: str) -> None:
    tag, change = CHANGES[fault]
    assert fault in faults(changed(pure, tmp_path, tag, change))


def test_a_folder_without_wheels_is_an_error(tmp_path: Path) -> None:
    assert faults(tmp_path) == f"error: there is no wheel in {tmp_path}\n"


def platforms() -> list[str]:
    """Return the end of a tag for each wheel of the workflow."""
    builds = re.findall(r'build: "cp\d+-(\w+)"', (ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    versions = {"manylinux": "manylinux_2_28", "musllinux": "musllinux_1_2", "macosx": "macosx_11_0"}
    return [re.sub(r"^(many|musl)linux|^macosx", lambda match: versions[match[0]], build) for build in builds]


@pytest.mark.parametrize(
    ("machine", "taken"),
    [(platform, platform) for platform in platforms()]
    + [("macosx_15_0_arm64", "macosx_11_0_arm64"), ("linux_riscv64", "any"), ("win32", "any")],
)
def test_pip_takes_the_wheel_for_the_machine(pure: Path, tmp_path: Path, machine: str, taken: str) -> None:
    for platform in ("any", *platforms()):
        shutil.copy(pure, tmp_path / pure.name.replace("-any.", f"-{platform}."))
    command = [
        sys.executable,
        "-I",
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--pre",
    ]
    options = [
        "--find-links",
        str(tmp_path),
        "--only-binary=:all:",
        "--platform",
        machine,
        "-d",
        str(tmp_path / "taken"),
    ]
    subprocess.run([*command, *options, "buildassets"], check=True)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == [pure.name.replace("-any.", f"-{taken}.")]
