"""`migrate sprockets` and `migrate propshaft`: each line about `config.assets`, and a build of the result."""

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.sources.globs import named_by
from buildassets.migrate.sprockets import anchored
from tests.command import run
from tests.conftest import Tree, find_tool, write_tree

SITE: Tree = {
    "app/assets/images/logo.png": "png",
    "app/assets/stylesheets/application.css": "a { background: url(logo.png) }",
    "app/assets/javascripts/admin.js": "admin()",
    "app/assets/javascripts/deep/admin.js": "deep()",
    "lib/assets/javascripts/lib.js": "lib()",
    "vendor/theme/theme.css": "",
}


def migrated(folder: Path, system: str, lines: str, files: Tree | None = None) -> tuple[list[str], dict[str, Any]]:
    """The outcomes of `lines` about assets, and our configuration, which a build takes."""
    write_tree(folder, {**SITE, **(files or {}), "config/initializers/assets.rb": lines})
    document = json.loads(run(folder, "migrate", system, "--write", "--json").stdout)
    done = run(folder, "build", "-q")
    assert done.returncode == 0, done.stderr
    return [one["outcome"] for one in document["lines"]], tomllib.loads((folder / "buildassets.toml").read_text())


def assets_of(folder: Path) -> list[str]:
    return [*json.loads((folder / "build/manifest.json").read_text())["assets"]]


ROOTS = ["app/assets/images", "app/assets/javascripts", "app/assets/stylesheets", "lib/assets/javascripts"]


@pytest.mark.parametrize("system", ["sprockets", "propshaft"])
@pytest.mark.parametrize(
    ("line", "outcome", "root"),
    [
        ('Rails.application.config.assets.paths << Rails.root.join("vendor/theme")', "taken over", "vendor/theme"),
        ('config.assets.paths << Rails.root.join("vendor", "theme").to_s', "taken over", "vendor/theme"),
        ('config.assets.paths << "#{Rails.root}/vendor/theme"', "taken over", "vendor/theme"),
        ('config.assets.paths += ["vendor/theme"]', "taken over", "vendor/theme"),
        ('config.assets.paths += [Rails.root.join("vendor/theme")]', "taken over", "vendor/theme"),
        ('config.assets.paths.push Rails.root.join("vendor", "theme")', "taken over", "vendor/theme"),
        ('config.assets.paths << Rails.root + "vendor/theme"', "taken over", "vendor/theme"),
        ('config.assets.paths += [Emoji.path, "vendor/theme"]', "not possible", None),
        ('config.assets.paths << Rails.root.join("vendor/none")', "not possible", None),
        ("config.assets.paths << Emoji.path", "not possible", None),
        ('config.assets.paths << "vendor/theme" if Rails.env.test?', "not possible", None),
    ],
)
def test_paths_become_source_roots(tmp_path: Path, system: str, line: str, outcome: str, root: str | None) -> None:
    outcomes, config = migrated(tmp_path, system, line)
    assert outcomes == [outcome]
    assert config["sources"] == ROOTS + ([root] if root else [])


@pytest.mark.parametrize(
    ("lines", "entries", "released"),
    [
        ('config.assets.precompile += ["admin.js"]', ["/admin.js"], ["admin.js"]),
        ("config.assets.precompile += %w( admin.js lib.js )", ["/admin.js", "/lib.js"], ["admin.js", "lib.js"]),
        ('config.assets.precompile.push("admin.js", "lib.js")', ["/admin.js", "/lib.js"], ["admin.js", "lib.js"]),
        ('config.assets.precompile << "admin.js" << "lib.js"', ["/admin.js", "/lib.js"], ["admin.js", "lib.js"]),
        ('config.assets.precompile << "*.js"', ["*.js"], ["admin.js", "deep/admin.js", "lib.js"]),
        ('config.assets.precompile << "deep/*.js"', ["deep/**/*.js"], ["deep/admin.js"]),
        (
            "config.assets.precompile += [\n  'admin.js', # one\n  'lib.js'\n]",
            ["/admin.js", "/lib.js"],
            ["admin.js", "lib.js"],
        ),
    ],
)
def test_precompile_becomes_entries_next_to_the_usual_ones(
    tmp_path: Path, lines: str, entries: list[str], released: list[str]
) -> None:
    _, config = migrated(tmp_path, "sprockets", lines)
    assert config["entries"] == ["/application.css", "*.png", *entries]
    assert assets_of(tmp_path) == sorted([*released, "application.css", "logo.png"])


