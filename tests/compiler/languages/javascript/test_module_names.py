"""The names that a printed module imports and exports."""

import pytest

from buildassets.compiler.languages.javascript.module_names import Exports, exports_of, named_imports


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('import { a, b as c } from "./x.js";\n', ["a", "b"]),
        ('import d, { a } from "./x.js";\n', ["default", "a"]),
        ('import d from "./x.js";\n', ["default"]),
        ('import * as n from "./x.js";\n', []),
        ('import d, * as n from "./x.js";\n', ["default"]),
        ('import "./x.js";\n', []),
        ('export {\n  a,\n  default as b\n} from "./x.js";\n', ["a", "default"]),
        ('export * from "./x.js";\nexport * as n from "./y.js";\n', []),
        ("export { a };\n", []),
        ('  import { a } from "./x.js";\n', []),
    ],
)
def test_names_that_are_taken(text: str, names: list[str]) -> None:
    assert [one.name for one in named_imports(text)] == names
    assert all(text[one.start : one.end] in (one.name, "d") for one in named_imports(text))
    assert all(text.startswith("./x.js", one.url) for one in named_imports(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export const a = 1;\nexport let b;\nexport var $c_1;\n", {"a", "b", "$c_1"}),
        ("export function f() {\n}\nexport async function* g() {\n}\nexport class C {\n}\n", {"f", "g", "C"}),
        ("export default 1;\nexport { x, y as z };\n", {"default", "x", "z"}),
        ('export { x as default } from "./y.js";\n', {"default"}),
        ('export * as n from "./y.js";\n', {"n"}),
        ("const exported = 1;\n", set()),
    ],
)
def test_names_that_are_exported(text: str, names: set[str]) -> None:
    assert exports_of(text) == Exports(frozenset(names))


def test_stars_and_patterns_leave_names_open() -> None:
    text = 'export * from "./y.js";\nexport const { a } = x;\n'
    assert exports_of(text) == Exports(frozenset(), (text.index("./y.js"),), is_open=True)
