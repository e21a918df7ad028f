import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.body import bytes_of, made, text_of
from buildassets.compiler.graph.components import reachable
from buildassets.compiler.graph.fingerprint import Naming, output_name
from buildassets.compiler.languages.reference import Link, Reference
from buildassets.compiler.model import Content, Named
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import replace
from buildassets.foundation.paths import LogicalPath

_NAMES = [LogicalPath(f"{folder}/{name}.css") for folder in ("a", "b") for name in "uvwxyz"]
graphs = st.fixed_dictionaries({name: st.lists(st.sampled_from(_NAMES), max_size=3) for name in _NAMES})


def sheet(text: str, targets: list[LogicalPath]) -> Content:
    """A text that begins with `text` and then names each target between angle brackets."""
    links: list[Link] = []
    for target in targets:
        start = len(text) + 1
        text += f"<{target}>"
        links.append((Reference(start, start + len(target), target), target))
    return Content(text, tuple(links))


def named(contents: Mapping[LogicalPath, Content]) -> dict[LogicalPath, Named]:
    return {output.logical: output for output in Naming(text_of).named(contents)}


def build(graph: dict[LogicalPath, list[LogicalPath]], edited: LogicalPath | None = None) -> dict[LogicalPath, Named]:
    return named({name: sheet(f"{name}{name == edited}", targets) for name, targets in graph.items()})


@pytest.mark.parametrize(
    ("logical", "expected"),
    [
        ("css/app.css", "css/app.0123456789ab.css"),
        ("jquery.min.js", "jquery.min.0123456789ab.js"),
        ("js/app.js.map", "js/app.js.0123456789ab.map"),
        ("a.b/LICENSE", "a.b/LICENSE.0123456789ab"),
        ("a/.well", "a/.well.0123456789ab"),
    ],
)
def test_the_last_suffix_stays_last(logical: str, expected: str) -> None:
    assert output_name(LogicalPath(logical), "0123456789ab") == expected


def test_the_fingerprint_is_the_sha256_of_the_final_bytes() -> None:
    outputs = named({LogicalPath("a.png"): Content(b"pixels"), LogicalPath("b.css"): sheet("", [LogicalPath("a.png")])})
    for output in outputs.values():
        assert output.file.split(".")[1] == hashlib.sha256(bytes_of(made(output.content))).hexdigest()[:12]


def test_plain_files_keep_their_names_and_make_no_cycle() -> None:
    page, other, style = LogicalPath("index.html"), LogicalPath("about/index.html"), LogicalPath("css/a.css")
    pages = {page: sheet("", [other, style, page]), other: sheet("", [page, style])}
    outputs = named({**{path: replace(one, is_plain=True) for path, one in pages.items()}, style: sheet("", [page])})
    assert (outputs[page].file, outputs[other].file) == (page, other)
    assert outputs[page].content == f"<about/index.html><{outputs[style].file}><index.html>".encode()
    assert outputs[style].content == b"<../index.html>"


def test_references_are_relative_to_the_file_that_makes_them() -> None:
    image, style = LogicalPath("img/a.png"), LogicalPath("css/b.css")
    outputs = named({image: Content(b""), style: sheet("", [image])})
    assert outputs[style].content == f"<../{outputs[image].file}>".encode()


def test_members_of_a_cycle_name_each_other() -> None:
    one, other = LogicalPath("a.css"), LogicalPath("b.css")
    outputs = named({one: sheet("1", [other]), other: sheet("2", [one])})
    assert outputs[one].content == f"1<{outputs[other].file}>".encode()
    assert outputs[other].content == f"2<{outputs[one].file}>".encode()


@given(graphs)
def test_every_reference_names_an_output(graph: dict[LogicalPath, list[LogicalPath]]) -> None:
    outputs = build(graph)
    for name, targets in graph.items():
        text = bytes_of(made(outputs[name].content)).decode()
        for target in targets:
            assert outputs[target].file.rpartition("/")[2] in text


@given(graphs, st.sampled_from(_NAMES))
def test_an_edit_renames_the_edited_asset_and_those_that_reach_it(
    graph: dict[LogicalPath, list[LogicalPath]], edited: LogicalPath
) -> None:
    before, after = build(graph), build(graph, edited)
    renamed = {name for name in graph if before[name].file != after[name].file}
    assert renamed == {name for name in graph if edited in reachable(graph, [name])}


@given(graphs)
def test_the_order_of_the_assets_changes_nothing(graph: dict[LogicalPath, list[LogicalPath]]) -> None:
    assert build(graph) == build(dict(reversed(graph.items())))


def _known(contents: Mapping[LogicalPath, Content]) -> dict[LogicalPath, Content]:
    """The same with the digests of their texts."""
    return {path: replace(one, digest=digest(bytes_of(one.body))) for path, one in contents.items()}


@given(graphs, st.sampled_from(_NAMES), st.lists(st.sampled_from(_NAMES), max_size=3))
def test_names_with_those_of_an_earlier_release_are_those_without(
    graph: dict[LogicalPath, list[LogicalPath]], edited: LogicalPath, targets: list[LogicalPath]
) -> None:
    earlier, later = Naming(text_of), {**graph, edited: targets}
    list(earlier.named(_known({path: sheet(path, links) for path, links in graph.items()})))
    contents = _known({path: sheet(path, links) for path, links in later.items()})
    fresh, again = Naming(text_of), Naming(text_of, earlier.for_next)
    expected, found = list(fresh.named(contents)), list(again.named(contents))
    assert [(one.logical, one.file, one.digest, made(one.content)) for one in found] == [
        (one.logical, one.file, one.digest, made(one.content)) for one in expected
    ]
    assert again.for_next == fresh.for_next
