"""Compiles the library of lexers into the package: for wheels and editable installs by hatchling, and as a program.

It needs cargo and a linker. Where one of these is missing there is no library, and the lexers in Python do its work; so
they do where it cannot be compiled, with a warning. With BUILDASSETS_NATIVE=require either is an error, and with 0
nothing is compiled. As a program it also records the digest of the sources in the package, by which a library that was
made of others is known.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
HOME = HERE.parent / "src/buildassets/compiler/languages/native"
PAGES = HERE.parent / "docs/errors"  # which `buildassets/cli/show/terminal.py` links to
MANUAL_PROGRAM = "buildassets.cli.parse.manual"
MANUAL = "share/man/man1/buildassets.1"  # below the folder of the environment, where `man` looks by PATH
RECORD = HOME / "sources.py"
SWITCH = "BUILDASSETS_NATIVE"
MACOS = "11.0"  # the first that the library runs on


class Unavailable(Exception):  # noqa: N818  # no error unless one is wanted
    """Cargo or a linker is missing."""


def library_name() -> str:
    """The name of the library in the package, by the platform. With a dot in it, it is no name of a module."""
    return "native.lexers" + {"win32": ".dll", "cygwin": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


def digest_of_sources() -> str:
    """The digest of what the library is made of: 16 hexadecimal digits."""
    sources = [HERE / "Cargo.toml", HERE / "Cargo.lock", *sorted((HERE / "src").rglob("*.rs"))]
    lines = (f"{path.relative_to(HERE).as_posix()} {hashlib.sha256(_text(path)).hexdigest()}\n" for path in sources)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _text(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")  # as git may write it on Windows


def compile_library() -> Path:
    """Compile it, put it into the package and return its path; raises Unavailable, or OSError with the reason."""
    cargo = shutil.which("cargo") or shutil.which("cargo", path=str(Path.home() / ".cargo/bin"))
    if not cargo:
        raise Unavailable("there is no cargo")
    if sys.platform != "win32" and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        raise Unavailable("there is no linker: neither cc, gcc nor clang is on PATH")
    target = HERE / "target"
    command = [cargo, "build", "--release", "--locked", "--quiet", "--manifest-path", str(HERE / "Cargo.toml")]
    environment = {**os.environ, "BUILDASSETS_NATIVE_SOURCES": digest_of_sources(), "CARGO_TARGET_DIR": str(target)}
    environment.setdefault("MACOSX_DEPLOYMENT_TARGET", MACOS)
    environment.pop("CARGO_BUILD_TARGET", None)  # the library is for the Python that runs this
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise OSError(f"cargo exited with {done.returncode}:\n{done.stderr.strip()}")
    suffix = Path(library_name()).suffix
    prefix = "" if suffix == ".dll" else "lib"
    written = HOME / (library_name() + ".new")
    shutil.copyfile(target / "release" / f"{prefix}buildassets_native{suffix}", written)
    # In one step, as another process may have the old one open.
    return written.replace(HOME / library_name())


def compiled(warn: Any) -> Path | None:
    """The library, if there is one afterwards; `warn` is called with what is wrong. Raises where one is required."""
    switch = os.environ.get(SWITCH, "")
    if switch == "0":
        return None
    try:
        return compile_library()
    except (Unavailable, OSError) as fault:
        if switch == "require":
            raise RuntimeError(f"the lexers are not compiled, and {SWITCH} is `require`: {fault}") from None
        if not isinstance(fault, Unavailable):
            warn(f"the lexers are not compiled, and those in Python are used instead: {fault}")
    return None


def tag() -> str:
    """The tag of a wheel with the library: for every Python 3, on this platform."""
    if sys.platform == "darwin":  # where Python itself may be for two processors at once
        return f"py3-none-macosx_{MACOS.replace('.', '_')}_{platform.machine()}"
    return "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def write_manual(path: Path) -> None:
    """Write the manual page, as the command line of these sources has it; raises CalledProcessError."""
    # What a build needs is where this process finds it. `PYTHONPATH` would not do: in pip's builds `sitecustomize`
    # refuses folders that are in it twice, and removes those of the environment that pip is in.
    places = [str(SOURCE), *filter(None, sys.path)]
    program = f"import sys, runpy; sys.path[:] = {places!r}; runpy.run_module({MANUAL_PROGRAM!r}, run_name='__main__')"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program]
    path.write_bytes(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)


def get_build_hook() -> type:
    """The hook, for hatchling."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class NativeHook(BuildHookInterface):  # type: ignore[type-arg, misc]  # hatchling is there while it builds only
        """Puts the library, the pages on diagnostics and the manual into wheels; an editable one has the library."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Compile before the files are collected. A wheel also gets the pages on diagnostics."""
            if version != "editable" and PAGES.is_dir():
                build_data["force_include"][str(PAGES)] = "buildassets/pages"
            if version != "editable":
                self._folder = tempfile.TemporaryDirectory()
                page = Path(self._folder.name) / "buildassets.1"
                write_manual(page)
                build_data["shared_data"][str(page)] = MANUAL
            library = compiled(self.app.display_warning)
            if library is None or version == "editable":
                return
            build_data["pure_python"] = False
            build_data["tag"] = tag()
            build_data["force_include"][str(library)] = library.relative_to(SOURCE).as_posix()

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
            """Remove what was only made for the wheel."""
            if version != "editable":
                self._folder.cleanup()

    return NativeHook


def main() -> None:
    """Record the digest, compile, and print what came of it."""
    line = f'SOURCES = "{digest_of_sources()}"'
    text = RECORD.read_text("utf-8")
    renewed = re.sub(r"(?m)^SOURCES = .*$", line, text)
    if renewed != text:
        RECORD.write_text(renewed, "utf-8")
    (HOME / library_name()).unlink(missing_ok=True)
    try:
        library = compiled(lambda message: print(f"warning: {message}", file=sys.stderr))
    except RuntimeError as fault:
        sys.exit(f"error: {fault}")
    print(f"compiled {library}" if library else "the lexers are those in Python")


if __name__ == "__main__":
    main()
