"""A watch follows the blocks of templates: here the templates, in `test_watched_files` all else."""

from pathlib import Path

from tests.compat.compressor.site import block
from tests.compat.compressor.watched import PROJECT, Watched, watching
from tests.conftest import wait_for


def test_changed_and_new_templates_are_followed(tmp_path: Path) -> None:
    with watching(tmp_path, PROJECT):
        watched = Watched(tmp_path)
        wait_for(lambda: watched.has_built("first"))
        watched.write({"templates/page.html": block("js", "<script>var second = 2</script>")})
        wait_for(lambda: watched.has_built("second"))
        assert not watched.has_built("first")
        watched.write({"templates/new.html": block("js", "<script>var third = 3</script>")})
        wait_for(lambda: watched.has_built("third"))
