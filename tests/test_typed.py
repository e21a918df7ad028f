"""Which command is named to whom."""

import pytest

from buildassets.typed import typed


@pytest.mark.parametrize("verb", ["build", "verify"])
def test_by_itself_it_is_ours(verb: str) -> None:
    assert typed(verb) == f"buildassets {verb}"


def test_what_started_us_may_name_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_TYPED", "flask assets")
    assert typed("build") == "flask assets build"
    assert typed("verify") == "buildassets verify"  # which Flask's group has not
