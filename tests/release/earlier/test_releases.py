"""Files of earlier releases are carried over from folders and servers, once they match their manifest."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.result import BuildResult
from buildassets.errors import BuildError, ReleaseError
from buildassets.foundation.permission import BUILDING
from buildassets.manifest.model import Manifest, loads
from buildassets.release.archive.read import Form
from buildassets.release.archive.write import pack_folder
from buildassets.release.earlier.releases import previous_release
from tests.building import build, load_config
from tests.conftest import Tree, read_tree, write_tree

SITE: Tree = {"buildassets.toml": "", "assets/app.css": "a { color: red }\n" * 20, "assets/app.js": "call(0)\n"}
HOUR = 3600


class Images:
    """Builds of one project, each into a folder of its own that is empty before, as in an image."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_tree(folder, SITE)
        self.hours = 0.0

    def build(self, image: str, *previous: str, script: str | None = None, url: str | None = None) -> BuildResult:
        if script is not None:
            write_tree(self.folder, {"assets/app.js": f"{script}\n"})
        config = load_config(start=str(self.folder), output=str(self.folder / image))
        with ExitStack() as opened:
            found = [
                opened.enter_context(previous_release(self._source(one), url, permission=BUILDING)) for one in previous
            ]
            return build(config, clock=lambda: self.hours * HOUR, previous=found)

    def _source(self, previous: str) -> str:
        return previous if ":" in previous else str(self.folder / previous)

    def chain(self, count: int) -> list[Manifest]:
        """So many releases, each carried from the one before, an hour apart."""
        made = []
        for number in range(count):
            self.hours = number
            before = [f"image{number - 1}"] if number else []
            assert self.build(f"image{number}", *before, script=f"call({number})").succeeded
            made.append(self.manifest(f"image{number}"))
        return made

    def manifest(self, image: str) -> Manifest:
        return loads((self.folder / image / "manifest.json").read_text())

    def settle(self, text: str) -> None:
        write_tree(self.folder, {"buildassets.toml": text})


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images(tmp_path)


def scripts(manifest: Manifest) -> list[str]:
    """The script of each retained release."""
    return [release.assets["app.js"].file for release in manifest.retained]


def test_files_of_the_previous_release_are_carried_over(images: Images) -> None:
    images.build("one")
    write_tree(images.folder, {"assets/app.css": "b { color: tan }\n" * 20})
    images.build("two", "one")
    (kept,) = images.manifest("two").retained
    assert list(kept.assets) == ["app.css"]
    one, two = read_tree(images.folder / "one"), read_tree(images.folder / "two")
    carried = {name for name in one if ".css" in name}
    assert len(carried) == 3
    assert {name: two[name] for name in carried} == {name: one[name] for name in carried}


def test_files_that_the_previous_release_carries_are_kept_within_the_limits(images: Images) -> None:
    made = [one.assets["app.js"].file for one in images.chain(5)]
    manifest = images.manifest("image4")
    assert scripts(manifest) == [made[3], made[2], made[1]]
    assert [one.superseded for one in manifest.retained] == [f"1970-01-01T0{hour}:00:00Z" for hour in (4, 3, 2)]


def test_the_configured_limits_hold(images: Images) -> None:
    images.settle("[retain]\nreleases = 5\nhours = 2\n")
    assert len(images.chain(6)[-1].retained) == 3


def test_the_same_build_again_writes_nothing(images: Images) -> None:
    images.chain(3)
    images.hours = 5
    assert images.build("image2", "image1").written == ()


def test_a_release_served_until_now_is_not_too_old(images: Images) -> None:
    images.chain(2)
    images.hours = 48
    images.build("image1", "image0")
    (kept,) = images.manifest("image1").retained
    assert kept.superseded == "1970-01-03T00:00:00Z"


def test_a_clock_that_goes_back_leaves_the_release_that_is_served(images: Images) -> None:
    images.settle("[retain]\nreleases = 1\n")
    images.chain(3)
    images.hours = 0.5
    images.build("image3", "image2", script="call(3)")
    assert scripts(images.manifest("image3")) == [images.manifest("image2").assets["app.js"].file]


def test_several_releases_may_be_carried_over(images: Images) -> None:
    for number in range(3):
        images.build(f"image{number}", script=f"call({number})")
    images.build("image3", "image1", "image2", "image0", script="call(3)")
    assert len(scripts(images.manifest("image3"))) == 3


