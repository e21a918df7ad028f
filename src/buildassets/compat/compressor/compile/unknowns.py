"""Records the values that are unknown while a block is rendered, and the choices made for them.

A condition on what is not known is taken both ways, by rendering the block again. Pure, but for what renders.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from buildassets.foundation.frozen import frozen

__all__ = ["MANY", "Recorder", "TriedRendering", "variants"]

_MOST_VARIANTS: Final = 64
MANY: Final = "list what they ask for in `COMPRESS_OFFLINE_CONTEXT`, or make several blocks of it"


@dataclass(slots=True)
class Recorder:
    """The unknown values that one rendering asked for, and the choices made for it.

    `choices` are those to begin with; `taken` all that were made, with the conditions that they were made for.
    """

    choices: tuple[bool, ...] = ()
    missing: list[str] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    made: dict[str, bool] = field(default_factory=dict)

    def chosen(self, condition: str) -> bool:
        """The branch taken for `condition`, which is the same throughout a rendering."""
        if condition not in self.made:
            number = len(self.taken)
            self.made[condition] = self.choices[number] if number < len(self.choices) else True
            self.taken.append(self.made[condition])
        return self.made[condition]


@frozen
class TriedRendering:
    """One rendering: its text, what it asked for in vain besides conditions, and why there is no text."""

    text: str
    missing: tuple[str, ...]
    fault: str | None = None


def variants(render: Callable[[Recorder], str], on_rest: Callable[[str], None]) -> Iterator[TriedRendering]:
    """All renderings, one for each choice of unknown conditions, at most 64; `on_rest` is called if there are more."""
    waiting: list[tuple[bool, ...]] = [()]
    for _ in range(_MOST_VARIANTS):
        if not waiting:
            return
        begun = waiting.pop()
        recorder = Recorder(begun)
        yield _rendered(render, recorder)
        taken = recorder.taken
        waiting += [(*taken[:number], not taken[number]) for number in range(len(begun), len(taken))]
    if waiting:
        on_rest(f"conditions make more than {_MOST_VARIANTS} blocks of this one: the others stay as written")


def _rendered(render: Callable[[Recorder], str], recorder: Recorder) -> TriedRendering:
    try:
        text = render(recorder)
    except Exception as fault:
        return TriedRendering("", tuple(recorder.missing), f"{type(fault).__name__}: {fault}")
    return TriedRendering(text, tuple(recorder.missing))
