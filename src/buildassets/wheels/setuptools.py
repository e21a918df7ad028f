"""Steps of setuptools: `build_py` builds the release of a package into its wheel, `sdist` writes the same bytes twice.

`[tool.setuptools.cmdclass]` in `pyproject.toml` names the class: `build_py = "buildassets.wheels.setuptools.BuildPy"`.
The option `plain`, in `[tool.distutils.build_py]`, is a folder in the wheel for copies under plain names.
Imports setuptools.
"""

import os
import tarfile
from gzip import GzipFile
from typing import Any, ClassVar

from setuptools.command.build_py import build_py  # type: ignore[import-untyped]  # its stubs are a package of their own
from setuptools.command.sdist import sdist  # type: ignore[import-untyped]  # as above

from buildassets.disk.folders import files_below
from buildassets.disk.removal import remove_file
from buildassets.foundation.permission import OWN
from buildassets.wheels.installed import GROUP
from buildassets.wheels.package import PackageError, PackageRelease, built_release, plain_folder
from buildassets.wheels.plain import write_plain_copies

__all__ = ["BuildPy", "SDist"]


class BuildPy(build_py):  # type: ignore[misc]  # of an untyped package
    """Builds the release before each distribution, and copies it to the place of its module in the wheel."""

    user_options: ClassVar[list[tuple[str, str | None, str]]] = [
        *build_py.user_options,
        ("plain=", None, "folder in the wheel for copies of the release under plain names"),
    ]
    editable_mode: bool
    plain: str = ""
    _release: PackageRelease | None = None

    def run(self) -> None:
        """Build the release, then do what `build_py` does, and copy the files of the release."""
        release = self._built()
        super().run()
        if self.editable_mode:
            return
        folder = self._target(release)
        for name in sorted(set(files_below(folder)).difference(release.files())) if os.path.isdir(folder) else ():
            remove_file(folder, name, permission=OWN)  # of an earlier build in the same `build/`
        for name in release.files():
            self.mkpath(os.path.dirname(self._target(release, name)))
            self.copy_file(
                os.path.join(release.folder, *name.split("/")), self._target(release, name), preserve_mode=False
            )
        if plain := plain_folder(self.plain):
            write_plain_copies(release.folder, os.path.join(self.build_lib, *plain.split("/")))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:  # noqa: FBT001, FBT002 the signature of setuptools
        """The files that are installed, with those of the release."""
        release = self._built()
        names = () if self.editable_mode else release.files()
        return [*super().get_outputs(include_bytecode), *(self._target(release, name) for name in names)]

    def get_source_files(self) -> list[str]:
        """The files for a source distribution: with the sources of the release, and the finished one."""
        release = self._built()
        folder = os.path.relpath(release.folder)
        return [
            *super().get_source_files(),
            *release.sources,
            *(os.path.join(folder, *name.split("/")) for name in release.files()),
        ]

    def _target(self, release: PackageRelease, name: str = "") -> str:
        return os.path.join(self.build_lib, *release.target.split("/"), *name.split("/"))

    def _built(self) -> PackageRelease:
        """The release, built at the first call; ends the program where that fails."""
        if self._release is None:
            points: Any = self.distribution.entry_points or {}
            named = (line.partition("=") for line in points.get(GROUP, ()))
            try:
                self._release = built_release(".", {name.strip(): module.strip() for name, _, module in named})
            except PackageError as fault:
                raise SystemExit(f"buildassets: {fault}") from None
        return self._release


class SDist(sdist):  # type: ignore[misc]  # of an untyped package
    """Writes a source distribution without times, owners and the order of folders, if `SOURCE_DATE_EPOCH` is set."""

    def make_archive(self, base_name: str, format: str, **options: Any) -> str:  # noqa: A002 the signature of setuptools
        """Write the archive; return its path."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if format != "gztar" or not epoch.isdecimal():
            return str(super().make_archive(base_name, format, **options))

        def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.mtime, member.mode = int(epoch), 0o755 if member.mode & 0o100 else 0o644
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            return member

        path, folder = f"{base_name}.tar.gz", options["base_dir"]
        self.mkpath(os.path.dirname(path))
        with (
            open(path, "wb") as file,
            GzipFile("", "wb", fileobj=file, mtime=int(epoch)) as packed,
            tarfile.open(mode="w", fileobj=packed) as archive,
        ):
            for name in sorted(files_below(folder)):
                archive.add(os.path.join(folder, *name.split("/")), f"{folder}/{name}", filter=plain)
        return path
