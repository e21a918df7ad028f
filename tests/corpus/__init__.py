"""Published packages, judged by programs that are not ours. One of them is in `tests/test_published_package.py`, too."""

import pytest

pytestmark = pytest.mark.thorough
