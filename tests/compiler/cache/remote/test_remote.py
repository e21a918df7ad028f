"""Results of one machine are found by another: in nginx, Redis, S3 and a folder, and only with the right keys."""

import json
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.compiler.cache.remote import line
from tests.command import run
from tests.compiler.cache.remote.servers import nginx, redis
from tests.compiler.cache.remote.sites import STEPS, Built, build_site, key_pair, site
from tests.conftest import PATIENCE_SECONDS, Tree
from tests.release.s3 import BUCKET, S3, s3_server

SECRET, PUBLIC = key_pair()
MAIN = {"main": [PUBLIC]}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds wait for servers that a busy machine delays."""
    monkeypatch.setattr(line, "PATIENCE_SECONDS", PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield server


@pytest.fixture
def _s3(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients find the S3 server by the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["nginx", "redis", "folder", "s3"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty remote cache, of each kind."""
    if request.param == "nginx":
        with nginx(tmp_path / "served") as url:
            yield url
    elif request.param == "redis":
        with redis(tmp_path / "redis") as url:
            yield url
    elif request.param == "s3":
        request.getfixturevalue("_s3")
        yield f"s3://{BUCKET}/cache"
    else:
        yield (tmp_path / "shared").as_uri()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return (tmp_path / "shared").as_uri()


def written(place: Path, remote: str, key: str = SECRET, **variables: str) -> Built:
    """A first build, which writes to the remote cache."""
    return build_site(site(place, remote, MAIN), "--cache-write", **{"KEY": key, **variables})


