"""Uploads a release to the place that serves it: its files first, its manifest last.

Takes a release directory and a destination, gives what was uploaded. Files that are there already stay: an interrupted
publication continues where it ended, and no page loses a file that it names.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed, wait
from contextlib import suppress
from functools import partial
from typing import Any, Final

from buildassets.disk.files import LARGE_BYTES, MOST_MANIFEST_BYTES
from buildassets.errors import ManifestError, ReleaseError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.media import content_type, media_of
from buildassets.manifest.model import ASSETS_FOLDER, MANIFEST_NAME, loads_lazily, may_have_own_names, own_names
from buildassets.release.inventory.contents import checked
from buildassets.release.inventory.inventory import Expected, Inventory
from buildassets.release.inventory.members import chunks_of
from buildassets.release.publish.destination import Destination, FileHeaders

_FOR_EVER: Final = "public, max-age=31536000, immutable"  # the name changes when the content does
_ALWAYS_ASKED: Final = "no-cache"
_MAPS_THERE: Final = "{:,} source maps are there"

Progress = Callable[[int, int, str], None]
_Uploads = Mapping[str, Future[int | None]]


@frozen
class Published:
    """The result of a publication, or of a dry run: `uploaded` maps names below the release directory to bytes.

    `unchanged` files were there already; `removed` ones keep their own names, and only the earlier release had them.
    With `diagnostics` some files are still missing and the target has its earlier manifest, or some that only the
    earlier release had are still there.
    """

    uploaded: Mapping[str, int] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@frozen
class Publication:
    """A release and its destination. `folder` is the release directory, `shown` the same as the user writes it."""

    folder: str
    shown: str
    inventory: Inventory
    destination: Destination
    dry_run: bool = False

    def upload(self, name: str, record: Mapping[str, Any] | None) -> int | None:
        """Upload a file and return its size in bytes; None where it is there already.

        `record` is the storage's record of the file, if any. Raises ReleaseError where the file differs from the
        manifest, and what the library of the storage raises.
        """
        expected = self.inventory.files[name]
        content = partial(self._checked, name, expected)
        if expected.size_bytes >= LARGE_BYTES:
            return self._upload_large(name, record, content)
        whole = b"".join(content())
        if self.destination.holds(name, record, whole):
            return None
        if not self.dry_run:
            self.destination.write(name, whole, headers_of(name, expected))
        return len(whole)

    def _upload_large(
        self, name: str, record: Mapping[str, Any] | None, content: Callable[[], Iterator[bytes]]
    ) -> int | None:
        """Like `upload`, for a file that is too large for memory."""
        expected = self.inventory.files[name]
        for _ in content():  # reads it once to check it before any of it is sent
            pass
        if self.destination.holds_chunks(name, record, expected.size_bytes, content):
            return None
        if not self.dry_run:
            self.destination.write_chunks(name, expected.size_bytes, content, headers_of(name, expected))
        return expected.size_bytes

    def _checked(self, name: str, expected: Expected) -> Iterator[bytes]:
        damaged = self._damaged(name, "it does not match the manifest")
        try:
            yield from checked(chunks_of(self.folder, name), expected, damaged)
        except OSError as fault:
            raise self._damaged(name, reason_text(fault)) from None

    def _damaged(self, name: str, why: str) -> ReleaseError:
        file = f"{self.shown}/{name}"
        message = f"cannot publish `{file}`: {why}"
        hint = "run `buildassets verify`, and build again"
        return ReleaseError([error("publish/damaged", message, Location(file), hint=hint)])


def headers_of(name: str, expected: Expected) -> FileHeaders:
    """The headers to serve the file `name` of a release with."""
    if name == MANIFEST_NAME:
        return FileHeaders("application/json", _ALWAYS_ASKED)
    if expected.keeps_name:
        return FileHeaders(content_type(expected.type or media_of(name).type), _ALWAYS_ASKED)
    coding = expected.copy_of.coding if expected.copy_of else None
    return FileHeaders(content_type(expected.type), _FOR_EVER, coding)


def publish(publication: Publication, executor: Executor, progress: Progress | None = None) -> Published:
    """Upload the release; threads of `executor` upload its files at the same time.

    The first file that cannot be uploaded ends the publication. Assets come first, then companions and files that keep
    their own names, then the manifest, so that what names a file never precedes it. Such files of the earlier release
    that this one lacks are removed at the end, since others read whichever they find.
    """
    uploads: dict[str, Future[int | None]] = {}
    files = publication.inventory.files
    last = [name for name, expected in files.items() if expected.keeps_name]
    try:
        held = publication.destination.held()
        left = _left(publication, held)
        for names in ([name for name in files if name not in (MANIFEST_NAME, *last)], last):
            uploads |= {name: executor.submit(publication.upload, name, held.get(name)) for name in names}
            _await(uploads, progress)
        uploads[MANIFEST_NAME] = executor.submit(publication.upload, MANIFEST_NAME, held.get(MANIFEST_NAME))
        uploads[MANIFEST_NAME].result()
    except Exception as fault:  # each library has its own
        return _published(uploads, fault, publication.destination.masked)
    return _without(left, publication, _published(uploads))


def _without(left: list[str], publication: Publication, sent: Published) -> Published:
    """Remove the files `left` by the earlier release, unless in a dry run; returns `sent` with them."""
    for done, name in enumerate(left):
        try:
            if not publication.dry_run:
                publication.destination.remove(name)
        except Exception as fault:  # each library has its own
            failed = _not_removed(left[done:], publication.destination.masked(_words(fault)))
            return replace(sent, removed=tuple(left[:done]), diagnostics=(failed,))
    return replace(sent, removed=tuple(left))


def publish_maps(publication: Publication, executor: Executor, progress: Progress | None = None) -> Published:
    """Upload hidden source maps, whose folder and inventory `publication` has. Their order does not count."""
    uploads: dict[str, Future[int | None]] = {}
    try:
        held = publication.destination.held()
        uploads = {
            name: executor.submit(publication.upload, name, held.get(name)) for name in publication.inventory.files
        }
        _await(uploads, progress)
    except Exception as fault:  # each library has its own
        return _published(uploads, fault, publication.destination.masked, _MAPS_THERE)
    return _published(uploads)


def _left(publication: Publication, held: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The files with their own names in the manifest at the destination that are there, and that the release lacks."""
    record = held.get(MANIFEST_NAME)
    is_read = record is not None and int(record.get("size") or 0) <= MOST_MANIFEST_BYTES
    before = publication.destination.content(MANIFEST_NAME) if is_read else None
    if before is None or not may_have_own_names(before):
        return []
    with suppress(ManifestError):
        names = (f"{ASSETS_FOLDER}/{name}" for name in own_names(loads_lazily(before)))
        return [name for name in names if name in held and name not in publication.inventory.files]
    return []


