"""Facts with the dependencies by which they hold: found again only if one of these changed. Pure.

Each build is a revision. A query is a function of other facts and of roots, such as files and names. What it asks for
is recorded in order. A fact whose dependencies did not change holds without being asked again; one that was found again
and is the same as before leaves its users valid (early cut-off). After Salsa's red-green algorithm.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, TypeAlias, TypeVar

Key: TypeAlias = tuple[str, str]
"""The kind of a fact or a root, and what it is about."""

_Value = TypeVar("_Value")
_ROOT: Final = object()

FILE: Final = "file"  # a root: what is at an absolute path, a file, the names in a folder, or nothing
SOURCE: Final = "source"  # a root: the source that makes a logical path, or that there is none
NAMES: Final = ("names", "")  # the root of all sources, with the import map and the packages
ENGINES: Final = ("engines", "")  # the root of the programs, packages and variables that engines depend on
NEVER: Final = ("never", "")  # the root that is another one in each build
LINKED: Final = "linked"  # a fact: a compiled asset with its links, and what its directives require
FINDINGS: Final = "findings"  # a fact: what is wrong with a compiled asset


class _Node:
    """A fact, or a root, which has no value here. `changed` and `verified` are revisions."""

    __slots__ = ("changed", "depends_on", "value", "verified")

    def __init__(self, value: Any, depends_on: tuple[Key, ...], revision: int) -> None:
        self.value = value
        self.depends_on = depends_on
        self.changed = self.verified = revision


class StoredFacts(Protocol):
    """The facts that an earlier process found, in the first revision. They are read as they are asked for."""

    def fact(self, key: Key) -> tuple[Any, tuple[Key, ...]] | None:
        """The value of a fact in a form that `Facts.read` replaces, and what it depends on; None if there is none."""
        ...

    def users(self, on: Key) -> Iterable[Key]:
        """The facts that depend on a fact or a root."""
        ...

    def about(self, kind: str) -> Iterable[str]:
        """What the facts and roots of a kind are about."""
        ...


class Facts:
    """The facts of one configuration and mode, those included that are `stored`."""

    def __init__(self, stored: StoredFacts | None = None) -> None:
        self.revision = 1
        self.found_here: dict[Key, None] = {}  # by this process
        self._stored = stored
        self._nodes: dict[Key, _Node] = {}
        self._users: dict[Key, list[Key]] | None = None  # by what they depend on; none before the second revision
        self._doubtful: dict[Key, None] = {}  # may no longer hold
        self._asked: dict[Key, None] | None = None  # by the query that is running

    def begin(self) -> None:
        """Begin the next revision."""
        self.revision += 1
        if self._users is None:
            self._users = {}
            for key, node in self._nodes.items():
                self._use(key, node.depends_on)

    def touch(self, key: Key) -> bool:
        """Note that the root, or the fact, `key` is another one now. Returns whether any fact depends on it."""
        node = self._node(key)
        if node is None:
            if not self._used_before(key):
                return False
            node = self._nodes[key] = _Node(_ROOT, (), self.revision)
        node.changed = self.revision
        self._doubt(key)
        return True

    def remove(self, key: Key) -> None:
        """Remove a fact: its users have to ask again."""
        if self.touch(key):
            self._doubtful.pop(key, None)
            self._nodes[key] = _Node(_ROOT, (), self.revision)

    def note(self, kind: str, about: str) -> None:
        """Record that the running query depends on a root."""
        if self._asked is not None:
            self._asked[kind, about] = None

    def holds(self, key: Key) -> bool:
        """Whether a fact is known, and nothing that it depends on has changed."""
        node = self._node(key)
        if node is None or node.value is _ROOT:
            return False
        if key not in self._doubtful:
            return True
        if any(self._is_newer(on, node.verified) for on in node.depends_on):
            return False
        node.verified = self.revision
        del self._doubtful[key]
        return True

    def value(self, key: Key) -> Any:
        """The value of a fact that is known, whether it holds or not."""
        return self._known(key).value

    def dependencies(self, key: Key) -> tuple[Key, ...]:
        """What a fact that is known depends on."""
        return self._known(key).depends_on

    def newer(self, key: Key) -> Key | None:
        """The first of its dependencies for which a fact does not hold; None if it is not known."""
        node = self._node(key)
        on = node.depends_on if node else ()
        return next((one for one in on if node and self._is_newer(one, node.verified)), None)

    def knows(self, key: Key) -> bool:
        """Whether the fact or the root is known."""
        return self._node(key) is not None or self._used_before(key)

    def read(self, key: Key, value: object) -> None:
        """Replace the value of a stored fact by what it means."""
        self._known(key).value = value

    def ask(self, key: Key, find: Callable[[], _Value], *, besides: Iterable[Key] = ()) -> _Value:
        """The fact `key`, found by `find` if it does not hold. `besides` what that asks for, it depends on these."""
        if self._asked is not None:
            self._asked[key] = None
        if self.holds(key):
            found: _Value = self._known(key).value
            return found
        return self.find(key, find, besides=besides)

    def find(self, key: Key, find: Callable[[], _Value], *, besides: Iterable[Key] = ()) -> _Value:
        """The same, found in any case."""
        around, self._asked = self._asked, dict.fromkeys(besides)
        try:
            value = find()
        finally:
            asked, self._asked = self._asked, around
        self._keep(key, value, tuple(asked))
        return value

    def doubtful(self, kind: str) -> list[str]:
        """What those facts of a kind are about that may no longer hold, sorted."""
        return sorted(about for found, about in self._doubtful if found == kind)

    def of_kind(self, kind: str) -> list[str]:
        """What all facts and roots of a kind are about."""
        known = [about for found, about in self._nodes if found == kind]
        return known if self._stored is None else [*dict.fromkeys((*self._stored.about(kind), *known))]

    def found(self, kind: str) -> list[str]:
        """What all facts of a kind are about."""
        nodes = ((about, self._node((kind, about))) for about in self.of_kind(kind))
        return [about for about, node in nodes if node is not None and node.value is not _ROOT]

    def _node(self, key: Key) -> _Node | None:
        node = self._nodes.get(key)
        if node is None and self._stored is not None and (stored := self._stored.fact(key)):
            node = self._nodes[key] = _Node(*stored, revision=1)
        return node

    def _known(self, key: Key) -> _Node:
        node = self._node(key)
        assert node is not None
        return node

    def _used_before(self, key: Key) -> bool:
        """Whether a stored fact depends on a root."""
        return self._stored is not None and any(True for _ in self._stored.users(key))

    def _is_newer(self, on: Key, verified: int) -> bool:
        return on in self._doubtful or (on in self._nodes and self._nodes[on].changed > verified)

    def _keep(self, key: Key, value: object, depends_on: tuple[Key, ...]) -> None:
        nodes = self._nodes
        for on in depends_on:
            if on not in nodes and self._node(on) is None:
                nodes[on] = _Node(_ROOT, (), self.revision)
        node = self._node(key)
        self.found_here[key] = None
        if node is None:
            nodes[key] = _Node(value, depends_on, self.revision)
        else:
            if node.value != value:
                node.changed = self.revision
                self._doubt(key)
            node.value, node.depends_on, node.verified = value, depends_on, self.revision
        self._doubtful.pop(key, None)
        if self._users is not None:
            self._use(key, depends_on)

    def _use(self, key: Key, depends_on: tuple[Key, ...]) -> None:
        assert self._users is not None
        for on in depends_on:
            users = self._users.setdefault(on, [])
            if not users or users[-1] != key:
                users.append(key)

    def _doubt(self, key: Key) -> None:
        """Note that the users of `key`, and theirs, may no longer hold."""
        if self._users is None:
            return
        pending = [key]
        while pending:
            on = pending.pop()
            for user in (*self._users.get(on, ()), *(self._stored.users(on) if self._stored else ())):
                if user not in self._doubtful:
                    self._doubtful[user] = None
                    pending.append(user)
