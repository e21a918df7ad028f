"""Names that a module exports and that a classic script declares for others."""

import pytest

from buildassets.compiler.languages.javascript.exports import declared, exported

pytestmark = pytest.mark.usefixtures("each_lexer")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("const a = 1", ()),
        ("export const a = 1, b = f(x, y), c = `${p, q}`, d = [1, 2]; const e = 1", ("a", "b", "c", "d")),
        ("export let a, b\nvar c, d", ("a", "b")),
        ("export var a = () => { let x = 1, y = 2 }\nfoo, bar", ("a",)),
        ("export var a = new Map, b = typeof x in y\n[1, c]", ("a", "b")),
        ("export function a(x, y) {} export async function* b() {} export class C extends D {}", ("a", "b", "C")),
        ("export default function a() {}", ("default",)),
        ("export { a, b as c, d as default, e as 'f-g' }; export {}", ("a", "c", "default", "f-g")),
        ("export * from './a.js'; export * as b from \"./b.js\"", ("* ./a.js", "b")),
        ("/* export { a } */ '; export { b }'; x.export; `export { c }`; export { d }", ("d",)),
    ],
)
def test_exported_names(text: str, names: tuple[str, ...]) -> None:
    assert exported(text) == frozenset(names)


@pytest.mark.parametrize("text", ["export const { a } = b", "export let [a] = b", "export { \\u0061 }"])
def test_names_of_patterns_and_with_escapes_are_not_known(text: str) -> None:
    assert exported(text) is None


def test_declared_names_are_those_outside_of_functions() -> None:
    assert declared("var a = 1, b, \\u0061b; function c() { var d } { let e } class F {}") == {"a", "b", "c", "F"}
