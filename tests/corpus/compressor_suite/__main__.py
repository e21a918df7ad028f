"""Runs django-compressor's tests against ours: `python -m tests.corpus.compressor_suite FOLDER MODULE…`.

FOLDER has `compressor/tests`, `project` (static files), `added` (none), `theirs` (files by the names that theirs gives
them) and `packages`. Prints a line of JSON for each test: its name, how it ended, and why.
"""

import gc
import importlib
import json
import os
import pkgutil
import sys
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.conf import settings

import buildassets.cli
import buildassets.compat.compressor.compile
import buildassets.compiler

_STATIC = "compressor/tests/static"


def main(folder: Path, modules: list[str]) -> None:
    """Run the tests of these modules, and print how each ended."""
    os.chdir(folder)
    sys.path.insert(0, str(folder / "packages"))
    settings.configure(**_settings(folder))
    django.setup()
    from tests.corpus.compressor_suite.modules import install

    install(folder / "compressor")
    from django.test.utils import setup_test_environment

    setup_test_environment()
    _adapt()
    _load_compiler()
    chosen = [one for name in modules for one in _own_tests(f"compressor.tests.{name}")]
    with mock.patch("django.test.TestCase.databases", set()):
        unittest.TestSuite(chosen).run(_Result())


def _own_tests(name: str) -> list[unittest.TestCase]:
    """The tests of a module, without those that it takes from another."""
    return [one for one in _each(unittest.defaultTestLoader.loadTestsFromName(name)) if type(one).__module__ == name]


def _settings(folder: Path) -> dict[str, Any]:
    tests = folder / "compressor/tests"
    backends = (("django.DjangoTemplates", "test_templates"), ("jinja2.Jinja2", "test_templates_jinja2"))
    return {
        "SECRET_KEY": "of no use",
        "USE_TZ": True,
        "DEFAULT_CHARSET": "utf-8",
        "TEST_DIR": str(tests),
        "INSTALLED_APPS": [
            *("django.contrib.staticfiles", "buildassets.compat.compressor", "buildassets.runtime.django", "sekizai"),
        ],
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(folder / _STATIC),
        "STATICFILES_DIRS": [folder / "added", folder / "project"],
        "STATICFILES_FINDERS": [
            "django.contrib.staticfiles.finders.FileSystemFinder",
            "django.contrib.staticfiles.finders.AppDirectoriesFinder",
            "compressor.finders.CompressorFinder",
        ],
        "TEMPLATES": [
            {"BACKEND": f"django.template.backends.{name}", "APP_DIRS": True, "DIRS": [str(tests / templates)]}
            for name, templates in backends
        ],
        "STORAGES": {"staticfiles": {"BACKEND": "buildassets.runtime.django.storage.ReleaseStaticFilesStorage"}},
        "BUILDASSETS": {"manifest": folder / "build/manifest.json"},
        "COMPRESS_ROOT": str(folder / _STATIC),
        "COMPRESS_ENABLED": True,
        "COMPRESS_URL": "/static/",
        "COMPRESS_URL_PLACEHOLDER": "/__compressor_url_placeholder__/",
        "COMPRESS_OFFLINE_CONTEXT": {"STATIC_URL": "/static/"},
        "COMPRESS_PRECOMPILERS": (),
    }


def _adapt() -> None:
    """Let what their modules take from one another, or make themselves, be what a build of ours makes."""
    from importlib import import_module

    import jinja2

    from buildassets.compat.compressor import CompressorExtension
    from tests.corpus.compressor_suite import modules, project
    from tests.corpus.compressor_suite.meaning import Rendered

    for name in ("base", "filters", "jinja2ext", "offline", "storages", "templatetags"):
        import_module(f"compressor.tests.test_{name}")
    tests: Any = sys.modules
    for name in ("test_templatetags", "test_storages"):
        tests[f"compressor.tests.{name}"].render = lambda text, values=None, context=None: project.rendered(
            text, values, *([context] if context else [])
        )
    offline = tests["compressor.tests.test_offline"].OfflineTestCaseMixin
    for case in (offline, tests["compressor.tests.test_offline"].OfflineCompressBlockSuperBaseCompressed):
        case._render_template = lambda self, *given, written=case._render_template: Rendered(written(self, *given))
    recursion = tests["compressor.tests.test_offline"].OfflineCompressExtendsRecursionTestCase
    recursion.INSTALLED_APPS[-1:] = ["buildassets.compat.compressor", "buildassets.runtime.django"]
    absolute = tests["compressor.tests.test_filters"].CssAbsolutizingTestCase
    absolute.template = absolute.template.partition("}")[0] + "}"  # without Internet Explorer's `filter`
    for name in ("test_css_output", "test_css_output_with_bom_input"):
        case = tests["compressor.tests.test_base"].CompressorTestCase
        setattr(case, name, project.unminified()(getattr(case, name)))  # they compare texts
    extension = tests["compressor.tests.test_jinja2ext"].TestJinja2CompressorExtension
    extension.env = modules.Templates(extensions=[CompressorExtension])
    extension.setUp = lambda self: setattr(self, "jinja2", jinja2)


def _load_compiler() -> None:
    """Import what builds need, as each is a fork that would import it again, and spare forks the copies of it."""
    for package in (buildassets.cli, buildassets.compiler, buildassets.compat.compressor.compile):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.freeze()


def _each(suite: unittest.TestSuite) -> list[unittest.TestCase]:
    return [one for part in suite for one in (_each(part) if isinstance(part, unittest.TestSuite) else [part])]


class _Result(unittest.TestResult):
    """Prints how each test ended."""

    def _print(self, test: unittest.TestCase, ended: str, why: str = "") -> None:
        name = test.id().removeprefix("compressor.tests.")
        print(json.dumps({"test": name, "ended": ended, "why": why[-1500:]}), file=sys.__stdout__, flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._print(test, "passed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._print(test, "skipped", reason)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._print(test, "failed", self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    addError = addFailure  # noqa: N815 as unittest names it


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
