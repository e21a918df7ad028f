"""The command that messages name."""

import pytest

from buildassets.foundation.typed import typed


@pytest.mark.parametrize("verb", ["build", "verify"])
def test_typed_command_is_ours_by_default(verb: str) -> None:
    assert typed(verb) == f"buildassets {verb}"


def test_starting_program_may_name_the_typed_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_TYPED", "flask assets")
    assert typed("build") == "flask assets build"
    assert typed("verify") == "buildassets verify"  # which Flask's group has not