def _await(uploads: _Uploads, progress: Progress | None) -> None:
    """Wait for all uploads; raise what the first failed one raised."""
    names = {upload: name for name, upload in uploads.items()}
    for done, upload in enumerate(as_completed(names), 1):
        upload.result()
        if progress:
            progress(done, len(names), names[upload])


def _published(
    uploads: _Uploads,
    fault: Exception | None = None,
    masked: Callable[[str], str] = str,
    there: str = "{:,} files of the release are there; the manifest is the earlier one",
) -> Published:
    """The result after all uploads have ended; those that have not begun are cancelled."""
    for upload in uploads.values():
        upload.cancel()
    wait(uploads.values())
    ended = {name: upload for name, upload in uploads.items() if not upload.cancelled()}
    done = {name: upload.result() for name, upload in ended.items() if not upload.exception()}
    uploaded = {name: size_bytes for name, size_bytes in done.items() if size_bytes is not None}
    unchanged = tuple(name for name, size_bytes in done.items() if size_bytes is None)
    if fault is None:
        return Published(uploaded, unchanged)
    if isinstance(fault, ReleaseError):
        return Published(uploaded, unchanged, diagnostics=fault.diagnostics)
    failed = next((name for name, upload in ended.items() if upload.exception()), None)
    failure = _failure(failed, masked(_words(fault)), there.format(len(done)))
    return Published(uploaded, unchanged, diagnostics=(failure,))


def _words(fault: Exception) -> str:
    """The reason of a fault: most errors of these libraries are OSErrors without a number and with a message."""
    return reason_text(fault) if isinstance(fault, OSError) and fault.errno else str(fault) or type(fault).__name__


def _failure(name: str | None, reason: str, there: str) -> Diagnostic:
    message = f"cannot upload `{name}`: {reason}" if name else f"cannot list what lies at the target: {reason}"
    hint = "fix that and publish again: files that are there are not uploaded again"
    return error("publish/failed", message, notes=[there], hint=hint)


def _not_removed(names: list[str], reason: str) -> Diagnostic:
    message = f"cannot remove `{names[0]}`: {reason}"
    notes = ["the release is there, with its manifest", *(f"not removed: `{name}`" for name in names[1:])]
    hint = "remove it by hand: later publications do not know it"
    return error("publish/failed", message, notes=notes, hint=hint)
