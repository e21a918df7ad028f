"""Helpers for the test suites of applications: they record which files a process opens, changes and runs.

    with recorded() as accesses:
        client.get("/")
    assert not accesses.changes

The fixture `stateless` of `pytest_plugin` does the same, with the assertion. Every run of pytest loads this package, so
it imports `accesses` only on first use, and never anything else of `buildassets`.
"""

TYPE_CHECKING = False  # our own, since `typing` is slow to load
if TYPE_CHECKING:
    from buildassets.testing.accesses import Access, Accesses, recorded

__all__ = ["Access", "Accesses", "recorded"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from buildassets.testing import accesses

    return getattr(accesses, name)