def test_a_release_that_has_the_same_files_is_not_an_earlier_one(images: Images) -> None:
    images.build("one")
    images.build("two", "one")
    assert images.manifest("two").retained == ()


def test_the_release_directory_is_not_an_earlier_release_then(images: Images) -> None:
    images.settle("[retain]\n")
    images.build("one")
    images.build("two", script="tried()")
    images.build("two", "one", script="call(2)")
    assert scripts(images.manifest("two")) == [images.manifest("one").assets["app.js"].file]


def fault(images: Images) -> str:
    """The note of the one diagnostic of a build that carries `one` over; it has written nothing."""
    result = images.build("two", "one", script="call(2)")
    (found,) = result.diagnostics
    assert (found.code, result.written) == ("carry/file", ())
    assert not (images.folder / "two/manifest.json").exists()
    (note,) = found.notes
    return note


def test_a_file_that_differs_from_its_manifest_is_not_trusted(images: Images) -> None:
    images.build("one")
    file = images.manifest("one").assets["app.js"].file
    (images.folder / "one/assets" / file).write_text("call(1)")
    assert fault(images) == f"`{file}` does not match its manifest"


def test_a_missing_file_is_reported(images: Images) -> None:
    images.build("one")
    file = images.manifest("one").assets["app.js"].file
    (images.folder / "one/assets" / file).unlink()
    assert fault(images) == f"`{file}` is not there"


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../secret"},
        {"file": "/etc/passwd"},
        {"file": "a\0b"},
        {"size": "7"},
        {"size": -1},
        {"integrity": "md5-AAAA"},
        {"encodings": {"gzip": None}},
    ],
    ids=str,
)
def test_a_manifest_that_no_build_writes_is_not_trusted(images: Images, change: Mapping[str, Any]) -> None:
    images.build("one")
    write_tree(images.folder, {"secret": "call(0)"})
    path = images.folder / "one/manifest.json"
    document = json.loads(path.read_text())
    document["assets"]["app.js"] |= change
    path.write_text(json.dumps(document))
    with pytest.raises(BuildError, match=f"the `{next(iter(change))}` of `app.js` is damaged"):
        images.build("two", "one", script="call(2)")
    assert not (images.folder / "two/manifest.json").exists()


def test_a_file_without_a_digest_is_not_carried_over(images: Images) -> None:
    images.build("one")
    path = images.folder / "one/manifest.json"
    document = json.loads(path.read_text())
    del document["assets"]["app.js"]["integrity"]
    path.write_text(json.dumps(document))
    assert fault(images).endswith("has no digest")


def test_files_without_integrity_metadata_are_proven_by_their_digests(images: Images) -> None:
    images.settle('integrity = "none"\n')
    images.build("one")
    assert images.build("two", "one", script="call(2)").succeeded
    file = images.manifest("one").assets["app.js"].file
    (images.folder / "one/assets" / file).write_text("call(9)")
    images.hours = 1
    assert not images.build("three", "one").succeeded


def test_a_copy_that_cannot_be_proven_is_left_out(images: Images) -> None:
    images.build("one")
    path = images.folder / "one/manifest.json"
    document = json.loads(path.read_text())
    del document["assets"]["app.css"]["digests"]
    path.write_text(json.dumps(document))
    write_tree(images.folder, {"assets/app.css": ""})
    images.build("two", "one")
    assert images.manifest("two").retained[0].assets["app.css"].encodings == {}


