"""The counts of a run on Windows, which it writes into the documentation."""

import pytest

from tests.windows.counts import table, with_counts

RUN = {"passed": 8, "failed": 0, "error": 0, "xfailed": 0, "marked": {"no fork": 2}, "lacking a tool": {}, "seconds": 3}
TABLE = """10 tests in 3 seconds:

| result | reason | tests |
|---|---|--:|
| passed |  | 8 |
| marked | no fork | 2 |
"""


def test_counts_replace_those_of_the_run_before() -> None:
    page = "a\n\n<!-- counted -->\nold\n<!-- /counted -->\n\nb\n"
    assert with_counts(page, RUN) == f"a\n\n<!-- counted -->\n\n{TABLE}\n<!-- /counted -->\n\nb\n"


def test_more_than_one_marked_test_in_five_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"3 of 11 tests are marked, which are more than 20%"):
        table({**RUN, "marked": {"no fork": 3}})
