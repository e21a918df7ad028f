import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache.portable_names import PortableNames
from buildassets.compiler.cache.store import Cache, Run
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Directive, Reference, ReferenceKind
from buildassets.compiler.languages.source_map.values import Origin, SourceMap
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.draft_form import DraftForm
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, error, warning
from buildassets.foundation.digest import digest
from buildassets.foundation.paths import LogicalPath

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
NAMES = st.text("ab/._", min_size=1, max_size=6).map(lambda name: f"assets/{name}x")
NUMBERS = st.integers(0, 2**31 - 1)
LOCATIONS = st.builds(Location, NAMES, NUMBERS, NUMBERS, NUMBERS, TEXTS, NUMBERS)
WARNINGS = st.builds(
    Diagnostic,
    st.just(Severity.WARNING),
    TEXTS,
    TEXTS,
    st.none() | LOCATIONS,
    st.lists(TEXTS).map(tuple),
    st.none() | TEXTS,
)
REFERENCES = st.builds(Reference, NUMBERS, NUMBERS, TEXTS, st.sampled_from(ReferenceKind))
SOURCE_MAPS = st.builds(
    SourceMap,
    st.lists(st.tuples(NUMBERS, st.integers(-1, 0), NUMBERS, NUMBERS, st.integers(-1, 0))).map(tuple),
    st.lists(
        st.builds(Origin, NAMES.map("/site/".__add__), st.none() | TEXTS)
        | st.builds(Origin, TEXTS, TEXTS, st.just(True)),
        min_size=1,
    ).map(tuple),
    st.lists(TEXTS, min_size=1).map(tuple),
)
PATHS = st.lists(NAMES.map("/site/".__add__).map(lambda path: path.replace("//", "/"))).map(tuple)


def mapped(names: list[str]) -> str:
    return json.dumps({"version": 3, "sources": names, "names": [], "mappings": ""}, separators=(",", ":"))


COMPILED = st.builds(
    Compiled,
    TEXTS,
    st.just(("/site/a",)),
    st.just(("/site/b",)),
    st.lists(WARNINGS, max_size=1).map(tuple),
    st.none() | st.just(mapped(["/site/a", "/usr/b"])),
    st.lists(TEXTS).map(tuple),
)
SOURCE = Source(LogicalPath("a.css"), "/site/assets/a.scss", "assets/a.scss", 0, "a.scss")
LOOKED_AT = {"assets/a.scss", "assets/_b.scss", "assets/_d.scss", "/usr/c.scss", "a", "b"}
DRAFTS = st.builds(
    Draft,
    st.just(SOURCE),
    TEXTS,
    st.lists(REFERENCES, max_size=2).map(tuple),
    st.just(("/site/assets/a.scss", "/site/assets/_b.scss", "/usr/c.scss")),
    st.just(("/site/assets/_d.scss", "/site/a", "/site/b")),
    st.just((("scss", "libsass 3.6.6"),)),
    st.none() | COMPILED,
    st.none() | SOURCE_MAPS.filter(lambda one: all(origin.is_url or "//" not in origin.name for origin in one.origins)),
    st.lists(st.builds(Directive, TEXTS, TEXTS, TEXTS, LOCATIONS), max_size=1).map(tuple),
    st.lists(WARNINGS, max_size=2).map(tuple),
    st.none(),
    size=st.none() | st.builds(Size, NUMBERS, NUMBERS),
)


def form(folder: str = "/site", source: Source = SOURCE) -> DraftForm:
    def shown(path: str) -> str:
        return path.removeprefix(f"{folder}/")

    return DraftForm(source, PortableNames(folder, {"load-0": f"{folder} load path"}), shown)


def dumped(draft: Draft) -> bytes:
    run = form().run(draft)
    assert run
    assert isinstance(run.content, bytes)
    return run.content


@given(DRAFTS)
def test_a_draft_is_read_as_it_was_written(draft: Draft) -> None:
    normal = replace(
        draft, origin=draft.origin and replace(draft.origin, origins=tuple(map(normalised, draft.origin.origins)))
    )
    assert form().loads(dumped(normal), LOOKED_AT) == normal


def normalised(origin: Origin) -> Origin:
    names = PortableNames("/site", {})
    return origin if origin.is_url else origin._replace(name=names.path(names.name(origin.name)))


def test_bytes_stay_bytes() -> None:
    draft = Draft(SOURCE, b"\xff\0", engines=(("css", "x"),), inputs=(SOURCE.path,))
    assert form().loads(dumped(draft), LOOKED_AT) == draft


