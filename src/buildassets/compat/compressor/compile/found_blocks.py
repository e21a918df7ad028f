"""Collects the tags of blocks by key, and by the state of the thread in which contexts were made.

Takes keys with tags one after the other, gives the manifest's blocks, and what is wrong. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from buildassets.compat.compressor.compile.rendering import BlockPlace
from buildassets.compat.compressor.run.key import state_key
from buildassets.compat.compressor.run.state import State
from buildassets.foundation.diagnostics import Diagnostic, error

__all__ = ["FoundBlocks"]

Tags = list[dict[str, Any]]
_HINT: Final = "write what decides it, such as a theme, into the block: into the name of a file or of the block"


@dataclass(slots=True)
class FoundBlocks:
    """The tags of each key by state, and the first place of the key."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    _tags: dict[str, dict[State, Tags]] = field(default_factory=dict)
    _places: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, tags: Tags, place: BlockPlace, state: State) -> None:
        """Add the tags of a block in that `state`; a block that was added before must have the same ones."""
        first = self._places.setdefault(key, f"{place.file}:{place.line}")
        known = self._tags.setdefault(key, {})
        is_other = known.setdefault(state, tags) != tags
        if is_other or (tags and not next(iter(known.values()))):  # an empty list has no place for names
            message = "this block renders differently each time, and nothing in it shows when"
            notes = [f"the first time it was found at {first}"]
            self.diagnostics.append(error("compressor/ambiguous", message, place.location(), notes=notes, hint=_HINT))

    def blocks(self) -> dict[str, Tags]:
        """The tags by key; where state decides, the first ones name it, and the others have keys of their own."""
        names = self._deciding()
        found: dict[str, Tags] = {}
        for key, by_state in self._tags.items():
            first, *others = by_state.values()
            found[key] = first
            if first and any(one != first for one in others):
                found[key] = [{**first[0], "state": names}, *first[1:]]
                for state, tags in by_state.items():
                    values = dict(state)
                    if tags != first:
                        found[state_key(key, ((name, values.get(name)) for name in names))] = tags
        return found

    def _deciding(self) -> list[str]:
        """The names of the state that was not always the same."""
        states = [dict(state) for state in dict.fromkeys(self._states())]
        names = sorted({name for state in states for name in state})
        return [name for name in names if any(one.get(name) != states[0].get(name) for one in states)]

    def _states(self) -> Iterator[State]:
        for by_state in self._tags.values():
            yield from by_state