def test_manifest_js_is_the_entry(tmp_path: Path) -> None:
    manifest = "/* of the site */\n//= link_directory ../javascripts .js\n//= link application.css\n"
    outcomes, config = migrated(tmp_path, "sprockets", "", {"app/assets/config/manifest.js": manifest})
    assert outcomes == ["taken over", "taken over"]
    assert config["entries"] == ["/manifest.js"]
    assert assets_of(tmp_path) == ["admin.js", "application.css", "logo.png", "manifest.js"]


@pytest.mark.parametrize(
    ("system", "line", "outcome", "setting"),
    [
        ("sprockets", 'config.assets.prefix = "/static"', "taken over", {"url": "/static/"}),
        ("sprockets", "config.assets.gzip = false", "taken over", {"compress": []}),
        ("sprockets", "config.assets.css_compressor = :sass", "changed", {}),
        ("sprockets", "config.assets.css_compressor = nil", "taken over", {"engines": {"css": "none"}}),
        ("sprockets", "config.assets.js_compressor = false", "taken over", {"engines": {"js": "none"}}),
        ("sprockets", "config.assets.compile = false", "changed", {}),
        ("sprockets", "config.assets.digest = true", "taken over", {}),
        ("sprockets", "config.assets.digest = false", "not possible", {}),
        ("sprockets", 'config.assets.version = "1.0"', "changed", {}),
        ("sprockets", "config.assets.unheard_of = 1", "not possible", {}),
        ("propshaft", 'config.assets.prefix = "/static"', "taken over", {"url": "/static/"}),
        ("propshaft", 'config.assets.integrity_hash_algorithm = "sha512"', "taken over", {"integrity": "sha512"}),
        ("propshaft", 'config.assets.version = "2"', "changed", {}),
    ],
)
def test_settings(tmp_path: Path, system: str, line: str, outcome: str, setting: dict[str, Any]) -> None:
    outcomes, config = migrated(tmp_path, system, line)
    assert outcomes == [outcome]
    assert setting.items() <= config.items()


def test_excluded_paths_are_not_roots(tmp_path: Path) -> None:
    _, config = migrated(tmp_path, "propshaft", 'config.assets.excluded_paths << Rails.root.join("lib/assets")')
    assert config["sources"] == ROOTS[:3]


@pytest.mark.parametrize("system", ["sprockets", "propshaft"])
def test_a_folder_without_assets_of_rails_is_none(tmp_path: Path, system: str) -> None:
    done = run(tmp_path, "migrate", system)
    assert (done.returncode, "error[migrate/none]: there is no `app/assets/`" in done.stderr) == (2, True)


def test_sources_that_need_ruby_are_named_and_left_out(tmp_path: Path) -> None:
    files: Tree = {"app/assets/javascripts/a.js.erb": "<%= x %>", "lib/assets/javascripts/b.coffee": "b = 1"}
    outcomes, config = migrated(tmp_path, "sprockets", "", files)
    assert outcomes == ["not possible"] * 2
    assert config["exclude"] == ["*.erb", "*.coffee"]
    assert assets_of(tmp_path) == ["admin.js", "application.css", "deep/admin.js", "lib.js", "logo.png"]


@pytest.mark.parametrize("system", ["sprockets", "propshaft"])
def test_folders_of_importmap_rails_are_roots_where_it_is_used(tmp_path: Path, system: str) -> None:
    files: Tree = {"app/javascript/application.js": "", "config/importmap.rb": 'pin "application"\n'}
    assert migrated(tmp_path / "with", system, "", files)[1]["sources"] == [*ROOTS, "app/javascript"]
    bundled: Tree = {"app/javascript/application.js": ""}
    assert migrated(tmp_path / "without", system, "", bundled)[1]["sources"] == ROOTS


