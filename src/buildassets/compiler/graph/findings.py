"""What is wrong with references: each at its place in one's own roots, one line with a count in those of others.

Others keep a root that is `vendored` or of npm: whoever builds can mend nothing there, and a package may have hundreds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from buildassets.compiler.config.values import Config, SourceRoot
from buildassets.compiler.model import Draft
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.diagnostics import Diagnostic, warning
from buildassets.frozen import frozen

_MOST_NAMED: Final = 8  # of what was found in a root of others


@frozen
class Finding:
    """The reference with the number `index` of a draft is at fault. `about` is what it names, in few words."""

    positions: OriginalPositions
    index: int
    root: int
    about: str
    message: str
    hint: str | None = None
    notes: tuple[str, ...] = ()


def told(
    code: str, config: Config, findings: Iterable[Finding], summary: Callable[[int, str], str]
) -> Iterator[Diagnostic]:
    """The warnings for `findings`; `summary` is the message for so many of them in the root that is shown so."""
    of_others: dict[int, list[Finding]] = {}
    for found in findings:
        if _root_of_others(config, found.root):
            of_others.setdefault(found.root, []).append(found)
        else:
            yield _alone(code, found)
    for root, several in of_others.items():
        yield _alone(code, several[0]) if len(several) == 1 else _together(code, config.sources[root], several, summary)


_GATHERED: Final = {
    "directive/ignored": "{} files in {} have directives, which are left alone",
    "css/syntax": "{} places in the style sheets of {} that browsers give up on",
    "json/syntax": "{} files in {} are not JSON",
    "svg/syntax": "browsers show nothing of {} files in {}",
    "source/encoding": "{} files in {} are not UTF-8",
}


_GATHERED_EVERYWHERE: Final = ("directive/ignored",)  # one setting mends all of them


def of_drafts(config: Config, drafts: Iterable[Draft]) -> Iterator[Diagnostic]:
    """What was found in each draft; of what nobody but the others can mend, one line for each root of theirs."""
    of_others: dict[tuple[int, str], list[Diagnostic]] = {}
    for draft in drafts:
        for found in draft.diagnostics:
            is_of_others = _root_of_others(config, draft.source.root) or found.code in _GATHERED_EVERYWHERE
            if found.code in _GATHERED and not found.is_error and is_of_others:
                of_others.setdefault((draft.source.root, found.code), []).append(found)
            else:
                yield found
    for (root, code), several in of_others.items():
        first = several[0]
        if len(several) > 1 and root >= 0:
            message = _GATHERED[code].format(len(several), f"`{config.sources[root].shown}/`")
            first = replace(first, message=message, notes=(f"the first: {first.message}",))
        yield first


def _root_of_others(config: Config, root: int) -> bool:
    return root >= 0 and (config.sources[root].npm or config.sources[root].vendored)


def _alone(code: str, found: Finding) -> Diagnostic:
    return warning(code, found.message, found.positions.place_of(found.index), notes=found.notes, hint=found.hint)


def _together(code: str, root: SourceRoot, several: list[Finding], summary: Callable[[int, str], str]) -> Diagnostic:
    first = several[0]
    counts = Counter(found.about for found in several)
    named = [f"`{about}`" + (f" ({count} times)" if count > 1 else "") for about, count in counts.most_common()]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    notes = [", ".join(named[:_MOST_NAMED]) + more, *first.notes]
    message = summary(len(several), f"`{root.shown}/`")
    return warning(code, message, first.positions.place_of(first.index), notes=notes, hint=first.hint)
