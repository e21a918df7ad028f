"""Files for other systems beside the assets: these systems find every asset by them, and our verbs know them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from buildassets.features.companions.forms import FORMS, companions_of
from buildassets.manifest.model import Companion, Entry, Manifest, loads
from buildassets.release.inventory.inventory import inventory
from buildassets.release.publish.upload import headers_of
from tests.command import built, run
from tests.conftest import Tree, missing_tool, read_tree, write_tree

SITE: Tree = {
    "assets/css/app.css": "a { background: url(../img/a.svg) }\n",
    "assets/img/a.svg": "<svg/>",
    "assets/js/jquery.min.js": "call(1)\n",
    "assets/LICENSE": "free",
}
ALL = ("--sprockets-manifest", "--propshaft-manifest=1.3", "--staticfiles-json")
# What the real reader of each form makes of a release, as lines of `logical path, name below assets/`.
SPROCKETS = """
require "sprockets"
manifest = Sprockets::Manifest.new(nil, ARGV[0])
manifest.assets.each do |path, file|
  found = manifest.files.fetch(file)
  abort path unless found["logical_path"] == path && found["size"] == File.size(File.join(ARGV[0], file))
  puts "#{path} #{file}"
end
abort "a second manifest" if Dir.glob(".sprockets-manifest*", base: ARGV[0], flags: File::FNM_DOTMATCH).size != 1
"""
PROPSHAFT = """
require "json"; require "pathname"; require "active_support"; require "active_support/all"; require "propshaft"
require "propshaft/resolver/static"
resolver = Propshaft::Resolver::Static.new(manifest_path: Pathname.new(ARGV[0]) / ".manifest.json", prefix: "")
JSON.parse(STDIN.read).each { |path| puts "#{path} #{resolver.resolve(path).delete_prefix("/")}" }
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path, SITE)


def manifest_of(site: Path, *options: str) -> Manifest:
    done = run(site, "build", "-q", *options)
    assert done.returncode == 0, done.stderr
    return loads((site / "build/manifest.json").read_text())


def ruby(program: str, folder: Path, given: str = "") -> dict[str, str]:
    """The output of a program of Ruby for a folder."""
    if shutil.which("ruby") is None:
        missing_tool("ruby is not installed")
    done = subprocess.run(["ruby", "-e", program, str(folder)], input=given, capture_output=True, text=True)
    if "cannot load such file" in done.stderr:
        missing_tool(done.stderr.splitlines()[0])
    assert done.returncode == 0, done.stderr
    return dict(line.split(" ") for line in done.stdout.splitlines())


def files_of(manifest: Manifest) -> dict[str, str]:
    return {path: entry.file for path, entry in manifest.assets.items()}


def test_sprockets_itself_finds_every_asset(site: Path) -> None:
    manifest_of(site, "--sprockets-manifest")
    write_tree(site, {"assets/img/a.svg": "<svg><g/></svg>"})
    manifest = manifest_of(site, "--sprockets-manifest")  # the earlier one must be gone
    assert ruby(SPROCKETS, site / "build/assets") == files_of(manifest)


def test_propshaft_of_debian_finds_every_asset(site: Path) -> None:
    manifest = manifest_of(site, "--propshaft-manifest=1.1")
    assert ruby(PROPSHAFT, site / "build/assets", json.dumps([*manifest.assets])) == files_of(manifest)


def test_propshaft_1_3_has_path_integrity_and_app(site: Path) -> None:
    manifest = manifest_of(site, "--propshaft-manifest=1.3")
    document = json.loads((site / "build/assets/.manifest.json").read_text())
    assert document == {
        path: {"digested_path": entry.file, "integrity": entry.integrity, "app": True}
        for path, entry in manifest.assets.items()
    }


def test_django_itself_finds_every_asset(site: Path) -> None:
    from django.conf import settings
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
    from django.core.files.base import ContentFile

    if not settings.configured:
        settings.configure(STATIC_URL="/static/")
    manifest = manifest_of(site, "--staticfiles-json")
    storage = ManifestStaticFilesStorage(location=str(site / "build/assets"), base_url="/static/")
    assert {path: storage.stored_name(path) for path in manifest.assets} == files_of(manifest)
    listed = json.dumps(sorted(files_of(manifest).items())).encode()
    assert storage.manifest_hash == storage.file_hash("", ContentFile(listed))


