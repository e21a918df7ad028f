"""Names outputs by fingerprints of their content and of everything they refer to, also in cycles. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property, partial
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from buildassets.compiler.body import Body, Later
from buildassets.compiler.graph.components import components
from buildassets.compiler.languages.scan import spliced_bytes
from buildassets.compiler.model import Content, Named
from buildassets.foundation.digest import digest, digest_of_all, fingerprint, set_off
from buildassets.foundation.paths import LogicalPath, relative, to_url


def output_name(logical: LogicalPath, hex_fingerprint: str) -> str:
    """`STEM.FINGERPRINT.SUFFIX`; the last suffix stays last: `js/a.min.js` → `js/a.min.0123456789ab.js`."""
    folder, slash, name = logical.rpartition("/")
    stem, dot, last_suffix = name.rpartition(".")
    if not stem:
        return f"{logical}.{hex_fingerprint}"
    return f"{folder}{slash}{stem}.{hex_fingerprint}{dot}{last_suffix}"


class KeptName(NamedTuple):
    """The name that an asset with links got. `key` is a digest of all that decides it, `digest` that of the content."""

    key: str
    digest: str
    fingerprint: str


class Order(NamedTuple):
    """The order in which assets get their names: targets before what has their names in it.

    `components` are assets, or cycles of several; `targets` those whose names each has in it, perhaps none.
    """

    components: Sequence[tuple[LogicalPath, ...]] = ()
    targets: Mapping[LogicalPath, Sequence[LogicalPath]] = {}


class Naming:
    """The names of one release; `text_of` gives a body's text.

    Names that an earlier release `kept` are given again where their keys are the same, and the contents are made only
    when something needs them. `for_next` are the names for the next release to keep.
    """

    def __init__(self, text_of: Callable[[Body], str], kept: Mapping[LogicalPath, KeptName] = {}) -> None:
        self.files: dict[LogicalPath, str] = {}
        self.for_next: MutableMapping[LogicalPath, KeptName] = {}
        self.order = Order()
        self._kept = kept
        self._text_of = text_of
        self._urls: dict[LogicalPath, str] = {}

    def restored(
        self, files: dict[LogicalPath, str], names: MutableMapping[LogicalPath, KeptName], order: Order
    ) -> "Naming":
        """The same with the `files` of a release of another process, to be `renamed`."""
        self.files, self.for_next, self.order = files, names, order
        return self

    def named(self, contents: Mapping[LogicalPath, Content]) -> Iterator[Named]:
        """All of `contents` with their names and final contents; targets come before the assets that have their names.

        Every link's target must be among them.
        """
        plain = {logical for logical, content in contents.items() if content.is_plain}
        self.files.update((logical, logical) for logical in plain)
        unnamed = contents.keys() - plain
        targets = {
            logical: [target for _, target in content.links if target in unnamed]
            for logical, content in contents.items()
        }
        self.order = Order(components(targets), targets)
        for members in self.order.components:
            yield from self._named_together(members, contents)

    def renamed(self, changed: Iterable[LogicalPath], content_of: Callable[[LogicalPath], Content]) -> Iterator[Named]:
        """The `changed` contents, and all that then have other names of others in them, with their names.

        `content_of` gives a content, with the links that it had, perhaps at other places.
        """
        self._kept, self._urls = self.for_next, {}
        pending = [self._number[path] for path in changed]
        heapify(pending)
        last = -1
        while pending:
            number = heappop(pending)
            if number == last:
                continue
            last, members = number, self.order.components[number]
            before = [self.files.get(path) for path in members]
            yield from self._named_together(members, {path: content_of(path) for path in members})
            for path, file in zip(members, before, strict=True):
                if self.files[path] != file:
                    for user in self._users.get(path, ()):
                        if self._number[user] != number:
                            heappush(pending, self._number[user])

    @cached_property
    def _number(self) -> Mapping[LogicalPath, int]:
        """The number of the component of each asset."""
        return {path: number for number, members in enumerate(self.order.components) for path in members}

    @cached_property
    def _users(self) -> Mapping[LogicalPath, Sequence[LogicalPath]]:
        """The assets that have the name of each in them."""
        users: dict[LogicalPath, list[LogicalPath]] = {}
        for path, targets in self.order.targets.items():
            for target in targets:
                users.setdefault(target, []).append(path)
        return users

    def _named_together(
        self, members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content]
    ) -> Iterator[Named]:
        """The members of a component."""
        if len(members) == 1 and members[0] not in self.order.targets.get(members[0], ()):
            yield self._alone(members[0], contents[members[0]])
        else:
            yield from self._cycle(members, contents)

    def _cycle(self, members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content]) -> Iterator[Named]:
        """The members of a cycle."""
        key = self._key(members, contents)
        kept = {path: self._kept[path] for path in members if path in self._kept and self._kept[path].key == key}
        if len(kept) == len(members):
            self.files.update((path, output_name(path, known.fingerprint)) for path, known in kept.items())
            yield from (self._as_kept(path, contents[path], known) for path, known in kept.items())
            return
        fingerprints = self._fingerprints(members, contents)
        self.files.update((path, output_name(path, found)) for path, found in fingerprints.items())
        for logical in members:
            final = self._spliced(logical, contents[logical])
            hex_digest = digest(final)
            if key:
                self.for_next[logical] = KeptName(key, hex_digest, fingerprints[logical])
            yield Named(logical, self.files[logical], hex_digest, final)

    def _as_kept(self, logical: LogicalPath, content: Content, known: KeptName) -> Named:
        """An asset whose name is `known`, and in `files`."""
        self.for_next[logical] = known
        return Named(logical, self.files[logical], known.digest, Later(partial(self._spliced, logical, content)))

    def _key(self, members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content]) -> str:
        """The digest of all that decides the names of `members` of a cycle, or of one asset; empty if it is not known.

        The digests of their texts decide what their references are.
        """
        inside = frozenset(members)
        parts: list[str] = []
        for logical in members:
            content = contents[logical]
            if content.digest is None:
                return ""
            parts += (logical, content.digest)
            for reference, target in content.links:
                file = target if target in inside else self.files[target]
                parts.append(f"{reference.start} {reference.end} {file}")
        return digest_of_all(parts)

    def _linked(self, logical: LogicalPath, content: Content) -> Named:
        """An asset with links to others, of which none leads back to it."""
        key = self._key((logical,), {logical: content})
        known = self._kept.get(logical)
        if known and known.key == key and known.fingerprint == fingerprint(known.digest):
            self.files[logical] = output_name(logical, known.fingerprint)
            return self._as_kept(logical, content, known)
        final = self._spliced(logical, content)
        hex_digest = digest(final)
        if key:
            self.for_next[logical] = KeptName(key, hex_digest, fingerprint(hex_digest))
        self.files[logical] = output_name(logical, fingerprint(hex_digest))
        return Named(logical, self.files[logical], hex_digest, final)

    def _alone(self, logical: LogicalPath, content: Content) -> Named:
        if content.links and not (content.is_plain or content.named_as or content.keeps_name):
            return self._linked(logical, content)
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
            kept = content.name or logical
            self.files[logical] = kept if content.keeps_name else output_name(logical, fingerprint(hex_digest))
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

    def _fingerprints(
        self, members: Sequence[LogicalPath], contents: Mapping[LogicalPath, Content]
    ) -> dict[LogicalPath, str]:
        """Those of the members of a cycle. A fingerprint follows own bytes, the other members', and all targets."""
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
        return {logical: fingerprint(digest(set_off(digests[logical]) + common)) for logical in members}
