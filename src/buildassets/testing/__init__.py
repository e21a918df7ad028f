"""What test suites of applications may use: which files a process opens, changes and runs, and where.

    with recorded() as accesses:
        client.get("/")
    assert not accesses.changes

The fixture `stateless` of `pytest_plugin` is the same with an assertion. Every run of pytest loads this package, so it
imports nothing before it is asked for something, and then must not import anything else of `buildassets`.
"""

TYPE_CHECKING = False  # of our own: `typing` is slow to load
if TYPE_CHECKING:
    from buildassets.testing.accesses import Access, Accesses, recorded

__all__ = ["Access", "Accesses", "recorded"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from buildassets.testing import accesses

    return getattr(accesses, name)
