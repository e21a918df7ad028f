"""Compares the files of a release with its manifest: which are missing, changed, or not listed.

Takes members, gives a report; writes nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import new, sha256
from typing import Final

from buildassets.disk.codings import decompressed
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import field, frozen
from buildassets.release.inventory.inventory import Copied, Expected, Inventory
from buildassets.release.inventory.members import ReleaseMember

_UNSETTLED: Final = "a program is at work there, and may have written it: verify again once it has ended"
_SHOWN: Final = 3  # names in a diagnostic, which is no list


@frozen
class Report:
    """The faults of a release: names below the release directory, sorted; `changed` maps each to the fault.

    Unless it `is_settled`, a build at work may just have written what is not listed: `extra` is no fault then.
    """

    missing: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    is_settled: bool = True

    @property
    def is_clean(self) -> bool:
        """Whether every file matches the manifest."""
        return not (self.missing or self.changed or (self.extra and self.is_settled))


def examined(members: Iterable[ReleaseMember], inventory: Inventory) -> Report:
    """How `members`, which are all files of a release, differ from its `inventory`. Raises what reading them raises."""
    missing = dict(inventory.files)
    changed: dict[str, str] = {}
    extra = []
    for member in members:
        expected = missing.pop(member.name, None)
        if expected is None:
            extra.extend([] if member.name in inventory.passing else [member.name])
        elif fault := fault_of(member, expected, inventory.files):
            changed[member.name] = fault
    return Report(tuple(sorted(missing)), dict(sorted(changed.items())), tuple(sorted(extra)))


def fault_of(member: ReleaseMember, expected: Expected, files: Mapping[str, Expected]) -> str | None:
    """How `member` differs from `expected`; None if it does not. `files` are all expected files."""
    if member.oddity:
        return f"it is {member.oddity}"
    if member.size_bytes != expected.size_bytes:
        return f"it has {member.size_bytes:,} bytes instead of {expected.size_bytes:,}"
    if expected.digest:
        running = new(expected.algorithm)
        for chunk in member.chunks():
            running.update(chunk)
        return None if running.hexdigest() == expected.digest else "its content is another"
    if expected.copy_of is not None:
        return _fault_of_copy(b"".join(member.chunks()), expected.copy_of, files)
    return None


def _fault_of_copy(copy: bytes, copied: Copied, files: Mapping[str, Expected]) -> str | None:
    """The fault of a copy for which an older manifest has no digest: it is compared decompressed."""
    original = files[copied.name]
    try:
        content = decompressed(copied.coding, copy, original.size_bytes)
    except ValueError:
        return "it cannot be decompressed"
    running = new(original.algorithm, content) if original.digest else sha256(content)
    is_the_same = not original.digest or running.hexdigest() == original.digest
    return None if len(content) == original.size_bytes and is_the_same else f"it is not a copy of `{copied.name}`"


def diagnostics_of(report: Report, shown: str) -> list[Diagnostic]:
    """The faults of the release `shown`: a diagnostic each for what is missing, changed and not listed."""
    again = "build again, or get the release again from where it was built"
    listed = "run `buildassets clean`, which removes what earlier builds left; an archive has to be packed again"
    diagnostics = []
    if report.missing:
        message = f"`{shown}` lacks {_count(report.missing)} that its manifest names"
        diagnostics.append(error("verify/missing", message, Location(shown), notes=report.missing[:_SHOWN], hint=again))
    if report.changed:
        message = f"`{shown}` holds {_count(report.changed)} that its manifest describes otherwise"
        notes = [f"{name}: {how}" for name, how in report.changed.items()][:_SHOWN]
        diagnostics.append(error("verify/changed", message, Location(shown), notes=notes, hint=again))
    if report.extra:
        message = f"`{shown}` holds {_count(report.extra)} that its manifest does not name"
        make, hint = (error, listed) if report.is_settled else (warning, _UNSETTLED)
        diagnostics.append(make("verify/extra", message, Location(shown), notes=report.extra[:_SHOWN], hint=hint))
    return diagnostics


def _count(names: Collection[str]) -> str:
    return "a file" if len(names) == 1 else f"{len(names):,} files"
