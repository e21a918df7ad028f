"""Names outputs by fingerprints of their content and of everything they refer to, also in cycles. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from buildassets.compiler.body import Body
from buildassets.compiler.graph.components import components
from buildassets.compiler.languages.scan import spliced_bytes
from buildassets.compiler.model import Content, Named
from buildassets.foundation.digest import digest, fingerprint, set_off
from buildassets.foundation.paths import LogicalPath, relative, to_url


def output_name(logical: LogicalPath, hex_fingerprint: str) -> str:
    """`STEM.FINGERPRINT.SUFFIX`; the last suffix stays last: `js/a.min.js` → `js/a.min.0123456789ab.js`."""
    folder, slash, name = logical.rpartition("/")
    stem, dot, last_suffix = name.rpartition(".")
    if not stem:
        return f"{logical}.{hex_fingerprint}"
    return f"{folder}{slash}{stem}.{hex_fingerprint}{dot}{last_suffix}"


class Naming:
    """The names of one release. `files` are those known so far, by logical path; `text_of` gives a body's text."""

    def __init__(self, text_of: Callable[[Body], str], files: Mapping[LogicalPath, str] | None = None) -> None:
        self.files = dict(files or {})
        self._text_of = text_of
        self._urls: dict[LogicalPath, str] = {}

    def named(self, contents: Mapping[LogicalPath, Content]) -> Iterator[Named]:
        """All of `contents` with their names and final contents; targets come before the assets that have their names.

        Every link's target must be among them or have its name already.
        """
        plain = {logical for logical, content in contents.items() if content.is_plain}
        self.files.update((logical, logical) for logical in plain)
        unnamed = contents.keys() - plain
        targets = {
            logical: [target for _, target in content.links if target in unnamed]
            for logical, content in contents.items()
        }
        for members in components(targets):
            if len(members) == 1 and members[0] not in targets[members[0]]:
                yield self._alone(members[0], contents[members[0]])
                continue
            self.files.update(self._cycle_files(members, contents))
            for logical in members:
                final = self._spliced(logical, contents[logical])
                yield Named(logical, self.files[logical], digest(final), final)

    def _alone(self, logical: LogicalPath, content: Content) -> Named:
        body = content.body
        final = self._spliced(logical, content) if content.links or isinstance(body, str) else body
        if content.digest is not None and not content.links:
            hex_digest = content.digest
        else:
            assert isinstance(final, bytes)
            hex_digest = digest(final)
        if content.is_plain:
            return Named(logical, logical, hex_digest, final, is_plain=True)
        if content.named_as:
            both = digest(set_off(logical) + set_off(hex_digest))
            self.files[logical] = output_name(content.named_as, fingerprint(both))
        else:
            self.files[logical] = logical if content.keeps_name else output_name(logical, fingerprint(hex_digest))
        return Named(logical, self.files[logical], hex_digest, final)

    def _spliced(self, logical: LogicalPath, content: Content) -> bytes:
        base = LogicalPath(to_url(logical))
        replacements = [(reference, relative(base, self._url(target))) for reference, target in content.links]
        return spliced_bytes(self._text_of(content.body), replacements)

    def _url(self, target: LogicalPath) -> str:
        url = self._urls.get(target)
        if url is None:
            url = self._urls[target] = to_url(self.files[target])
        return url

    def _cycle_files(
        self, members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content]
    ) -> dict[LogicalPath, str]:
        """The names of the members of a cycle. A fingerprint follows own bytes, the other members', and all targets."""
        inside = frozenset(members)
        digests: dict[LogicalPath, str] = {}
        outside: set[str] = set()
        for logical in members:
            content = contents[logical]
            replacements = [
                (link, to_url(target if target in inside else self.files[target])) for link, target in content.links
            ]
            digests[logical] = digest(spliced_bytes(self._text_of(content.body), replacements))
            outside.update(self.files[target] for _, target in content.links if target not in inside)
        # Computed once, since it is the same for each of perhaps thousands of members.
        common = b"".join(map(set_off, (*sorted(digests.values()), *sorted(outside))))
        return {
            logical: output_name(logical, fingerprint(digest(set_off(digests[logical]) + common)))
            for logical in members
        }