def test_the_manifest_lists_them_with_size_and_digest(site: Path) -> None:
    manifest = manifest_of(site, *ALL)
    (sprockets,) = (site / "build/assets").glob(".sprockets-manifest-*.json")
    assert manifest.companions.keys() == {".manifest.json", "staticfiles.json", sprockets.name}
    assert len(sprockets.name) == len(".sprockets-manifest-.json") + 32
    assert all(one.size == (site / "build/assets" / name).stat().st_size for name, one in manifest.companions.items())


def test_verify_clean_and_pack_know_them(site: Path) -> None:
    manifest = manifest_of(site, *ALL)
    whole = read_tree(site / "build")
    assert run(site, "verify").returncode == 0
    assert run(site, "clean").stderr == "removed nothing\n"
    assert run(site, "pack", "-o", "site.tar", "-q").returncode == 0
    assert run(site, "verify", "site.tar").returncode == 0
    assert run(site, "unpack", "site.tar", "-o", "copy").returncode == 0
    assert read_tree(site / "copy") == whole
    assert {f"assets/{name}" for name in manifest.companions} < whole.keys()


def test_verify_reports_one_that_was_changed(site: Path) -> None:
    manifest_of(site, "--staticfiles-json")
    path = site / "build/assets/staticfiles.json"
    path.write_text(path.read_text().replace("css", "csx"))
    done = run(site, "verify")
    assert (done.returncode, done.stdout) == (1, "changed: assets/staticfiles.json (its content is another)\n")


def test_a_build_without_them_removes_them_and_nothing_else(site: Path) -> None:
    manifest_of(site, *ALL)
    write_tree(site / "build/assets", {"mine.txt": "x"})
    assert manifest_of(site).companions == {}
    left = {path for path in read_tree(site / "build") if path.endswith((".json", ".txt"))}
    assert left == {"manifest.json", "assets/mine.txt"}


def test_a_second_build_writes_nothing_and_an_edit_renews_them(site: Path) -> None:
    before = manifest_of(site, *ALL)
    tree = read_tree(site / "build")
    assert "wrote nothing" in run(site, "build", *ALL).stderr
    assert read_tree(site / "build") == tree
    write_tree(site, {"assets/img/a.svg": "<svg><g/></svg>"})
    after = manifest_of(site, *ALL)
    assert after.companions.keys() != before.companions.keys()
    staticfiles = json.loads((site / "build/assets/staticfiles.json").read_text())
    assert staticfiles["paths"] == files_of(after)


def test_retained_releases_have_none_and_the_release_is_whole(site: Path) -> None:
    write_tree(site, {"buildassets.toml": "[retain]\n"})
    manifest_of(site, *ALL)
    write_tree(site, {"assets/img/a.svg": "<svg><g/></svg>"})
    manifest = manifest_of(site, *ALL)
    assert manifest.retained
    assert run(site, "clean").stderr == "removed nothing\n"
    assert run(site, "verify").returncode == 0