@pytest.mark.parametrize("system", ["sprockets", "propshaft"])
def test_lines_in_a_block_of_ruby_are_listed_and_not_guessed(tmp_path: Path, system: str) -> None:
    lines = """if Rails.env.production?
  config.assets.prefix = "/a"
elsif cdn?
  config.assets.prefix = "/b"
else
  config.assets.prefix = "/c"
end
%w[x y].each do |name|
  config.assets.paths << "vendor/theme"
end
config.assets.prefix = ENV["PREFIX"] || "/d"
config.assets.prefix = cdn? ? "/e" : "/f"
"""
    outcomes, config = migrated(tmp_path, system, lines)
    assert outcomes == ["not possible"] * 12
    assert (config["url"], config["sources"]) == ("/assets/", ROOTS)


def test_lines_in_the_class_of_the_application_are_read(tmp_path: Path) -> None:
    application = """module Shop
  class Application < Rails::Application
    config.load_defaults 7.1
    config.assets.prefix = "/static"
    unless Rails.env.test?
      config.assets.gzip = false
    end
  end
end
"""
    environment = 'Rails.application.configure do\n  config.assets.paths << "vendor/theme"\nend\n'
    files: Tree = {"config/application.rb": application, "config/environments/production.rb": environment}
    outcomes, config = migrated(tmp_path, "sprockets", "", files)
    assert outcomes == ["taken over", "not possible", "taken over"]
    assert (config["url"], config["sources"][-1], "compress" in config) == ("/static/", "vendor/theme", False)


# Sprockets 3 holds a pattern against the whole logical path; later ones take names only.
_MATCHES = """
require "json"
given = JSON.parse(STDIN.read)
puts JSON.dump(given["patterns"].map { |pattern| given["names"].select { |name| File.fnmatch(pattern, name) } })
"""


