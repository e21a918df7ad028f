"""django-compressor's own tests, which its archives have, with our builds in the place of its compressor.

Each test of its suite runs as it is; `compressor_suite` has what stands for the modules that it imports. Markup and
contents are compared by what they mean to a browser: the suite names files by hashes of contents, and the archive of an
earlier version has the very files. A test that asserts what only its authors see does not apply; `DOES_NOT_APPLY` has
the reasons. Of those that do, the few that fail are in `DIFFERENT`, also with the reason.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import MadeOnce
from tests.corpus.wheels import wheels

pytestmark = pytest.mark.corpus

_ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCES: Final = "--no-binary=:all:"
_LEAST: Final = 0.95
_PARTS: Final = (
    *("test_offline", "test_filters", "test_parsers", "test_base", "test_jinja2ext test_templatetags"),
    "test_conf test_finder test_mtime_cache test_sekizai test_signals test_storages test_utils",
)
_MANIFEST: Final = "reads or writes its own manifest; ours is that of the release"
_CACHE: Final = "asks its cache at run time, which we have none of"
_INTERNAL: Final = "calls functions that only its own modules call"
_COMMAND_LINE: Final = "asserts how it writes a command line for a minifier; the engines of the build minify"
_MINIFIER: Final = "asserts what one of its minifiers makes; the engines of the build minify"
_STORAGE: Final = "asserts which files its storages write; a release has compressed copies of all its files"
_GATHERED: Final = "compresses what a page gathers while it is made; a build cannot know it, and it stays as it is"
_IE: Final = "asserts URLs in `filter`, a property of Internet Explorer 8"
_SCRIPT: Final = "its input is no JavaScript but a CoffeeScript comment, which a build reports as an error"

# Names of tests, in which `*` stands for whatever is there, and why they do not apply.
DOES_NOT_APPLY: Final = {
    "*.test_cachekey": _CACHE,
    "*.test_css_mtimes": _CACHE,
    "*.test_correct_backend": _CACHE,
    "test_base.CacheTestCase.*": _CACHE,
    "*.test_precompiler_cache": _CACHE,
    "*.test_precompiler_caches_empty_files": _CACHE,
    "test_mtime_cache.*.test_handle_[ac]*": _CACHE,
    "*.test_css_split": _INTERNAL,
    "*.test_js_split": _INTERNAL,
    "*.test_guess_filename": _INTERNAL,
    "*.test_get_loaders": _INTERNAL,
    "*.test_non_ascii_exception_messages": _INTERNAL,
    "*.test_storage_without_path_fallback": _INTERNAL,
    "test_conf.*": _INTERNAL,
    "test_offline.OfflineCompressPerNodeLockingTestCase.*": _INTERNAL,
    "test_utils.TestGetClass.*": _INTERNAL,
    "test_utils.StaticFilesTestCase.*_appconfig": _INTERNAL,
    "test_utils.StaticFilesTestCase.test_finders_is_none*": _INTERNAL,
    "test_base.CompressorInDebugModeTestCase.*": "opens the compressed file by the name that theirs gives it",
    "*.test_deleting_manifest_does_not_affect_rendering": _MANIFEST,
    "*.test_rendering_without_manifest_raises_exception*": _MANIFEST + "; a block without one stays as it is written",
    "test_offline.OfflineCompressEmptyTag.*": _MANIFEST,
    "*.test_multiple_engines": _MANIFEST,
    "*.test_offline_manifest_storage": _MANIFEST,
    "*.test_handle_compress_offline_disabled": "asserts that nothing is built without `COMPRESS_OFFLINE`; we always do",
    "test_filters.SpecializedFiltersTest.*": _COMMAND_LINE,
    "*.test_csscompressor_filter": _MINIFIER,
    "*.test_brotli_storage": _STORAGE,
    "*.test_gzip_storage": _STORAGE,
    "*.test_duplicate_save_overwrites_same_file": _STORAGE,
    "test_sekizai.*": _GATHERED,
    "*.test_sekizai_only_once": _GATHERED,
    "*.test_does_not_change_quotes_in_src": _IE,
    "test_filters.Css*izing*.test_css_hunks": _IE,
    "*.test_css_absolute_filter_filename_outside_compress_root": "names a file that is not there: an error of a build",
    "test_templatetags.PrecompilerTemplatetagTestCase.*coffeescript*": _SCRIPT,
    "*.test_multiple_file_order_conserved": _SCRIPT,
    "test_offline.OfflineCompressTestCaseErrors.*": "has CoffeeScript that nothing compiles: an error of a build",
    "test_jinja2ext.*.test_js_inline": "has `type` twice; by the first, which counts, browsers run no script",
    "*.test_passthough_when_compress_disabled": "its precompiler is to write a file and does not: an error of a build",
}
# The same of those that apply and fail.
DIFFERENT: Final = {
    "*.test_precompiler_class_used": "a rule without a block is left out where sheets are joined",
    "*.test_data_uris": "a URL with a fragment stays a URL: it names one of many images in a file",
    "*.test_precompiler_enables_absolute": "URLs are rewritten whatever the filters are",
    "*.test_css_multiple_files_mixed_precompile_disabled_compression": "with it off, a whole block is compiled",
}

Outcome = dict[str, Any]


@pytest.fixture(scope="session")
def outcomes(made_once: MadeOnce) -> dict[str, Outcome]:
    """The outcome of each test of the suite, by its name; tests that its authors skip are left out."""
    lines = made_once("compressor-suite", _run).read_text("utf-8").splitlines()
    found = {one["test"]: one for one in map(json.loads, lines)}
    return {name: one for name, one in found.items() if one["ended"] != "skipped"}


def _run(file: Path) -> None:
    """Run all, as many parts at a time as there are processors."""
    folders = [file.with_name(f"{file.name}-{number}") for number in range(len(_PARTS))]
    for folder in folders:
        _lay(folder)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        file.write_text("".join(pool.map(_run_part, folders, _PARTS)), encoding="utf-8")


def _run_part(folder: Path, modules: str) -> str:
    command = [sys.executable, "-m", "tests.corpus.compressor_suite", str(folder), *modules.split()]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    done = subprocess.run(
        command, cwd=_ROOT, env={**clean, "PYTHONPATH": str(_ROOT)}, capture_output=True, text=True, timeout=1500
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _lay(folder: Path) -> None:
    """The suite of the newer archive; files and Jinja's templates, which it leaves out, are those of the older one."""
    (newer,) = wheels("compressor_4.6", _SOURCES).glob("django_compressor-*/compressor/tests")
    (older,) = wheels("compressor_4.4", _SOURCES).glob("django_compressor-*/compressor/tests")
    tests = folder / "compressor/tests"
    shutil.copytree(newer, tests)
    shutil.copytree(older / "test_templates_jinja2", tests / "test_templates_jinja2", dirs_exist_ok=True)
    made = shutil.ignore_patterns("CACHE", "custom", "test.txt*", "8a0fed36c317.js")
    shutil.copytree(older / "static", tests / "static", ignore=made, dirs_exist_ok=True)
    shutil.copytree(older / "static/CACHE", folder / "theirs")
    # Of a project's own folders all is released, so they have no file that is not UTF-8, nor one with a dead URL.
    shutil.copytree(tests / "static", folder / "project", ignore=shutil.ignore_patterns("nonasc-latin1.js"))
    for name in ("added", "project/images"):
        (folder / name).mkdir()
    for name in ("image.gif", "test.png"):
        (folder / "project/images" / name).touch()
    shutil.copytree(wheels("compressor"), folder / "packages")


