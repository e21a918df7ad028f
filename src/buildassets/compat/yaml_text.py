"""YAML 1.1 of other systems as values, and where in the text each of them stands.

Takes text, gives nodes of PyYAML and values. Pure; imports PyYAML when it is called: anchors, merge keys and the many
ways to write a truth value are no work for a reader of our own.
"""

from collections.abc import Hashable, Iterator
from typing import Any, Final

from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place

Keys = tuple[Hashable, ...]
DEEPEST: Final = 50  # lists in lists, of which an anchor may make endless ones


def read_yaml(text: str, shown: str, code: str, written: str | None = None) -> tuple[Any, Any]:
    """The root node of `text`, the file `shown`, and the value that it is.

    `written` is the text as its author has it, where that is another one of the same length. Raises ConfigError with
    `code` where it is no YAML.
    """
    import yaml  # 20 ms

    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node is not None else {}
    except RecursionError:
        raise ConfigError([error(code, "values are nested too deeply", Location(shown))]) from None
    except (yaml.YAMLError, ValueError) as fault:
        raise ConfigError([_syntax_error(fault, text if written is None else written, shown, code)]) from None
    finally:
        loader.dispose()


def places_of(node: Any) -> Iterator[tuple[Keys, tuple[int, int]]]:
    """Where each value stands, as offsets in the text; what an alias stands for where it is first written."""
    waiting: list[tuple[Any, Keys]] = [(node, ())]
    seen: set[int] = set()
    while waiting:
        one, path = waiting.pop()
        if one is None:
            continue
        if path:
            yield path, (one.start_mark.index, one.end_mark.index)
        if len(path) >= DEEPEST or (id(one) in seen and len(path) > 3):
            continue
        seen.add(id(one))
        if one.id == "mapping":
            waiting += [(value, (*path, str(key.value).removeprefix(":"))) for key, value in one.value]
        elif one.id == "sequence":
            waiting += [(value, (*path, index)) for index, value in enumerate(one.value)]


def _syntax_error(fault: Any, text: str, shown: str, code: str) -> Diagnostic:
    """What PyYAML complains of, in our form."""
    mark = getattr(fault, "problem_mark", None)
    problem = getattr(fault, "problem", None) or str(fault).partition("\n")[0]
    where = Location(shown)
    if mark is not None:
        lines = text.split("\n")
        where = place(shown, mark.line + 1, mark.column + 1, lines[mark.line] if mark.line < len(lines) else "")
    return error(code, f"`{shown}` is no YAML: {problem.replace(chr(39), '`')}", where)
