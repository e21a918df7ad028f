"""Sequences of edits leave the release of a clean build."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compiler.incremental.project import SITE, Project
from tests.compiler.incremental.test_edits import AMENDED, WHOLE
from tests.conftest import read_tree, write_tree

pytestmark = pytest.mark.thorough


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_tree(tmp_path, SITE))


@pytest.mark.parametrize("files", [*AMENDED.values(), *WHOLE.values()], ids=[*AMENDED, *WHOLE])
def test_an_undone_change_leaves_the_first_release(project: Project, files: Mapping[str, str | None]) -> None:
    first = read_tree(project.folder / "build")["manifest.json"]
    project.edit(files)
    project.edit({name: str(SITE[name]) if name in SITE else None for name in files})
    assert read_tree(project.folder / "build")["manifest.json"] == first
    project.assert_as_a_clean_build()


@pytest.mark.parametrize(
    "setting",
    ["source_maps = true", 'modules = "importmap"', 'entries = ["js/app.js"]', "[data_urls]\nlimit = 10"],
)
def test_edits_with_other_settings_leave_a_clean_release(tmp_path: Path, setting: str) -> None:
    project = Project(write_tree(tmp_path, {**SITE, "buildassets.toml": f"compress = []\n{setting}\n"}))
    for files in AMENDED.values():
        project.edit({name: text for name, text in files.items() if "faulty" not in name})
        project.assert_as_a_clean_build()


NAMES = [f"{folder}/{name}.{kind}" for folder in ("a", "b") for name in "xyz" for kind in ("css", "js")]


@st.composite
def texts(draw: Callable[..., object], name: str) -> str:
    """A sheet or script with a few references to others of its kind, some of which are not there."""
    kind = name.rpartition(".")[2]
    others = draw(st.lists(st.sampled_from([one for one in NAMES if one.endswith(kind)]), max_size=2))
    form = '@import "../{}";\n' if kind == "css" else 'import "../{}";\n'
    assert isinstance(others, list)
    own = "a {{ order: {} }}\n" if kind == "css" else "f({});\n"
    return "".join(map(form.format, others)) + own.format(draw(st.integers(0, 3)))


edits = st.sampled_from(NAMES).flatmap(lambda name: st.tuples(st.just(name), st.none() | texts(name)))


@given(
    st.fixed_dictionaries({name: texts(name) for name in NAMES}),
    st.lists(edits, max_size=5),
)
def test_any_sequence_of_edits_leaves_a_clean_release(
    tmp_path_factory: pytest.TempPathFactory,
    files: Mapping[str, str],
    sequence: list[tuple[str, str | None]],
) -> None:
    settings_text = 'compress = []\nminify = false\nmissing = "warn"\n'
    assets = {f"assets/{name}": text for name, text in files.items()}
    folder = write_tree(tmp_path_factory.mktemp("edits"), {**assets, "buildassets.toml": settings_text})
    project = Project(folder)
    for name, text in sequence:
        if text is None and not (folder / "assets" / name).exists():
            continue
        project.edit({f"assets/{name}": text})
        project.assert_as_a_clean_build()
