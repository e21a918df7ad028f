"""Facts with the dependencies by which they hold: found again only if one of these changed. Pure.

Each build is a revision. A query is a function of other facts and of roots, such as files and names. What it asks for
is recorded in order. A fact whose dependencies did not change holds without being asked again; one that was found again
and is the same as before leaves its users valid (early cut-off). After Salsa's red-green algorithm.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, TypeVar

Key: TypeAlias = tuple[str, str]
"""The kind of a fact or a root, and what it is about."""

_Value = TypeVar("_Value")
_ROOT: Final = object()


class _Node:
    """A fact, or a root, which has no value here. `changed` and `verified` are revisions."""

    __slots__ = ("changed", "depends_on", "value", "verified")

    def __init__(self, value: Any, depends_on: tuple[Key, ...], revision: int) -> None:
        self.value = value
        self.depends_on = depends_on
        self.changed = self.verified = revision


class Facts:
    """The facts of one configuration and mode."""

    def __init__(self) -> None:
        self.revision = 1
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
        node = self._nodes.get(key)
        if node is None:
            return False
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
        node = self._nodes.get(key)
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
        return self._nodes[key].value

    def dependencies(self, key: Key) -> tuple[Key, ...]:
        """What a fact that is known depends on."""
        return self._nodes[key].depends_on

    def newer(self, key: Key) -> Key | None:
        """The first of its dependencies for which a fact does not hold; None if it is not known."""
        node = self._nodes.get(key)
        on = node.depends_on if node else ()
        return next((one for one in on if node and self._is_newer(one, node.verified)), None)

    def knows(self, key: Key) -> bool:
        """Whether the fact or the root is known."""
        return key in self._nodes

    def know(self, key: Key) -> None:
        """Add a root on which nothing depends."""
        self._nodes[key] = _Node(_ROOT, (), self.revision)

    def restore(self, key: Key, value: object, depends_on: tuple[Key, ...]) -> None:
        """Add a fact that an earlier process found; `read` replaces its value by what that means."""
        self._nodes[key] = _Node(value, depends_on, self.revision)
        for on in depends_on:
            if on not in self._nodes:
                self._nodes[on] = _Node(_ROOT, (), self.revision)

    def read(self, key: Key, value: object) -> None:
        """Replace the value of a restored fact by what it means."""
        self._nodes[key].value = value

    def ask(self, key: Key, find: Callable[[], _Value], *, besides: Iterable[Key] = ()) -> _Value:
        """The fact `key`, found by `find` if it does not hold. `besides` what that asks for, it depends on these."""
        if self._asked is not None:
            self._asked[key] = None
        if self.holds(key):
            found: _Value = self._nodes[key].value
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
        return [about for found, about in self._nodes if found == kind]

    def found(self, kind: str) -> list[str]:
        """What all facts of a kind are about."""
        return [key[1] for key, node in self._nodes.items() if key[0] == kind and node.value is not _ROOT]

    def _is_newer(self, on: Key, verified: int) -> bool:
        return on in self._doubtful or self._nodes[on].changed > verified

    def _keep(self, key: Key, value: object, depends_on: tuple[Key, ...]) -> None:
        nodes = self._nodes
        for on in depends_on:
            if on not in nodes:
                nodes[on] = _Node(_ROOT, (), self.revision)
        node = nodes.get(key)
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
            for user in self._users.get(pending.pop(), ()):
                if user not in self._doubtful:
                    self._doubtful[user] = None
                    pending.append(user)
