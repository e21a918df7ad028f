"""Published packages, judged by third-party programs. `tests/test_published_package.py` has one that is built, too."""

from contextlib import suppress

with suppress(ImportError):  # settings below are imported in the environments of published projects, which lack pytest
    import pytest

    pytestmark = pytest.mark.thorough
