"""What `tsconfig.json` decides for one source."""

import json
from pathlib import Path

import pytest

from buildassets.compiler.engines.esbuild.tsconfig import TsConfig, targets_of, tsconfig_of, without_comments
from buildassets.compiler.engines.reader import Reader
from tests.conftest import Tree, write_tree


def settings(folder: Path, files: Tree, source: str = "src/js/a.ts") -> TsConfig:
    write_tree(folder, files)
    return tsconfig_of(str(folder / source), str(folder), Reader().read, str)


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    files: Tree = {
        "tsconfig.json": '{"compilerOptions": {"jsx": "react"}}',
        "src/tsconfig.json": '{"compilerOptions": {"target": "es5"}}',
    }
    assert settings(tmp_path, files).compiling == {"target": "es5"}
    assert settings(tmp_path, {}, "other/a.ts").compiling == {"jsx": "react"}


def test_folders_above_the_project_do_not_count(tmp_path: Path) -> None:
    write_tree(tmp_path, {"tsconfig.json": '{"compilerOptions": {"jsx": "react"}}', "p/a.ts": ""})
    assert tsconfig_of(str(tmp_path / "p/a.ts"), str(tmp_path / "p"), Reader().read, str) == TsConfig()


def test_file_in_a_package_has_no_options(tmp_path: Path) -> None:
    files: Tree = {"tsconfig.json": '{"compilerOptions": {"jsx": "react"}}'}
    assert settings(tmp_path, files, "node_modules/x/a.ts") == TsConfig()


def test_jsconfig_is_read_without_tsconfig(tmp_path: Path) -> None:
    assert settings(tmp_path, {"jsconfig.json": '{"compilerOptions": {"jsx": "react"}}'}).compiling == {"jsx": "react"}


@pytest.mark.parametrize("name", ["./base", "./base.json", "pack/base.json", "pack/base", "pack", "@scope/pack"])
def test_a_file_extends_another(tmp_path: Path, name: str) -> None:
    base = '{"compilerOptions": {"jsx": "react", "jsxFactory": "h", "noEmit": true}}'
    files: Tree = {
        "tsconfig.json": f'{{"extends": "{name}", "compilerOptions": {{"jsxFactory": "m"}}}}',
        "base.json": base,
        "node_modules/pack/base.json": base,
        "node_modules/pack/tsconfig.json": base,
        "node_modules/@scope/pack/tsconfig.json": base,
    }
    assert settings(tmp_path, files).compiling == {"jsx": "react", "jsxFactory": "m"}


def test_of_several_that_are_extended_the_last_goes_first(tmp_path: Path) -> None:
    files: Tree = {
        "tsconfig.json": '{"extends": ["./a", "./b"]}',
        "a.json": '{"compilerOptions": {"jsx": "react", "strict": true}}',
        "b.json": '{"compilerOptions": {"jsx": "react-jsx"}}',
    }
    assert settings(tmp_path, files).compiling == {"jsx": "react-jsx", "strict": True}


def test_files_that_extend_one_another_come_to_an_end(tmp_path: Path) -> None:
    files: Tree = {
        "tsconfig.json": '{"extends": "./b", "compilerOptions": {"strict": true}}',
        "b.json": '{"extends": "./tsconfig", "compilerOptions": {"jsx": "react"}}',
    }
    assert settings(tmp_path, files).compiling == {"strict": True, "jsx": "react"}


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("@/x", ["src/x"]),
        ("@/deep/x", ["src/deep/x", "lib/x"]),
        ("lib", ["lib/main.ts"]),
        ("x-y-z", ["mid/y.js"]),
        ("other", ["any/other"]),
    ],
)
def test_paths_are_matched_as_typescript_does(tmp_path: Path, name: str, targets: list[str]) -> None:
    paths = (
        '{"@/*": ["./src/*"], "@/deep/*": ["src/deep/*", "lib/*"], "lib": ["lib/main.ts"], "x-*-z": ["mid/*.js"],'
        ' "*": ["any/*"]}'
    )
    found = settings(tmp_path, {"tsconfig.json": f'{{"compilerOptions": {{"paths": {paths}}}}}'})
    assert list(targets_of(found, name)) == [str(tmp_path / target) for target in targets]


def test_paths_are_relative_to_the_file_that_has_them(tmp_path: Path) -> None:
    files: Tree = {
        "tsconfig.json": '{"extends": "./config/base"}',
        "config/base.json": '{"compilerOptions": {"paths": {"a": ["./a"], "b": ["${configDir}/b"]}}}',
    }
    found = settings(tmp_path, files)
    assert found.paths == {"a": (str(tmp_path / "config/a"),), "b": (str(tmp_path / "b"),)}


def test_a_base_url_is_relative_to_the_file_that_has_it(tmp_path: Path) -> None:
    files: Tree = {
        "tsconfig.json": '{"extends": "./config/base", "compilerOptions": {"paths": {"a": ["x"]}}}',
        "config/base.json": '{"compilerOptions": {"baseUrl": "."}}',
    }
    found = settings(tmp_path, files)
    assert list(targets_of(found, "a")) == [str(tmp_path / "config/x"), str(tmp_path / "config/a")]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"compilerOptions": 1}', '{"compilerOptions": {"paths": 1, "baseUrl": 2}}']
)
def test_value_of_another_type_gives_no_options(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, {"tsconfig.json": text}) == TsConfig()


def test_brackets_that_are_too_deep_are_an_error(tmp_path: Path) -> None:
    (fault,) = settings(tmp_path, {"tsconfig.json": "[" * 100_000}).diagnostics
    assert (fault.code, fault.is_error) == ("js/tsconfig", True)
    assert fault.message == f"`{tmp_path / 'tsconfig.json'}` has more brackets within one another than can be read"


def test_a_chain_of_extended_files_without_end_is_an_error(tmp_path: Path) -> None:
    files: Tree = {f"{n}.json": f'{{"extends": "./{n + 1}"}}' for n in range(2000)}
    found = settings(tmp_path, {**files, "tsconfig.json": '{"extends": "./0"}'})
    (fault,) = found.diagnostics
    assert (fault.code, fault.is_error) == ("js/tsconfig", True)
    assert fault.message == f"more than 100 files extend one another, from `{tmp_path / 'tsconfig.json'}` on"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, /* b */ "c": [1, 2,], // d\n}', {"a": 1, "c": [1, 2]}),
        ('{"a": "// no /* comment */,}"}', {"a": "// no /* comment */,}"}),
        ('{"a": "\\\\", /* "b": 1 */ }', {"a": "\\"}),
        ("[1, // a\n // b\n]", [1]),
        ('{"paths": {"@/*": ["./*"]}}', {"paths": {"@/*": ["./*"]}}),
    ],
)
def test_comments_and_trailing_commas_are_left_out(text: str, value: object) -> None:
    plain = without_comments(text)
    assert json.loads(plain) == value
    assert len(plain) == len(text)
    assert plain.count("\n") == text.count("\n")


def test_other_faults_stay() -> None:
    assert without_comments('{"a" 1 /* b') == '{"a" 1     '
