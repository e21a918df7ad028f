"""The other asset systems of a project, and what only looks like one."""

from pathlib import Path

import pytest

from buildassets.project.files import ProjectFiles
from buildassets.project.found import find
from tests.conftest import write_tree


@pytest.mark.parametrize(
    ("settings", "systems"),
    [
        ("INSTALLED_APPS = ['compressor']", ["compressor"]),
        ("THIRD_PARTY_APPS = ['compressor']\nINSTALLED_APPS = [*THIRD_PARTY_APPS, *more()]", ["compressor"]),
        ("INSTALLED_APPS = ['a']\nOPTIONAL_APPS = ['compressor', 'pipeline']", []),
    ],
)
def test_an_application_that_no_statement_installs_is_no_system(
    settings: str, systems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    manage = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"
    write_tree(tmp_path, {"manage.py": manage, "site1/settings.py": f"{settings}\n"})
    assert [one.name for one in find(ProjectFiles(str(tmp_path))).systems] == systems


@pytest.mark.parametrize(
    ("script", "names"),
    [("vitest --run", []), ("vite build", ["vite"]), ("tsc && vite", ["vite"]), ("x/vite", ["vite"])],
)
def test_vite_counts_where_a_script_runs_it(tmp_path: Path, script: str, names: list[str]) -> None:
    package = f'{{"scripts": {{"x": "{script}"}}, "devDependencies": {{"vite": "^8.2.1", "vitest": "^4.1.10"}}}}'
    write_tree(tmp_path, {"package.json": package})
    assert [one.name for one in find(ProjectFiles(str(tmp_path))).systems] == names


def test_a_gem_names_the_pipeline_of_rails_in_its_specification(tmp_path: Path) -> None:
    spec = "Gem::Specification.new do |s|\n  s.add_dependency 'rails'\n  s.add_dependency 'sprockets-es6'\nend\n"
    write_tree(tmp_path, {"shop.gemspec": spec})
    assert [(one.name, one.file) for one in find(ProjectFiles(str(tmp_path))).systems] == [
        ("sprockets", "shop.gemspec")
    ]
