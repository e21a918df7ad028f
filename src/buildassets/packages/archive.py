"""Unpacks archives of npm packages (`.tgz`); accepts only plain files below `package/`.

Takes an archive whose digest has been proven, fills a new folder. Raises PackagesError; the caller then removes the
incomplete folder.
"""

from functools import partial
from tarfile import TarInfo
from typing import Final

from buildassets.disk.archives import Content, gunzipped, limited, members_of_tar
from buildassets.disk.files import chunks_of, write_chunks
from buildassets.disk.folders import opened_below
from buildassets.errors import PackagesError
from buildassets.foundation.diagnostics import error
from buildassets.manifest.soundness import is_file

_TOP: Final = "package/"
_LARGEST_BYTES: Final = 1 << 30  # of an archive's whole content
_MOST_FILES: Final = 100_000
_PLAIN, _PROGRAM = 0o644, 0o755
_SPECIAL_BITS: Final = 0o7000  # setuid, setgid, sticky
_HINTS: Final = {
    "package/member": "do not use this release: no tool that publishes packages makes such an archive",
    "package/damaged": "take another release, and report it to its authors",
}


def unpack(archive: str, top: str, below: str, shown: str) -> tuple[str, ...]:
    """Unpack the file `archive` of the package `shown` into a new folder, `below` the folder `top`.

    Returns the names of its files, sorted. No link below `top` is followed, nor a folder that becomes one meanwhile.
    The archive is refused for any member that is a link or a device, has a name outside `package/`, or a bit such as
    setuid. Entries for folders, which some archives have, are ignored: the folders of files are created as needed.
    """
    refusal = partial(_refusal, shown)
    too_much = refusal("member", f"holds more than {_LARGEST_BYTES:,} bytes")
    names, left_bytes = [], _LARGEST_BYTES
    chunks = limited(gunzipped(chunks_of(archive), refusal), _LARGEST_BYTES, too_much)
    for number, (member, content) in enumerate(members_of_tar(chunks, refusal), 1):
        left_bytes -= member.size
        if left_bytes < 0:
            raise too_much
        if number > _MOST_FILES:
            raise refusal("member", f"holds more than {_MOST_FILES:,} files")
        if complaint := _complaint(member):
            raise refusal("member", f"holds `{member.name}`, {complaint}")
        if member.isreg():
            names.append(_unpacked(member, content, top, below, shown=shown))
    if not names:
        raise refusal("damaged", "holds nothing")
    return tuple(sorted(names))


def _complaint(member: TarInfo) -> str:
    """The reason for which a package may not contain `member`; empty if it may."""
    if member.isdir() and f"{member.name}/" == _TOP:
        return ""
    name = member.name.removeprefix(_TOP)
    if name == member.name or not is_file(name) or "\\" in name or not name.isprintable():
        return "which is not a name below `package/`"
    if member.mode & _SPECIAL_BITS:
        return f"which has the mode {member.mode & 0o7777:o}"
    return ""


def _unpacked(member: TarInfo, content: Content, top: str, below: str, *, shown: str) -> str:
    """Write `member` into the folder `below` `top`. Returns its name there. Raises PackagesError and OSError."""
    name = member.name.removeprefix(_TOP)
    try:
        with opened_below(top, f"{below}/{name}", makes=True) as (folder, path):
            write_chunks(path, content(), folder, _PROGRAM if member.mode & 0o100 else _PLAIN)
    except (FileExistsError, NotADirectoryError):
        raise _refusal(shown, "member", f"holds `{member.name}` twice, or a folder of that name") from None
    return name


def _refusal(shown: str, kind: str, complaint: str) -> PackagesError:
    code = "package/member" if kind in ("member", "name") else "package/damaged"
    return PackagesError([error(code, f"the archive of `{shown}` {complaint}", hint=_HINTS[code])])
