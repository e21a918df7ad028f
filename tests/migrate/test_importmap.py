"""`migrate importmap`: each line of `config/importmap.rb`, and the import map that a build makes of the result."""

import json
from pathlib import Path

from buildassets.runtime import Assets
from tests.command import run
from tests.conftest import Tree, write_tree

FILE = """# Pins
enable_integrity!
pin "application"
pin "md5", preload: false # @2.2
pin "@github/hotkey", to: "@github--hotkey.js", preload: ["application", "admin"]
pin "react", to: "https://ga.jspm.io/npm:react@18/index.js"
pin "@hotwired/turbo-rails", to: "turbo.min.js"
pin_all_from "app/javascript/controllers", under: "controllers"
pin_all_from "app/components", under: "components", to: "parts", preload: false
pin_all_from "app/javascript/none", under: "none"
pin "three" if Rails.env.test?
Dir.each do |one|
  pin one
end
"""
METADATA = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"
SITE: Tree = {
    "config/importmap.rb": FILE,
    "app/javascript/application.js": 'import "controllers"; import "md5"; import "components/a";',
    "app/javascript/controllers/index.js": 'import "controllers/menu_controller";',
    "app/javascript/controllers/menu_controller.js": "export {};",
    "app/components/a.js": "export {};",
    "vendor/javascript/md5.js": "export {};",
    "vendor/javascript/@github--hotkey.js": "export {};",
}


def test_every_line_has_an_outcome_and_what_can_be_is_mapped(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    document = json.loads(run(tmp_path, "migrate", "importmap", "--write", "--json").stdout)
    assert [(one["line"], one["outcome"]) for one in document["lines"]] == [
        *((2, "taken over"), (3, "taken over"), (4, "taken over"), (5, "changed"), (6, "taken over")),
        *((7, "not possible"), (8, "taken over"), (9, "taken over"), (10, "not possible"), (11, "not possible")),
        *((12, "not possible"), (13, "not possible"), (14, "not possible")),
    ]
    assert "`turbo.min.js`" in document["lines"][5]["note"]
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert manifest["importmap"] == {
        "application": "application.js",
        "md5": "md5.js",
        "@github/hotkey": "@github--hotkey.js",
        "react": "https://ga.jspm.io/npm:react@18/index.js",
        "controllers": "controllers/index.js",
        "controllers/menu_controller": "controllers/menu_controller.js",
        "components/a": "parts/a.js",
    }
    assert manifest["not_preloaded"] == ["md5.js", "parts/a.js"]


def test_the_pinned_integrity_of_a_url_is_kept(tmp_path: Path) -> None:
    text = f'''pin "application"
pin "md5", to: "https://cdn.example/md5.js", integrity: "{METADATA}", preload: false
pin "vue", to: "https://cdn.example/vue.js", integrity: true
pin "odd", to: "https://cdn.example/odd.js", integrity: "b"
'''
    write_tree(tmp_path, {**SITE, "config/importmap.rb": text, "app/javascript/application.js": 'import "md5";'})
    migrated = run(tmp_path, "migrate", "importmap", "--write")
    assert migrated.returncode == 0
    assert "without its integrity `b`, which no browser accepts" in migrated.stdout + migrated.stderr
    done = run(tmp_path, "build")
    assert done.returncode == 0, done.stderr
    page_map = Assets(tmp_path / "build/manifest.json").importmap()
    document = json.loads(page_map.partition(">")[2].rpartition("</script>")[0])
    checked = {url: text for url, text in document["integrity"].items() if url.startswith("https:")}
    assert checked == {"https://cdn.example/md5.js": METADATA}


def test_pins_in_a_condition_are_named_and_not_taken(tmp_path: Path) -> None:
    text = """Rails.application.config.importmap.draw do
  pin "application"
  if Rails.env.development?
    pin "md5"
  end
  unless x then pin "other" end
  %w[a b].each do |name|
    pin name
  end
end
"""
    write_tree(tmp_path, {**SITE, "config/importmap.rb": text})
    document = json.loads(run(tmp_path, "migrate", "importmap", "--json").stdout)
    taken = [one["line"] for one in document["lines"] if one["outcome"] == "taken over"]
    pins = [one for one in document["lines"] if one["file"] == "config/importmap.rb"]
    assert (taken, len(pins)) == ([1, 2, 10], 10)
    assert "md5" not in document["file"]


def test_missing_file_is_reported(tmp_path: Path) -> None:
    done = run(tmp_path, "migrate", "importmap")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error[migrate/none]: there is no `config/importmap.rb`, which importmap-rails would have" in done.stderr


def test_pins_without_a_folder_in_their_names_are_not_preloaded(tmp_path: Path) -> None:
    pins = 'pin "application"\npin_all_from "app/javascript/lib", to: "lib", preload: false\n'
    files = {"config/importmap.rb": pins, "app/javascript/application.js": "a()", "app/javascript/lib/a.js": "b()"}
    assert run(write_tree(tmp_path, files), "migrate", "importmap", "--write").returncode == 0
    built = run(tmp_path, "build")
    assert (built.returncode, "importmap/preload" in built.stderr) == (0, False)
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    assert manifest["importmap"] == {"a": "lib/a.js", "application": "application.js"}
    assert manifest["not_preloaded"] == ["lib/a.js"]
