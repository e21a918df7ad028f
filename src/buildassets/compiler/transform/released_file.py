"""Drafts the files of an installed package's release: unchanged, if they have the digests of its manifest."""

from hashlib import new
from typing import Final

from buildassets.compiler.body import Body, OnDisk, left_on_disk
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.recipes import Making
from buildassets.disk.files import LARGE_BYTES, MOST_TEXT_BYTES
from buildassets.disk.plain_files import plain_below
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath, from_url, join, relative, split_url, to_url
from buildassets.wheels.contents import ReleasedFile

_HINT: Final = "install the package again, or build its release again"


def _drafted(source: Source, file: ReleasedFile) -> Draft:
    try:
        body, content_digest, is_same = _read(source, file)
        why = "" if is_same else "it is not the file that its manifest describes"
    except OSError as fault:
        why = reason_text(fault)
    if why:
        message = f"cannot take over `{source.shown}`: {why}"
        fault_of_file = error("wheel/file", message, Location(source.shown), hint=_HINT)
        return Draft(source, inputs=(file.path,), diagnostics=(fault_of_file,))
    draft = Draft(source, body, inputs=(file.path,), digest=content_digest, size=_size(file))
    draft = replace(draft, names={module: dict(names) for module, names in file.modules}, icons=dict(file.icons))
    return _with_references(draft, file, source.syntax) if file.names and isinstance(body, bytes) else draft


def _read(source: Source, file: ReleasedFile) -> tuple[Body, str, bool]:
    """The content, its digest, and whether it is that of the manifest. Raises OSError, also for a link."""
    running = new(file.algorithm)
    with open(plain_below(file.folder, file.relative), "rb") as stream:
        if file.size_bytes < LARGE_BYTES or (source.syntax and file.size_bytes <= MOST_TEXT_BYTES):
            content = stream.read(file.size_bytes + 1)
            running.update(content)
            is_same = len(content) == file.size_bytes and running.hexdigest() == file.digest
            return content, digest(content), is_same
    body: OnDisk = left_on_disk(file.path, source.shown, running.update)
    return body, body.digest, body.size_bytes == file.size_bytes and running.hexdigest() == file.digest


def _size(file: ReleasedFile) -> Size | None:
    return Size(*file.dimensions) if file.dimensions else None


def _with_references(draft: Draft, file: ReleasedFile, syntax: Syntax | None) -> Draft:
    """`draft` with its references to other files of the release, by their logical paths; all others are left out.

    What these mean was found out when the release was built.
    """
    assert isinstance(draft.body, bytes)
    try:
        text = draft.body.decode()
    except UnicodeDecodeError:
        return draft
    logical, names = draft.source.logical, dict(file.names)
    references: list[Reference] = []
    for reference in scan(syntax, text) if syntax else ():
        path, rest = split_url(reference.url)
        target = names.get(join(LogicalPath(file.file), from_url(path)) or "")
        if target:
            url = to_url(relative(logical, target))
            references.append(replace(reference, url=f"{url if url.startswith('.') else f'./{url}'}{rest}"))
    return replace(draft, body=text, references=tuple(references)) if references else draft


def _deciding(file: ReleasedFile) -> str:
    return repr(replace(file, folder=""))


MAKING: Final = Making(draft=_drafted, deciding=_deciding)
