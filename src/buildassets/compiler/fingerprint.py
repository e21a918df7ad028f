"""Output names that follow content and everything referred to, through cycles too. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from buildassets.compiler.graph import components
from buildassets.compiler.model import Content
from buildassets.compiler.references import splice
from buildassets.digest import digest, digest_of_all, fingerprint
from buildassets.paths import LogicalPath, relative, to_url


@dataclass(frozen=True, slots=True)
class Named:
    """An asset with its final name (relative to the release directory's `assets/`) and its final bytes."""

    file: str
    content: bytes


def output_name(logical: LogicalPath, hex_fingerprint: str) -> str:
    """`STEM.FINGERPRINT.SUFFIX`, the last suffix staying last: `js/a.min.js` → `js/a.min.0123456789ab.js`."""
    folder, slash, name = logical.rpartition("/")
    stem, dot, last_suffix = name.rpartition(".")
    if not stem:
        return f"{logical}.{hex_fingerprint}"
    return f"{folder}{slash}{stem}.{hex_fingerprint}{dot}{last_suffix}"


def named(contents: Mapping[LogicalPath, Content]) -> dict[LogicalPath, Named]:
    """Every asset with its name and final bytes; every link's target must be a key of `contents`."""
    files: dict[LogicalPath, str] = {}
    finished: dict[LogicalPath, Named] = {}
    targets = {logical: [target for _, target in content.links] for logical, content in contents.items()}
    for members in components(targets):
        if len(members) == 1 and members[0] not in targets[members[0]]:
            logical = members[0]
            final = _final_bytes(logical, contents[logical], files)
            has_hash = contents[logical].keeps_name
            files[logical] = logical if has_hash else output_name(logical, fingerprint(digest(final)))
            finished[logical] = Named(files[logical], final)
            continue
        files.update(_cycle_files(members, contents, files))
        for logical in members:
            finished[logical] = Named(files[logical], _final_bytes(logical, contents[logical], files))
    return finished


def _final_bytes(logical: LogicalPath, content: Content, files: Mapping[LogicalPath, str]) -> bytes:
    if isinstance(content.body, bytes):
        return content.body
    return _spliced(content, lambda target: relative(logical, files[target]))


def _spliced(content: Content, path_of: Callable[[LogicalPath], str]) -> bytes:
    assert isinstance(content.body, str)
    text = splice(content.body, [(reference, to_url(path_of(target))) for reference, target in content.links])
    return text.encode("utf-8")


def _cycle_files(
    members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content], files: Mapping[LogicalPath, str]
) -> dict[LogicalPath, str]:
    """Names for the members of one cycle, as the contract defines them: own bytes, the others', all referred to."""
    inside = frozenset(members)
    digests: dict[LogicalPath, str] = {}
    outside: set[str] = set()
    for logical in members:
        content = contents[logical]
        digests[logical] = digest(_spliced(content, lambda target: target if target in inside else files[target]))
        outside.update(files[target] for _, target in content.links if target not in inside)
    return {
        logical: output_name(logical, fingerprint(_mixed(digests[logical], digests.values(), outside)))
        for logical in members
    }


def _mixed(own: str, all_members: Iterable[str], outside: Iterable[str]) -> str:
    return digest_of_all([own, *sorted(all_members), *sorted(outside)])
