"""YAML 1.1 of other systems as values, and where in the text each of them stands.

Takes text, gives nodes of PyYAML and values. Pure; imports PyYAML when it is called: anchors, merge keys and the many
ways to write a truth value are no work for a reader of our own.
"""

from collections.abc import Hashable, Iterable, Iterator
from itertools import chain
from typing import Any, Final

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place

Keys = tuple[Hashable, ...]
_DEEPEST: Final = 200  # levels of values
_MOST_REPEATED: Final = 100_000  # values that aliases add to those that are written
_LONGEST_NUMBER: Final = 1000  # PyYAML takes square time for `1:1:1`, a number to the base of 60


def read_yaml(text: str, shown: str, code: str, written: str | None = None) -> tuple[Any, Any]:
    """The root node of `text`, the file `shown`, and the value that it is. No value contains itself.

    `written` is the text as its author has it, where that is another one of the same length. Raises ConfigError with
    `code` where it is not YAML, and where its values are too many or too deep once aliases are replaced.
    """
    import yaml  # 20 ms

    written = text if written is None else written
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return node, {}
        _extent(node, {})
        return node, loader.construct_document(node)
    except RecursionError:
        raise ConfigError([error(code, _TOO_DEEP, Location(shown))]) from None
    except _RefusedError as fault:
        where = _location(fault.mark, written, shown)
        raise ConfigError([error(code, f"{fault} in `{shown}`", where)]) from None
    except (yaml.YAMLError, ValueError) as fault:
        raise ConfigError([_syntax_error(fault, written, shown, code)]) from None
    except (ArithmeticError, AttributeError, LookupError):  # PyYAML lets them pass for `!!int ""` and `!!bool a`
        message = f"`{shown}` is not YAML: a value does not fit its type"
        raise ConfigError([error(code, message, Location(shown))]) from None


def places_of(node: Any) -> Iterator[tuple[Keys, tuple[int, int]]]:
    """Where each value of `read_yaml` stands, as offsets in the text; that of an alias where its value is written."""
    waiting: list[tuple[Any, Keys]] = [(node, ())]
    while waiting:
        one, path = waiting.pop()
        if one is None:
            continue
        if path:
            yield path, (one.start_mark.index, one.end_mark.index)
        if one.id == "mapping":
            waiting += [(value, (*path, str(key.value).removeprefix(":"))) for key, value in one.value]
        elif one.id == "sequence":
            waiting += [(value, (*path, index)) for index, value in enumerate(one.value)]


class _RefusedError(Exception):
    """A limit that the value at `mark` exceeds."""

    def __init__(self, message: str, node: Any) -> None:
        super().__init__(message)
        self.mark = node.start_mark


def _extent(node: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values `node` has, each counted as often as aliases repeat it, and in how many levels.

    `known` are the extents of nodes by their identity. Raises _RefusedError for what exceeds a limit.
    """
    if (found := known.get(id(node))) is not None:
        if found == _UNFINISHED:
            raise _RefusedError("a value contains itself", node)
        return found
    known[id(node)] = _UNFINISHED
    count = depth = 1
    for one in _children(node):
        more, below = _extent(one, known)
        count, depth = count + more, max(depth, below + 1)
    if count - len(known) > _MOST_REPEATED:
        raise _RefusedError(f"aliases repeat more than {_MOST_REPEATED:,} values", node)
    if depth > _DEEPEST:
        raise _RefusedError(_TOO_DEEP, node)
    if node.id == "scalar" and node.tag.endswith((":int", ":float")) and len(node.value) > _LONGEST_NUMBER:
        raise _RefusedError(f"a number has more than {_LONGEST_NUMBER:,} characters", node)
    known[id(node)] = count, depth
    return count, depth


_UNFINISHED: Final = (0, 0)
_TOO_DEEP: Final = "values are nested too deeply"


def _children(node: Any) -> Iterable[Any]:
    return chain.from_iterable(node.value) if node.id == "mapping" else node.value if node.id == "sequence" else ()


def _syntax_error(fault: Any, text: str, shown: str, code: str) -> Diagnostic:
    """The error of PyYAML as a diagnostic."""
    mark = getattr(fault, "problem_mark", None)
    problem = getattr(fault, "problem", None) or str(fault).partition("\n")[0]
    where = _location(mark, text, shown) if mark is not None else Location(shown)
    return error(code, f"`{shown}` is not YAML: {problem.replace(chr(39), '`')}", where)


def _location(mark: Any, text: str, shown: str) -> Location:
    lines = text.split("\n")
    return place(shown, mark.line + 1, mark.column + 1, lines[mark.line] if mark.line < len(lines) else "")
