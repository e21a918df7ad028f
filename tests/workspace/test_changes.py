import os
from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.workspace.changes import Repository
from tests.conftest import Tree, write_tree
from tests.workspace.repositories import committed, git


def changed(folder: Path, ref: str = "HEAD") -> list[str]:
    """The paths that changed in `folder` since `ref`, relative to it, sorted."""
    found = Repository(str(folder)).changed_since(ref)
    return sorted(Path(path).relative_to(folder.resolve()).as_posix() for path in found)


def fault(folder: Path, ref: str) -> tuple[str, str | None]:
    """The message and the hint of the one error for `ref`."""
    with pytest.raises(ConfigError) as raised:
        changed(folder, ref)
    (found,) = raised.value.diagnostics
    return found.message, found.hint


FILES: Tree = {"a/x.css": "a { }\n", "b/y.css": "b { }\n", ".gitignore": "*.log\n"}


def test_nothing_has_changed_in_a_fresh_checkout(tmp_path: Path) -> None:
    assert changed(committed(tmp_path, FILES)) == []


def test_edited_removed_and_untracked_files_have_changed(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    write_tree(tmp_path, {"a/x.css": "a { color: red }\n", "c/é ü.css": "", "a/x.log": ""})
    (tmp_path / "b/y.css").unlink()
    assert changed(tmp_path) == ["a/x.css", "b/y.css", "c/é ü.css"]


def test_a_moved_file_has_changed_in_both_places(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    git(tmp_path, "mv", "a/x.css", "b/x.css")
    assert changed(tmp_path) == ["a/x.css", "b/x.css"]


def test_committed_file_has_changed(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    git(tmp_path, "tag", "before")
    committed(tmp_path, {"b/y.css": "b { color: red }\n"})
    assert changed(tmp_path, "before") == ["b/y.css"]
    assert changed(tmp_path, "HEAD~1") == ["b/y.css"]


def test_a_file_that_is_only_touched_has_not_changed(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    (tmp_path / "a/x.css").touch()
    assert changed(tmp_path) == []


def test_the_repository_may_lie_around_the_workspace(tmp_path: Path) -> None:
    committed(tmp_path, {"site/a/x.css": "", "z.css": ""})
    write_tree(tmp_path, {"z.css": "a { }"})
    found = Repository(str(tmp_path / "site")).changed_since("HEAD")
    assert found == {str(tmp_path.resolve() / "z.css")}


def test_settings_of_the_user_do_not_matter(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    for setting in (
        ("diff.noprefix", "true"),
        ("core.quotePath", "true"),
        ("diff.renames", "copies"),
        ("color.ui", "always"),
    ):
        git(tmp_path, "config", *setting)
    write_tree(tmp_path, {"a/ö.css": ""})
    git(tmp_path, "add", ".")
    assert changed(tmp_path) == ["a/ö.css"]


@pytest.mark.parametrize("ref", ["nope", "", "-x", "^HEAD", "--output=x", "HEAD~9", "HEAD:a", "0" * 40])
def test_unknown_commit_is_reported(tmp_path: Path, ref: str) -> None:
    committed(tmp_path, FILES)
    assert fault(tmp_path, ref) == (
        f"git has no commit `{ref}`",
        "name a commit, a branch or a tag that `git log` knows",
    )


def test_a_branch_of_the_remote_is_proposed(tmp_path: Path) -> None:
    committed(tmp_path / "one", FILES)
    git(tmp_path / "one", "branch", "release")
    git(tmp_path, "clone", "-q", "one", "two")
    assert fault(tmp_path / "two", "release")[1] == "did you mean `origin/release`?"


def test_a_shallow_clone_is_recognised(tmp_path: Path) -> None:
    committed(tmp_path / "one", FILES)
    committed(tmp_path / "one", {"a/x.css": ""})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/one", "two")
    message, hint = fault(tmp_path / "two", "HEAD~1")
    assert message == "git has no commit `HEAD~1`"
    assert hint == "this clone is shallow: fetch the commit, by `fetch-depth: 0` in a workflow of GitHub's"


def test_without_a_repository_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the workspace is in no repository"):
        Repository(str(write_tree(tmp_path, FILES)))


def test_without_git_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="`--since` needs git, which cannot be started"):
        Repository(str(tmp_path))


def test_texts_that_name_files_above_their_folder_are_found(tmp_path: Path) -> None:
    files = {"a/x.scss": '@use "../b/theme";\n', "c/d/z.js": "import x from '../../lib/x.js';\n", "e/e.css": "a { }"}
    committed(tmp_path, files)
    write_tree(tmp_path, {"new/n.css": "a { background: url(../img/n.svg#x) }"})
    root = tmp_path.resolve()
    assert set(Repository(str(tmp_path)).upward_paths()) == {
        (str(root / "a"), str(root / "b/theme")),
        (str(root / "c/d"), str(root / "lib/x.js")),
        (str(root / "new"), str(root / "img/n.svg")),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('@use "../../my files/theme";', "my files/theme"),
        ('import x from "./../../(site)/[slug]/x.js";', "(site)/[slug]/x.js"),
        ("a { background: url(../../my%20files/x.svg) }", "my files/x.svg"),
        ("a { background: url(../../my\\ files/x.svg) }", "my files/x.svg"),
        ('<img srcset="../../x.png 1x, ../../y.png 2x">', "y.png"),
    ],
)
def test_odd_paths_above_a_folder_are_found(tmp_path: Path, text: str, named: str) -> None:
    committed(tmp_path, {"site/a/x.scss": text + "\n"})
    found = Repository(str(tmp_path)).upward_paths()
    assert (str(tmp_path.resolve() / "site/a"), str(tmp_path.resolve() / named)) in found


@pytest.mark.parametrize(
    "setting", ["grep.lineNumber=true", "grep.column=true", "color.ui=always", "color.grep=always"]
)
def test_no_setting_of_the_user_hides_what_texts_name(tmp_path: Path, setting: str) -> None:
    committed(tmp_path, {"a/x.scss": '@use "../b/theme";\n'})
    git(tmp_path, "config", *setting.split("="))
    root = tmp_path.resolve()
    assert (str(root / "a"), str(root / "b/theme")) in Repository(str(tmp_path)).upward_paths()


def test_texts_without_a_diff_in_git_count(tmp_path: Path) -> None:
    committed(tmp_path, {"a/x.scss": '@use "../b/theme";\n', ".gitattributes": "*.scss -diff\n"})
    root = tmp_path.resolve()
    assert (str(root / "a"), str(root / "b/theme")) in Repository(str(tmp_path)).upward_paths()


def test_the_index_is_left_alone(tmp_path: Path) -> None:
    committed(tmp_path, FILES)
    os.utime(tmp_path / "a/x.css", (1_000_000_000, 1_000_000_000))  # another second, as git compares whole ones
    before = (tmp_path / ".git/index").read_bytes()
    changed(tmp_path)
    assert (tmp_path / ".git/index").read_bytes() == before
    assert git(tmp_path, "status", "-s") == ""