def test_patterns_of_precompile_name_what_they_named_for_sprockets() -> None:
    patterns = ["a.js", "*.js", "d/*.js", "a*.js", "d/*", "*/a.js", "d*/a*.js", "*a.js", "**/*.css", "d/**/a.js", "d*"]
    names = [
        "a.js",
        "ab.js",
        "d/a.js",
        "d/e/a.js",
        "d/e/xa.js",
        "a/x.js",
        "ad/a.css",
        "x.css",
        "da.js",
        "d/x",
        "e/d/a.js",
    ]
    given = json.dumps({"patterns": patterns, "names": names})
    done = subprocess.run([find_tool("ruby"), "-e", _MATCHES], input=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    expected = dict(zip(patterns, json.loads(done.stdout), strict=True))
    found = {
        pattern: sorted(
            {
                name
                for one in anchored(pattern)
                for name in named_by(
                    one.removeprefix("/") if one[0] == "/" and "*" not in one else "." + one if one[0] == "/" else one,
                    names,
                )
            }
        )
        for pattern in patterns
    }
    assert found == {pattern: sorted(matched) for pattern, matched in expected.items()}


@pytest.mark.parametrize("kind", ["application/javascript", "text/javascript", ".js", "js"])
def test_manifest_js_may_name_scripts_by_any_of_their_types(tmp_path: Path, kind: str) -> None:
    manifest = f"//= link_tree ../javascripts {kind}\n"
    migrated(tmp_path, "sprockets", "", {"app/assets/config/manifest.js": manifest})
    assert assets_of(tmp_path) == ["admin.js", "deep/admin.js", "manifest.js"]


def test_folder_that_is_put_first_is_the_first_source_root(tmp_path: Path) -> None:
    line = 'config.assets.paths.unshift(Rails.root.join("vendor/theme"))\n'
    _, config = migrated(tmp_path, "sprockets", line)
    assert config["sources"] == ["vendor/theme", *ROOTS]
    (tmp_path / "buildassets.toml").unlink()
    _, config = migrated(tmp_path, "sprockets", f'config.assets.paths << "vendor/theme"\n{line}')
    assert config["sources"] == ["vendor/theme", *ROOTS]
    (tmp_path / "buildassets.toml").unlink()
    more = 'config.assets.paths << "config"\n'
    _, config = migrated(tmp_path, "sprockets", "", {"config/application.rb": more + line})
    assert config["sources"] == [*ROOTS, "vendor/theme", "config"]


def test_list_that_is_assigned_discards_what_was_added_before(tmp_path: Path) -> None:
    lines = 'config.assets.precompile += ["admin.js"]\nconfig.assets.precompile = ["lib.js"]\n'
    _, config = migrated(tmp_path, "sprockets", lines)
    assert (config["entries"], assets_of(tmp_path)) == (["/lib.js"], ["lib.js"])
    (tmp_path / "buildassets.toml").unlink()
    _, config = migrated(tmp_path, "sprockets", "", {"config/application.rb": lines})
    assert config["entries"] == ["/application.css", "*.png", "/lib.js"]


@pytest.mark.parametrize("system", ["sprockets", "propshaft"])
def test_settings_of_another_environment_are_listed_and_not_taken_over(tmp_path: Path, system: str) -> None:
    files: Tree = {"config/environments/development.rb": 'config.assets.prefix = "/dev"\nconfig.assets.quiet = true\n'}
    outcomes, config = migrated(tmp_path, system, "", files)
    assert (outcomes, config["url"]) == (["changed", "changed"], "/assets/")


def test_settings_of_assets_under_another_name_are_left_to_a_person(tmp_path: Path) -> None:
    outcomes, _ = migrated(tmp_path, "sprockets", "assets = Rails.application.config.assets\nassets.gzip = false\n")
    assert outcomes == ["not possible"]


GEMS: Tree = {
    "Gemfile.lock": "GEM\n  specs:\n    jquery-rails (4.6.0)\n      railties (>= 4.2.0)\n    rails (7.1.0)\n",
    "app/assets/config/manifest.js": "//= link application.js\n//= link application.css\n",
    "app/assets/javascripts/application.js": "//= require jquery3\n",
    "app/assets/stylesheets/application.css": "/*\n *= require_self\n */\n",
}


@pytest.mark.parametrize("place", ["vendor/bundle/ruby/3.3.0", "../home"])
def test_assets_of_gems_are_source_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    home = tmp_path / "site" / place
    gem = {"gems/jquery-rails-4.6.0/vendor/assets/javascripts/jquery3.js": "jquery()"}
    write_tree(home, gem)
    monkeypatch.setenv("GEM_PATH", str(tmp_path / "home"))
    monkeypatch.delenv("GEM_HOME", raising=False)
    site = write_tree(tmp_path / "site", GEMS)
    done = run(site, "migrate", "sprockets", "--write", "--json")
    lines = [one for one in json.loads(done.stdout)["lines"] if one["file"] == "Gemfile.lock"]
    assert [(one["line"], one["text"], one["outcome"]) for one in lines] == [(3, "jquery-rails (4.6.0)", "taken over")]
    assert run(site, "build", "-q").returncode == 0
    script = json.loads((site / "build/manifest.json").read_text())["assets"]["application.js"]["file"]
    assert (site / "build/assets" / script).read_text().startswith("jquery()")


def test_a_gem_whose_folder_is_a_link_out_of_it_is_left_to_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gem = tmp_path / "home/gems/jquery-rails-4.6.0/vendor/assets"
    write_tree(gem, {"javascripts/jquery3.js": "jquery()"})
    (gem / "images").symlink_to("/")
    monkeypatch.setenv("GEM_PATH", f"..:{tmp_path / 'gone'}:{tmp_path / 'home'}")
    monkeypatch.delenv("GEM_HOME", raising=False)
    lock = {"Gemfile.lock": f"{GEMS['Gemfile.lock']!s}    home (../../home)\n"}
    done = run(write_tree(tmp_path / "site", {**GEMS, **lock}), "migrate", "sprockets", "--json")
    found = json.loads(done.stdout)
    lines = [(one["line"], one["outcome"]) for one in found["lines"] if one["file"] == "Gemfile.lock"]
    assert lines == [(3, "not possible")]
    roots = [one["path"] for one in tomllib.loads(found["file"])["sources"] if isinstance(one, dict)]
    assert roots == ["../home/gems/jquery-rails-4.6.0/vendor/assets/javascripts"]


def test_directives_that_need_a_gem_which_is_not_here_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEM_PATH", raising=False)
    monkeypatch.delenv("GEM_HOME", raising=False)
    site = write_tree(tmp_path, GEMS)
    (line,) = [
        one
        for one in json.loads(run(site, "migrate", "sprockets", "--write", "--json").stdout)["lines"]
        if one["outcome"] == "not possible"
    ]
    assert (line["file"], line["line"]) == ("app/assets/javascripts/application.js", 1)
    assert line["note"].startswith("it is of the gem `jquery-rails`, which is not found: set `GEM_PATH`")
    assert "hint: it is of the gem `jquery-rails`" in run(site, "build").stderr


ENGINE: Tree = {
    "core/shop-core.gemspec": "Gem::Specification.new do |s|\n  s.add_dependency 'jquery-rails', '>= 4'\nend\n",
    "core/app/assets/config/shop_core_manifest.js": "//= link shop.js\n//= link shop.css\n",
    "core/app/assets/javascripts/shop.js": "//= require jquery3\n//= require old\n",
    "core/app/assets/javascripts/old.js": "old()",
    "core/app/assets/javascripts/new.es6": "fresh()",
    "core/app/assets/stylesheets/shop.css": "a { background: url(logo.png) }",
    "core/app/assets/images/logo.png": "png",
}


def test_engines_have_roots_manifests_and_gems_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("4.6.0", "4.10.0"):
        folder = f"home/gems/jquery-rails-{version}/vendor/assets/javascripts"
        write_tree(tmp_path, {f"{folder}/jquery3.js": f"jquery({version!r})"})
    monkeypatch.setenv("GEM_PATH", str(tmp_path / "home"))
    monkeypatch.delenv("GEM_HOME", raising=False)
    site = write_tree(tmp_path / "site", ENGINE)
    done = run(site, "migrate", "sprockets", "--write", "--json")
    places = {(one["file"], one["line"]): one["outcome"] for one in json.loads(done.stdout)["lines"]}
    assert places == {
        **{("core/app/assets/config/shop_core_manifest.js", line): "taken over" for line in (1, 2)},
        ("core/app/assets/javascripts/new.es6", 1): "not possible",
        ("core/shop-core.gemspec", 2): "taken over",
    }
    assert run(site, "build", "-q").returncode == 0
    assert assets_of(site) == ["logo.png", "shop.css", "shop.js", "shop_core_manifest.js"]
    (script,) = (site / "build/assets").glob("shop.*.js")
    assert script.read_text().startswith("jquery('4.10.0')")


def test_a_link_to_a_script_that_babel_compiles_is_not_taken_for_a_sheet(tmp_path: Path) -> None:
    tree: Tree = {
        "app/assets/config/site_manifest.js": "//= link site.js\n//= link site.css\n",
        "app/assets/javascripts/site.es6": "//= require timeago\n",
        "app/assets/stylesheets/site.css": "a { top: 0 }",
        "site.gemspec": "Gem::Specification.new do |s|\n  s.add_dependency 'timeago_js'\nend\n",
    }
    done = run(write_tree(tmp_path, tree), "migrate", "sprockets", "--write", "--json")
    lines = {one["file"]: one["note"] for one in json.loads(done.stdout)["lines"] if one["outcome"] == "not possible"}
    assert "did you mean" not in lines["app/assets/config/site_manifest.js"]
    assert lines["app/assets/javascripts/site.es6"].startswith("rename it to `.js`")
    (tmp_path / "app/assets/javascripts/site.es6").rename(tmp_path / "app/assets/javascripts/site.js")
    assert "hint: it is of the gem `timeago_js`" in run(tmp_path, "build").stderr