def _reason(name: str, table: dict[str, str]) -> str | None:
    return next((reason for pattern, reason in table.items() if fnmatchcase(name, pattern)), None)


def _applying(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    return {name: one for name, one in outcomes.items() if not _reason(name, DOES_NOT_APPLY)}


def test_nearly_all_tests_that_apply_pass(outcomes: dict[str, Outcome]) -> None:
    applying = _applying(outcomes)
    passed = [name for name, one in applying.items() if one["ended"] == "passed"]
    assert len(applying) > 300
    assert len(passed) / len(applying) >= _LEAST


def test_failing_tests_are_listed_with_the_reason(outcomes: dict[str, Outcome]) -> None:
    failed = {name: one["why"] for name, one in _applying(outcomes).items() if one["ended"] == "failed"}
    assert {name: why for name, why in failed.items() if not _reason(name, DIFFERENT)} == {}
    assert [pattern for pattern in DIFFERENT if not any(fnmatchcase(name, pattern) for name in failed)] == []


@pytest.mark.parametrize("pattern", DOES_NOT_APPLY)
def test_each_reason_names_an_existing_test(pattern: str, outcomes: dict[str, Outcome]) -> None:
    assert any(fnmatchcase(name, pattern) for name in outcomes)
    assert re.fullmatch(r"[a-z`].*[^.]", DOES_NOT_APPLY[pattern])
