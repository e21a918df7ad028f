"""Algorithms on the graph of references between logical paths: cycles, and all that is reachable. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from buildassets.foundation.paths import LogicalPath

References = Mapping[LogicalPath, Sequence[LogicalPath]]  # an asset → what it refers to


def components(references: References) -> list[tuple[LogicalPath, ...]]:
    """The strongly connected components of the graph; targets come before the assets that refer to them.

    A component is sorted; the order of the components depends on the graph alone. Every target must be a key.
    After Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion: an import chain may be
    longer than Python's stack.
    """
    closed: list[tuple[LogicalPath, ...]] = []
    order: dict[LogicalPath, int] = {}
    low: dict[LogicalPath, int] = {}
    open_nodes: list[LogicalPath] = []
    is_open: set[LogicalPath] = set()
    for start in sorted(references):
        if start in order:
            continue
        path: list[tuple[LogicalPath, Iterator[LogicalPath]]] = []
        entered: LogicalPath | None = start
        while entered is not None or path:
            if entered is not None:
                order[entered] = low[entered] = len(order)
                open_nodes.append(entered)
                is_open.add(entered)
                path.append((entered, iter(references[entered])))
            node, targets = path[-1]
            entered = _next_unvisited(node, targets, order, low, is_open=is_open)
            if entered is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    closed.append(_close(node, open_nodes, is_open))
    return closed


def _next_unvisited(
    node: LogicalPath,
    targets: Iterator[LogicalPath],
    order: Mapping[LogicalPath, int],
    low: dict[LogicalPath, int],
    *,
    is_open: set[LogicalPath],
) -> LogicalPath | None:
    for target in targets:
        if target not in order:
            return target
        if target in is_open:
            low[node] = min(low[node], order[target])
    return None


def _close(node: LogicalPath, open_nodes: list[LogicalPath], is_open: set[LogicalPath]) -> tuple[LogicalPath, ...]:
    members: list[LogicalPath] = []
    while not members or members[-1] != node:
        members.append(open_nodes.pop())
    is_open.difference_update(members)
    return tuple(sorted(members))


def reachable(references: References, starts: Iterable[LogicalPath]) -> set[LogicalPath]:
    """`starts` and everything that they refer to, directly or not."""
    reached = set(starts)
    pending = list(reached)
    while pending:
        for target in references[pending.pop()]:
            if target not in reached:
                reached.add(target)
                pending.append(target)
    return reached
