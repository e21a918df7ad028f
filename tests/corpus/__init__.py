"""Published packages, judged by third-party programs. `tests/test_published_package.py` has one that is built, too."""

import pytest

pytestmark = pytest.mark.thorough