def test_publish_replaces_those_that_lie_at_the_target(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "public"
    for text in ("<svg/>", "<svg></svg>"):
        write_tree(site, {"assets/img/a.svg": text})
        manifest_of(site, *ALL)
        assert run(site, "publish", str(target), "-q").returncode == 0
    here, there = ({one.name for one in (top / "assets").glob("*.json")} for top in (site / "build", target))
    assert here == there


def test_companions_are_asked_for_each_time_they_are_served(site: Path) -> None:
    manifest_of(site, "--staticfiles-json")
    expected = inventory((site / "build/manifest.json").read_bytes(), "manifest.json").files
    name = "assets/staticfiles.json"
    assert headers_of(name, expected[name]).cache_control == "no-cache"


def test_the_list_for_service_workers_has_revisions_of_plain_files(tmp_path: Path) -> None:
    files: Tree = {"assets/index.html": "<p>", "assets/a.css": ""}
    result = built(tmp_path, files, 'precache = "precache.json"\nplain = ["index.html"]\n')
    assert result.manifest is not None
    listed = json.loads((tmp_path / "build/assets/precache.json").read_text())
    revision = result.manifest.assets["index.html"].digests["identity"]
    assert {"url": "/assets/index.html", "revision": revision} in listed


def test_a_name_without_suffix_or_fingerprint_is_written_unchanged() -> None:
    assets = {
        "LICENSE": Entry("LICENSE.0123456789ab", "text/plain", 1),
        "a-b.js": Entry("a-b.js", "text/javascript", 2),
    }
    (content,) = companions_of(["sprockets"], Manifest("1", {}, "/", assets)).values()
    digests = {file: one["digest"] for file, one in json.loads(content)["files"].items()}
    assert digests == {"LICENSE.0123456789ab": "0123456789ab", "a-b.js": ""}


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_assets_makes_no_difference(form: str) -> None:
    one = {"b.js": Entry("b.1.js", "text/javascript", 1), "a.js": Entry("a.1.js", "text/javascript", 1)}
    other = dict(reversed(one.items()))
    assert companions_of([form], Manifest("1", {}, "/", one)) == companions_of([form], Manifest("1", {}, "/", other))


def test_companions_survive_the_manifest() -> None:
    from buildassets.manifest.model import dumps

    manifest = Manifest("1", {}, "/", {}, companions={"staticfiles.json": Companion(2, "A" * 43 + "=")})
    assert loads(dumps(manifest)).companions == manifest.companions


PRECACHE: Tree = {**SITE, "buildassets.toml": 'precache = "sw/precache.json"\nsource_maps = true\nurl = "/static/"\n'}


def test_a_precache_list_has_every_file_but_source_maps_under_its_url(tmp_path: Path) -> None:
    write_tree(tmp_path, PRECACHE)
    assert run(tmp_path, "build").returncode == 0
    manifest = loads((tmp_path / "build/manifest.json").read_text())
    assert any(path.endswith(".map") for path in manifest.assets)
    listed = json.loads((tmp_path / "build/assets/sw/precache.json").read_text())
    files = [entry.file for path, entry in manifest.assets.items() if not path.endswith(".map")]
    assert listed == [{"revision": None, "url": f"/static/{file}"} for file in sorted(files)]


def test_a_precache_list_follows_an_edit_and_goes_with_its_setting(tmp_path: Path) -> None:
    write_tree(tmp_path, PRECACHE)
    run(tmp_path, "build")
    before = (tmp_path / "build/assets/sw/precache.json").read_text()
    write_tree(tmp_path, {"assets/js/jquery.min.js": "call(2)\n"})
    run(tmp_path, "build")
    assert (tmp_path / "build/assets/sw/precache.json").read_text() != before
    run(tmp_path, "clean")
    assert run(tmp_path, "verify").returncode == 0
    write_tree(tmp_path, {"buildassets.toml": ""})
    run(tmp_path, "build")
    assert not (tmp_path / "build/assets/sw/precache.json").exists()


@pytest.mark.parametrize("name", ["../precache.json", "/precache.json", "precache.js", "release.json"])
def test_a_precache_list_has_the_name_of_a_json_file_below_assets(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {**SITE, "buildassets.toml": f'precache = "{name}"\n'})
    done = run(tmp_path, "build")
    assert done.returncode == 2
    assert "`precache` cannot be" in done.stderr


def test_a_release_file_is_proven_kept_and_removed_with_retain(tmp_path: Path) -> None:
    write_tree(tmp_path, {**SITE, "buildassets.toml": "[retain]\n"})
    run(tmp_path, "build")
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    path = tmp_path / "build/assets/release.json"
    assert json.loads(path.read_text()) == {"release": manifest["release"]}
    run(tmp_path, "clean")
    assert run(tmp_path, "verify").returncode == 0
    path.write_text(path.read_text().replace(manifest["release"], "0" * 64))
    assert run(tmp_path, "verify").returncode == 1
    write_tree(tmp_path, {"buildassets.toml": ""})
    run(tmp_path, "build")
    assert not path.exists()
