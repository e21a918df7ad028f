from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.graph.components import components, reachable
from buildassets.foundation.paths import LogicalPath

_NAMES = [LogicalPath(name) for name in "abcdefgh"]
graphs = st.fixed_dictionaries({name: st.lists(st.sampled_from(_NAMES), max_size=3) for name in _NAMES})


def path(name: str) -> LogicalPath:
    return LogicalPath(name)


def test_referenced_components_come_first() -> None:
    graph = {path("page"): [path("style")], path("style"): [path("image")], path("image"): []}
    assert components(graph) == [("image",), ("style",), ("page",)]


def test_a_cycle_is_one_component() -> None:
    graph = {path("a"): [path("b")], path("b"): [path("c")], path("c"): [path("a")], path("d"): [path("b")]}
    assert components(graph) == [("a", "b", "c"), ("d",)]


def test_a_chain_longer_than_the_stack_is_followed() -> None:
    chain = {path(f"{number:06}"): [path(f"{number + 1:06}")] for number in range(50_000)}
    assert len(components({**chain, path("050000"): []})) == 50_001


@given(graphs)
def test_components_are_those_that_reach_one_another(graph: dict[LogicalPath, list[LogicalPath]]) -> None:
    reach = {name: reachable(graph, [name]) for name in graph}
    for members in components(graph):
        together = {name for name in graph if name in reach[members[0]] and members[0] in reach[name]}
        assert together == set(members)


@given(graphs)
def test_no_component_refers_to_a_later_one(graph: dict[LogicalPath, list[LogicalPath]]) -> None:
    seen: set[LogicalPath] = set()
    for members in components(graph):
        seen.update(members)
        assert all(target in seen for name in members for target in graph[name])
