"""A pause of the garbage collector ends with its block, and a collector that was off before stays off."""

import gc

import pytest

from buildassets.work.jobs import paused_collector


@pytest.mark.parametrize("is_enabled", [True, False])
def test_a_pause_leaves_the_collector_as_it_was(is_enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    state = [is_enabled]
    monkeypatch.setattr(gc, "isenabled", lambda: state[0])
    monkeypatch.setattr(gc, "enable", lambda: state.__setitem__(0, True))
    monkeypatch.setattr(gc, "disable", lambda: state.__setitem__(0, False))
    with paused_collector():
        assert state == [False]
    assert state == [is_enabled]
