"""Work that needs much memory waits until there is room for it."""

from collections import deque
from contextlib import closing
from io import BytesIO
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import pytest
from PIL import Image

from buildassets.compiler.images.variant import needed_bytes
from buildassets.compiler.sources.discover import discover
from buildassets.compiler.transform.jobs import Drafted, Job
from buildassets.compiler.transform.worker_pool import Workers, settings_of
from buildassets.foundation.paths import LogicalPath
from buildassets.work.jobs import Room
from tests.building import load_config
from tests.conftest import PATIENCE_SECONDS, write_tree


def test_a_variant_of_a_picture_waits_until_there_is_memory_for_it(tmp_path: Path) -> None:
    settings_ = '[images.variants]\n"*" = { widths = [4], formats = ["webp"] }\n'
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    write_tree(tmp_path, {"buildassets.toml": settings_, "assets/a.png": picture.getvalue(), "assets/b.css": "a{}"})
    config = load_config(start=str(tmp_path))
    sources = {source.logical: source for source in discover(config, {}).sources}
    variant = sources[LogicalPath("a.4w.webp")]
    assert variant.variant is not None
    jobs = deque([Job(sources[LogicalPath("b.css")], 1), Job(variant, 1, needed_bytes(variant.variant))])
    room, answers = Room(100), SimpleQueue[Drafted]()
    with closing(Workers(*settings_of(config, "production"))) as workers:
        with room.taken(100):
            waiting = Thread(target=workers.work_off, args=(jobs, answers.put, room))
            waiting.start()
            assert answers.get(timeout=PATIENCE_SECONDS).draft.source.logical == "b.css"
            with pytest.raises(Empty):
                answers.get(timeout=0.2)
        assert answers.get(timeout=PATIENCE_SECONDS).draft.source == variant
        waiting.join()
