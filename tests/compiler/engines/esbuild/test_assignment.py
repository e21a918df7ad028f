"""Assignments to calls, which browsers refuse when they run and not before."""

import pytest

from buildassets.compiler.engines.esbuild.minify import assigns_to_call


@pytest.mark.parametrize(
    "text", ["f() = 1", "a.b(c, [d]).e() += 1;", "f()++", "f() in x);", "f()", "f(); g()", "f(\n) = 1"]
)
def test_a_call_is_left_to_run_time(text: str) -> None:
    assert assigns_to_call(text)


@pytest.mark.parametrize(
    "text",
    ["1 = 2", "new f() = 1", 'import("x") = 1', "f() &&= 1", "f`x` = 1", "a?.b() = 1", "f().a = 1", "(a + b) = 1", ""],
)
def test_invalid_targets_are_not_assignments(text: str) -> None:
    assert not assigns_to_call(text)