def test_in_another_clone_files_are_where_they_are_there() -> None:
    here = replace(SOURCE, path="/site load path/a.scss", shown="/site load path/a.scss")
    draft = Draft(
        here,
        "a{}",
        inputs=(here.path, "/site/_b.scss"),
        engines=(("scss", "libsass"),),
        compiled=Compiled("a{}", ("/site/_b.scss",), source_map=mapped(["/site/_b.scss", "/site load path/a.scss"])),
        origin=SourceMap((), (Origin("/site/_b.scss"),)),
        diagnostics=(warning("a/b", f"`{here.shown}` is odd", Location(here.shown), notes=[f"see `{here.shown}`"]),),
    )
    run = form(source=here).run(draft)
    assert run
    assert isinstance(run.content, bytes)
    assert b"/site" not in run.content
    there = replace(here, path="/mnt/x load path/a.scss", shown="/mnt/x load path/a.scss")
    found = form("/mnt/x", there).loads(run.content, {"@load-0/a.scss", "_b.scss"})
    assert found.inputs == (there.path, "/mnt/x/_b.scss")
    assert found.compiled
    assert found.compiled.source_map == mapped(["/mnt/x/_b.scss", there.path])
    assert found.origin == SourceMap((), (Origin("/mnt/x/_b.scss"),))
    (reported,) = found.diagnostics
    assert (reported.message, reported.notes) == (f"`{there.shown}` is odd", (f"see `{there.shown}`",))
    assert reported.location == Location(there.shown)


def planted(draft: Draft, place: int, value: Any) -> bytes:
    """What is kept of `draft`, with another value at that place of its head."""
    head, _, rest = dumped(draft).partition(b"\n")
    values = json.loads(head)
    values[place] = value
    return json.dumps(values).encode() + b"\n" + rest


MADE = Draft(SOURCE, b"a", engines=(("css", "x"),), inputs=(SOURCE.path,))


def test_a_draft_names_no_file_that_its_run_has_not_looked_at(tmp_path: Path) -> None:
    """It could be read into a release, or shown in a diagnostic."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for place in (3, 4):
        with pytest.raises(ValueError, match="looked at"):
            form().loads(planted(MADE, place, [str(secret)]), LOOKED_AT)
    draft = replace(MADE, compiled=Compiled("a", source_map=mapped([str(secret)])))
    assert form().run(draft) is None


def test_the_digest_of_a_draft_is_that_of_its_body() -> None:
    """A part of it is a part of the name of a file."""
    assert form().loads(planted(MADE, 11, digest(b"a")), LOOKED_AT).digest == digest(b"a")
    for other in ("/../../../db", digest(b"b"), "\ud800", 1):
        with pytest.raises(ValueError, match=r"."):
            form().loads(planted(MADE, 11, other), LOOKED_AT)


def test_neither_what_failed_nor_what_no_engine_made_is_kept() -> None:
    made = Draft(SOURCE, b"", engines=(("css", "x"),), inputs=(SOURCE.path,))
    assert form().run(replace(made, engines=())) is None
    assert form().run(replace(made, diagnostics=(error("a/b", "wrong"),))) is None
    assert form().run(replace(made, diagnostics=(warning("a/b", "a \0 in it"),))) is None


@given(DRAFTS, st.data())
def test_bytes_that_are_not_a_draft_are_refused(draft: Draft, data: st.DataObject) -> None:
    """Whatever stands in the place of a value makes another draft, or none: nothing else is raised."""
    head, _, rest = dumped(draft).partition(b"\n")
    values = json.loads(head)
    exchange(values, data)
    with_other = json.dumps(values).encode() + b"\n" + rest
    try:
        form().loads(with_other, LOOKED_AT)
    except ValueError:
        return


def exchange(values: Any, data: st.DataObject) -> None:
    """Put something else in the place of one value, however deep."""
    while True:
        place = data.draw(st.sampled_from(list(values.keys() if isinstance(values, dict) else range(len(values)))))
        if isinstance(values[place], dict | list) and values[place] and data.draw(st.booleans()):
            values = values[place]
            continue
        odd: list[Any] = [
            None,
            True,
            -1,
            10**30,
            1.5,
            "",
            "../../etc/passwd",
            [],
            {},
            [[]],
            ["a"],
            {"a": 1},
            float("nan"),
        ]
        values[place] = data.draw(st.sampled_from(odd))
        return


@pytest.mark.parametrize("content", [b"", b"[]", b"{}\n", b"[" * 100_000, b"\x80\x04N.", b"null\n", b"1" * 9000])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        form().loads(content, LOOKED_AT)


class _Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("run",)


def test_code_in_a_cache_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = Cache(str(tmp_path))
    for content in (pickle.dumps(_Hostile()), b"\x80\x04cposix\nsystem\n\x8c\x08echo run\x85R."):
        cache.keep("step", lambda: "key", Run(content), 0)
        draft = Draft(SOURCE)
        assert cache.step("step", "key", lambda made=draft: made, form()) is draft  # type: ignore[misc]
    assert capsys.readouterr().out == ""
