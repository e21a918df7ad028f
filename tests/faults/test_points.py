"""A build that is killed, or refused something, at any of its file system calls leaves a whole release, no litter."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.release.verify.verify import verified
from tests.conftest import Tree, read_tree, write_tree
from tests.faults.points import CALLS, Builder, Point, points, printed_in

pytestmark = pytest.mark.thorough

SHARES = 2  # of the points of a change, for tests that run side by side
BUILD = ("build", "--jobs", "1")  # which makes the same calls in the same order each time
SITE: Tree = {
    "buildassets.toml": "",
    "assets/css/app.css": "a { background: url(../img/a.svg) }\n" + "b { color: tan }\n" * 20,
    "assets/img/a.svg": "<svg/>",
    "assets/js/app.js": 'import "./lib.js";\n' + "console.log(1);\n" * 20,
    "assets/js/lib.js": "export default 1\n",
}
EDIT: Tree = {"assets/css/app.css": "a { background: url(../img/a.svg) }\n" + "b { color: red }\n" * 20}
ADDITION: Tree = {**EDIT, "assets/js/new.js": "let a = 1\n"}


class Site:
    """A project with a release, and then with a `change` of its sources, which has to be built."""

    def __init__(self, folder: Path, builder: Builder, change: Tree) -> None:
        self.folder = folder
        self._builder = builder
        self._prepared = folder.with_name("prepared")
        write_tree(self._prepared, SITE)
        assert builder.run(self._prepared, *BUILD) == 0, printed_in(self._prepared)
        write_tree(self._prepared, change)
        self.prepare()
        self.manifests = [self.manifest()]
        assert builder.run(folder, *BUILD) == 0, printed_in(folder)
        self.manifests.append(self.manifest())
        self.released = self.release()

    def prepare(self) -> None:
        """Restore the project as it is before the build of the change."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self._prepared, self.folder)

    def manifest(self) -> bytes:
        return (self.folder / "build/manifest.json").read_bytes()

    def release(self) -> dict[str, bytes]:
        return read_tree(self.folder / "build")

    def points(self) -> list[Point]:
        """List all points of the build after the change."""
        self.prepare()
        log = self.folder.with_name("log")
        options = ("-o", str(log), "-y", "-s", "0", "-e", f"trace={','.join(CALLS)}")
        assert self._builder.run(self.folder, *BUILD, strace=options) == 0, printed_in(self.folder)
        return list(points(log, self.folder))

    def is_hit(self, point: Point) -> tuple[bool, int]:
        """Build while that happens; return whether it did, and the exit status."""
        self.prepare()
        log = self.folder.with_name("log")
        options = ("-o", str(log), *point.injection)
        status = self._builder.run(self.folder, *BUILD, strace=options)
        return ("(INJECTED)" in log.read_text() if point.failure else status == -9), status

    def faults(self, point: Point, status: int) -> Iterator[str]:
        """List the faults after a build to which that happened, and after the next one."""
        yield from self._faults_after(point, status)
        if self._builder.run(self.folder, *BUILD) != 0:
            yield f"the next build fails: {printed_in(self.folder)}"
        elif self.release() != self.released:
            yield "the next build gives another release"
        # A build with nothing to do does not look for litter. What is left in the cache goes when that is swept.
        if any((self.folder / "build").rglob(".new-*")):
            self._builder.run(self.folder, *BUILD, "--no-cache")
            yield from (f"litter: {path}" for path in (self.folder / "build").rglob(".new-*"))

    def _faults_after(self, point: Point, status: int) -> Iterator[str]:
        manifest, text = self.manifest(), printed_in(self.folder)
        report = verified(str(self.folder / "build"), "build").report
        if report.missing or report.changed:
            yield f"torn: {report}"
        if manifest not in self.manifests:
            yield "a manifest of neither release"
        if point.failure is None:
            return
        if status not in (0, 1, 2) or "Traceback" in text:
            yield f"it ended with {status}: {text}"
        if status == 0 and manifest != self.manifests[1]:
            yield f"it ended well without a new release: {text}"
        if status != 0 and "error[" not in text:
            yield f"it does not report what is wrong: {text}"


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    with closing(Builder()) as started:
        yield started


@pytest.mark.parametrize("change", [ADDITION, EDIT], ids=["addition", "edit"])
def test_release_is_whole_wherever_a_build_is_killed(builder: Builder, tmp_path: Path, change: Tree) -> None:
    """A kill at a call that only reads leaves the disk as a kill at the next call that changes it."""
    site = Site(tmp_path / "site", builder, change)
    assert_safe(site, [point for point in site.points() if point.failure is None and point.changes])


@pytest.mark.parametrize("share", range(SHARES))
def test_release_is_whole_whatever_a_build_is_refused(builder: Builder, tmp_path: Path, share: int) -> None:
    """Each change is refused, and every second call that only reads: many of them are made at one place."""
    site = Site(tmp_path / "site", builder, ADDITION)
    refused = [point for point in site.points() if point.failure is not None]
    changing, reading = ([point for point in refused if point.changes is change] for change in (True, False))
    assert_safe(site, [*changing, *reading[::2]][share::SHARES])


def assert_safe(site: Site, aims: list[Point]) -> None:
    """Check that a build of `site` to which one of these happens leaves what it should; most do happen."""
    missed, found = [], []
    for point in aims:
        is_hit, status = site.is_hit(point)
        missed += [] if is_hit else [str(point)]
        found += [f"{point}: {fault}" for fault in site.faults(point, status)]
    assert not found, "\n".join([f"{len(found)} faults at {len(aims)} points", *found])
    assert len(missed) < 0.02 * len(aims), "\n".join([f"{len(missed)} of {len(aims)} points are not there", *missed])
    assert len(aims) > 20


def test_point_is_the_same_whatever_else_a_busy_build_does(tmp_path: Path) -> None:
    of_release = [
        f'openat(AT_FDCWD<{tmp_path}>, "{tmp_path}/build/.new-1", O_WRONLY|O_CREAT|O_EXCL, 0666) = 3',
        f'write(3<{tmp_path}/build/.new-1>, ""..., 99) = 99',
        f'rename("{tmp_path}/build/.new-1", "{tmp_path}/build/manifest.json") = 0',
    ]
    elsewhere = ['write(2</dev/null>, ""..., 20) = 20', f'read(3<{tmp_path}/assets/a.css>, ""..., 65536) = 20']
    log = tmp_path / "log"
    log.write_text("\n".join(of_release))
    expected = {str(point) for point in points(log, tmp_path)}
    log.write_text("\n".join([*elsewhere, *of_release[:1], *elsewhere, *of_release[1:]]))
    assert expected <= {str(point) for point in points(log, tmp_path)}
    (written,) = (point for point in points(log, tmp_path) if point.name == "write" and point.failure == "ENOSPC")
    assert written.injection[:2] == ("-P", f"{tmp_path}/build/.new-1")


def test_calls_of_a_kind_share_all_errors_that_it_can_have(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for count in range(1, 12):
        log.write_text("".join(f'rename("{tmp_path}/build/{n}", "{tmp_path}/a") = 0\n' for n in range(count)))
        found = [point.failure for point in points(log, tmp_path) if point.failure]
        assert set(found) == {"EACCES", "EDQUOT", "EIO", "ENOSPC", "EROFS"}
        assert len(found) == max(count, 5)