class Server(ThreadingHTTPServer):
    """Serves a folder. It answers each path of `troubles` with the first status there, which is gone then."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Files, directory=str(folder)))
        self.troubles: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Files(SimpleHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        troubles = self.server.troubles.get(self.path)
        if not troubles:
            super().do_GET()
        elif (status := troubles.pop(0)) > 0:
            self.send_error(status)
        else:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\ncall")  # and then the line is dead

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as started:
        thread = threading.Thread(target=started.serve_forever, args=(0.01,))
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def test_files_are_fetched_from_where_the_manifest_is_served(images: Images, server: Server) -> None:
    images.build("one")
    assert images.build("two", f"{server.url}/one/manifest.json", script="call(2)").succeeded
    images.build("three", "one")
    assert read_tree(images.folder / "two/assets") == read_tree(images.folder / "three/assets")


def test_files_are_fetched_from_their_given_place(images: Images, server: Server) -> None:
    images.build("one")
    write_tree(images.folder, {"m.json": (images.folder / "one/manifest.json").read_bytes()})
    assert images.build("two", "m.json", script="call(2)", url=f"{server.url}/one/assets").succeeded
    assert scripts(images.manifest("two")) == [images.manifest("one").assets["app.js"].file]


def test_copies_that_are_not_served_are_left_out(images: Images, server: Server) -> None:
    images.build("one")
    for copy in (images.folder / "one/assets").glob("*.br"):
        copy.unlink()
    write_tree(images.folder, {"assets/app.css": ""})
    assert images.build("two", f"{server.url}/one/manifest.json").succeeded
    assert list(images.manifest("two").retained[0].assets["app.css"].encodings) == ["gzip"]


@pytest.mark.parametrize("troubles", [[503, 500], [0, 429]], ids=["busy", "cut off"])
def test_passing_faults_are_tried_again(
    images: Images, server: Server, troubles: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    images.build("one")
    server.troubles[f"/one/assets/{images.manifest('one').assets['app.js'].file}"] = troubles
    server.troubles["/one/manifest.json"] = list(troubles)
    assert images.build("two", f"{server.url}/one/manifest.json", script="call(2)").succeeded


@pytest.mark.parametrize("form", ["tar", "tar.gz", "zip"])
def test_files_are_taken_from_an_archive(images: Images, form: Form) -> None:
    images.build("one")
    pack_folder(str(images.folder / "one"), "one", str(images.folder / f"one.{form}"), form)
    assert images.build("two", f"one.{form}", script="call(2)").succeeded
    images.build("three", "one")
    assert read_tree(images.folder / "two/assets") == read_tree(images.folder / "three/assets")


def test_a_damaged_archive_is_reported(images: Images) -> None:
    images.build("one")
    pack_folder(str(images.folder / "one"), "one", str(images.folder / "one.tar"), "tar")
    content = (images.folder / "one.tar").read_bytes()
    (images.folder / "one.tar").write_bytes(content.replace(b"call(0)", b"call(9)"))
    with pytest.raises(ReleaseError) as caught:
        images.build("two", "one.tar")
    assert [found.code for found in caught.value.diagnostics] == ["verify/changed"]


def refusal(source: str) -> str:
    """Why it cannot be read."""
    with pytest.raises(BuildError) as caught, previous_release(source, permission=BUILDING):
        pass
    (found,) = caught.value.diagnostics
    assert found.code == "manifest/unreadable"
    return found.message


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (403, 1)])
def test_a_server_without_a_manifest_is_reported(
    server: Server, status: int, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    server.troubles["/manifest.json"] = [status] * 5
    assert refusal(f"{server.url}/manifest.json").endswith(f": the server answers {status}")
    assert len(server.asked) == tries


@pytest.mark.parametrize("name", ["gone", "gone/manifest.json"])
def test_a_release_that_is_not_there_is_absent(images: Images, server: Server, name: str) -> None:
    for source in (str(images.folder / name), f"{server.url}/{name}"):
        with pytest.raises(FileNotFoundError), previous_release(source, permission=BUILDING):
            pass


def test_reading_ends_at_the_size_in_the_manifest(images: Images, server: Server) -> None:
    images.build("one")
    file = images.manifest("one").assets["app.js"].file
    (images.folder / "one/assets" / file).write_bytes(bytes(10_000_000))
    with previous_release(f"{server.url}/one/manifest.json", permission=BUILDING) as previous:
        previous.fetch(file, 7, str(images.folder / "place"))
    assert (images.folder / "place").stat().st_size == 8


@pytest.mark.parametrize("source", ["http://127.0.0.1:1/manifest.json", "http://[/m.json", "http://nowhere.invalid/"])
def test_an_unreachable_server_is_reported(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert refusal(source).startswith(f"cannot read `{source}`: ")


def test_an_invalid_manifest_is_reported(images: Images) -> None:
    write_tree(images.folder, {"one/manifest.json": "<html>"})
    assert "is not JSON" in refusal(str(images.folder / "one"))


def test_a_url_of_a_file_is_one_of_its_path(images: Images) -> None:
    images.build("one")
    assert images.build("two", (images.folder / "one").as_uri(), script="call(2)").succeeded
    assert scripts(images.manifest("two")) == [images.manifest("one").assets["app.js"].file]