def test_another_machine_reads_results_that_one_wrote(remote: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", remote)
    assert first.codes == []
    second = build_site(site(tmp_path / "elsewhere/second", remote, MAIN))
    assert second.codes == []
    assert second.remote["hits"] == STEPS, second.text
    assert second.remote["misses"] == 0
    assert second.remote["bytes"] > 0
    assert second.document["anew"] == {}
    assert second.files == first.files


def test_a_build_reads_only_unless_it_is_asked_to_write(folder: str, tmp_path: Path) -> None:
    build_site(site(tmp_path / "first", folder, MAIN), KEY=SECRET)
    assert not (tmp_path / "shared").exists()


def test_an_edited_partial_is_a_miss(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    place = site(tmp_path / "second", folder, MAIN)
    (place / "assets/css/_own.scss").write_text(".own { width: 2px }\n")
    second = build_site(place)
    assert list(second.document["anew"]) == ["css/app.css"]
    assert b"2px" in b"".join(second.files.values())


def test_a_record_of_a_key_that_is_not_listed_is_a_miss(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    written(tmp_path / "first", folder, key=stranger)
    second = build_site(site(tmp_path / "second", folder, MAIN))
    assert second.remote["hits"] == 0
    assert second.codes == ["cache/remote"]
    assert "not signed by a key of its scope" in second.text


def test_a_writer_with_a_key_that_is_not_listed_is_warned(folder: str, tmp_path: Path) -> None:
    stranger, public = key_pair()
    first = written(tmp_path / "first", folder, key=stranger)
    assert first.codes == ["cache/trust"]
    assert f"list its public key, `{public}`" in first.document["diagnostics"][0]["hint"]


@pytest.mark.parametrize("key", [SECRET, f"hmac:{'ab' * 32}"], ids=["listed", "shared"])
def test_a_writer_whose_key_is_listed_or_shared_is_not_warned(folder: str, tmp_path: Path, key: str) -> None:
    assert written(tmp_path / "first", folder, key=key).codes == []


def test_a_scope_of_its_own_needs_no_listed_key(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    assert written(tmp_path / "first", folder, key=stranger, SCOPE="pull", READ="main").codes == []


def test_a_signed_record_is_a_miss_where_no_key_is_listed(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    assert build_site(site(tmp_path / "second", folder)).remote["hits"] == 0


def test_a_writer_replaces_records_that_do_not_verify(folder: str, tmp_path: Path) -> None:
    stranger, _ = key_pair()
    written(tmp_path / "first", folder, key=stranger)
    assert written(tmp_path / "second", folder).remote["hits"] == 0
    assert build_site(site(tmp_path / "third", folder, MAIN)).remote["hits"] == STEPS


def test_a_folder_without_keys_needs_no_signatures(folder: str, tmp_path: Path) -> None:
    build_site(site(tmp_path / "first", folder), "--cache-write")
    assert build_site(site(tmp_path / "second", folder)).remote["hits"] == STEPS


def test_unsigned_records_are_misses_where_a_key_is_listed(folder: str, tmp_path: Path) -> None:
    build_site(site(tmp_path / "first", folder), "--cache-write")
    assert build_site(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_without_a_key_nothing_is_written_over_http(tmp_path: Path) -> None:
    with nginx(tmp_path / "served") as url:
        first = build_site(site(tmp_path / "first", url), "--cache-write")
        assert first.codes == ["cache/trust"]
        second = build_site(site(tmp_path / "second", url, MAIN), "--cache-write")
        assert "`$BUILDASSETS_CACHE_KEY` is not set" in second.text
        assert not list((tmp_path / "served/cache").iterdir())


def test_scopes_do_not_see_one_another(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder, SCOPE="branch")
    assert build_site(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_a_branch_reads_what_main_wrote_and_main_nothing_of_the_branch(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    branch, public = key_pair()
    trust = {**MAIN, "branch": [public]}
    place = site(tmp_path / "second", folder, trust)
    (place / "assets/b.js").write_text("changed( 1 );\n" * 99)
    second = build_site(place, "--cache-write", KEY=branch, SCOPE="branch", READ="main")
    assert second.remote["hits"] == 5
    shutil.rmtree(place / ".buildassets")
    shutil.rmtree(place / "build")
    assert build_site(place).remote["hits"] == 5
    shutil.rmtree(place / ".buildassets")
    shutil.rmtree(place / "build")
    assert build_site(place, SCOPE="branch", READ="main").remote["hits"] == STEPS


def test_with_hmac_the_owner_of_the_key_reads(folder: str, tmp_path: Path) -> None:
    key = f"hmac:{'ab' * 32}"
    build_site(site(tmp_path / "first", folder), "--cache-write", KEY=key)
    assert build_site(site(tmp_path / "second", folder), KEY=key).remote["hits"] == STEPS
    assert build_site(site(tmp_path / "third", folder), KEY=f"hmac:{'cd' * 32}").remote["hits"] == 0


def test_another_scope_is_not_read_by_hmac(folder: str, tmp_path: Path) -> None:
    key = f"hmac:{'ab' * 32}"
    build_site(site(tmp_path / "first", folder), "--cache-write", KEY=key)
    second = build_site(site(tmp_path / "second", folder), KEY=key, SCOPE="branch", READ="main")
    assert second.remote["hits"] == 0
    assert second.codes == ["cache/trust"]


def test_of_several_keys_the_first_signs_and_all_verify(folder: str, tmp_path: Path) -> None:
    new, public = key_pair()
    written(tmp_path / "first", folder)
    assert build_site(site(tmp_path / "second", folder), KEY=f"{new} {SECRET}").remote["hits"] == STEPS
    shutil.rmtree(tmp_path / "shared")
    written(tmp_path / "third", folder, key=f"{new} {SECRET}")
    assert build_site(site(tmp_path / "fourth", folder, {"main": [public]})).remote["hits"] == STEPS


def test_moved_records_are_misses(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    records = sorted((tmp_path / "shared/ac").iterdir())
    contents = [path.read_bytes() for path in records]
    for path, content in zip(records, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert build_site(site(tmp_path / "second", folder, MAIN)).remote["hits"] == 0


def test_each_change_of_a_record_makes_it_a_miss(folder: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", folder)
    for path in (tmp_path / "shared/ac").iterdir():
        record = json.loads(path.read_bytes())
        record |= {"milliseconds": record["milliseconds"] + 1} if "milliseconds" in record else {"names": ["x"]}
        path.write_text(json.dumps(record))
    second = build_site(site(tmp_path / "second", folder, MAIN))
    assert second.remote["hits"] == 0
    assert second.files == first.files


def test_changed_bytes_are_misses_and_are_written_again(folder: str, tmp_path: Path) -> None:
    first = written(tmp_path / "first", folder)
    for path in (tmp_path / "shared/cas").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    second = written(tmp_path / "second", folder)
    assert second.remote["hits"] == 2  # copies that are not worthwhile: there are no bytes
    assert second.codes == ["cache/remote"]
    assert second.files == first.files
    assert build_site(site(tmp_path / "third", folder, MAIN)).remote["hits"] == STEPS


def test_nothing_of_the_machine_is_written(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a-secret-of-this-machine")
    files = {"assets/a.js": f'shown( "a-secret-of-this-machine", "{tmp_path}" );\n', "assets/b.js": "shown( 1 );\n"}
    build_site(site(tmp_path / "first", folder, MAIN, files), "--cache-write", KEY=SECRET)
    stored = [path.read_bytes() for path in (tmp_path / "shared").rglob("*") if path.is_file()]
    sent = b"".join(zlib.decompress(content) if content[:1] == b"x" else content for content in stored)
    assert b"shown(1)" in sent
    assert b"a-secret-of-this-machine" not in sent
    assert str(tmp_path).encode() not in sent


def test_results_with_a_name_like_that_of_the_home_folder_are_shared(folder: str, tmp_path: Path) -> None:
    files: Tree = {"assets/app/root.css": "a { background: url(../app/x.svg) }\n" * 40, "assets/app/x.svg": "<svg/>"}
    arguments = ("build", "--cache-write", "-v")
    variables = {"HOME": "/app", "BUILDASSETS_CACHE_KEY": SECRET}
    first = run(site(tmp_path / "first", folder, MAIN, files), *arguments, **variables)
    assert "not written" not in first.stderr
    second = build_site(site(tmp_path / "second", folder, MAIN, files))
    assert second.remote["misses"] == 0


def test_verbose_reports_what_is_not_written(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a-secret-of-this-machine")
    text = 'call( "a-secret-of-this-machine" );\n' * 40
    place = site(tmp_path / "first", folder, MAIN, {"assets/a.js": text, "assets/b.txt": text, "assets/c.js": "c()"})
    shown = run(place, "build", "-v", "--cache-write", BUILDASSETS_CACHE_KEY=SECRET).stderr
    kept_back = [line.split("`")[1] for line in shown.splitlines() if "is not written to it" in line]
    assert [re.sub(r"[.][0-9a-f]{12}", "", name) for name in kept_back] == ["a.js", "a.js", "b.txt"]


def test_explain_names_the_remote_cache(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    place = site(tmp_path / "second", folder, MAIN)
    build_site(place)
    assert "b.js: up to date, from the remote cache" in run(place, "explain", "b.js").stdout


def test_no_cache_also_ignores_the_remote_cache(folder: str, tmp_path: Path) -> None:
    build_site(site(tmp_path / "first", folder, MAIN), "--cache-write", "--no-cache", KEY=SECRET)
    assert not (tmp_path / "shared").exists()


def test_verbose_counts(folder: str, tmp_path: Path) -> None:
    written(tmp_path / "first", folder)
    shown = run(site(tmp_path / "second", folder, MAIN), "build", "-v")
    assert f"remote cache: {STEPS} hits, 0 misses, " in shown.stderr


def test_files_that_show_the_environment_are_not_written(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", "https://internal.example")
    files = {"assets/a.js": "".join(f"call( import.meta.env.API_URL, {number} );\n" for number in range(99))}
    place = site(tmp_path / "first", folder, MAIN, files)
    settings = (place / "buildassets.toml").read_text()
    (place / "buildassets.toml").write_text(f'env = ["API_URL"]\n{settings}')
    first = build_site(place, "--cache-write", KEY=SECRET)
    assert any(b"internal.example" in content for content in first.files.values())
    assert not (tmp_path / "shared/cas").exists()


def test_deltas_also_come_from_the_remote_cache(folder: str, tmp_path: Path) -> None:
    made = []
    for name, options in (("first", ["--cache-write"]), ("second", [])):
        place = site(tmp_path / name, folder, MAIN)
        settings = (place / "buildassets.toml").read_text()
        (place / "buildassets.toml").write_text(f'compress = ["zstd", "dcz"]\n{settings}[retain]\n')
        build_site(place, *options, KEY=SECRET)
        (place / "assets/b.js").write_text((place / "assets/b.js").read_text() + "more( 1 );\n")
        made.append(build_site(place, *options, KEY=SECRET))
    assert [name for name in made[0].files if ".dcz" in name]
    assert set(made[1].files) == set(made[0].files)
    assert (made[1].remote["misses"], made[1].document["anew"]) == (0, {})


@pytest.mark.usefixtures("_s3")
def test_a_bucket_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    reader = build_site(site(tmp_path / "first", "s3://no-such-bucket/cache", MAIN))
    assert "the bucket does not exist" in reader.text
