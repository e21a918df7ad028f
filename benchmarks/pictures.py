"""Variants of photos by ours, by a plain loop over Pillow and by sharp: `python -m benchmarks.pictures --help`.

The photos are made up, of a few hundred soft shapes with noise, and the same each time.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter
from PIL import __version__ as pillow_version

from benchmarks.installed import PEERS, MissingError, node_modules, said
from benchmarks.measure import Command, FailedRunError, Run, run

_WIDTHS: Final = (480, 960, 1920)
_FORMATS: Final = ("avif", "webp")
_OWN: Final = PEERS / "pictures"
_NOISE: Final = 18


def main() -> None:
    """Measure each contender in turn, and print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description="Compare makers of variants.")
    parser.add_argument("--photos", type=int, default=50, metavar="N", help="how many (default: 50)")
    parser.add_argument(
        "--megapixels", type=float, default=12, metavar="N", help="of each photo, 3 or more (default: 12)"
    )
    parser.add_argument("--scratch", default="/dev/shm", metavar="DIR", help="a folder in memory (default: /dev/shm)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pictures-", dir=options.scratch) as scratch:
        photos = make_photos(Path(scratch) / "photos", options.photos, options.megapixels)
        each = len(_WIDTHS) * len(_FORMATS)
        print(f"{options.photos} photos of {options.megapixels:g} megapixels, {each} variants of each")
        for name, contender in _CONTENDERS.items():
            print(f"{name:>28}: {_measured(contender, photos, Path(scratch) / 'output')}", flush=True)


def _measured(contender: Callable[[Path, Path], Command], photos: Path, output: Path) -> str:
    try:
        command = contender(photos, output)
        done: Run = run(command)
    except (MissingError, FailedRunError) as fault:
        return f"not run: {fault}"
    made = [path for path in output.rglob("*w.*") if path.suffix in (".avif", ".webp")]
    expected = len(list(photos.iterdir())) * len(_WIDTHS) * len(_FORMATS)
    if len(made) != expected:
        sys.exit(f"{command.version} made {len(made)} variants, not {expected}")
    size = sum(path.stat().st_size for path in made) / 1e6
    cost = f"{done.seconds:.1f} s, {done.cpu_seconds:.1f} s of CPU, {done.peak_bytes / 1e6:.0f} MB a process"
    return f"{cost}; {size:.1f} MB ({command.version})"


def make_photos(folder: Path, count: int, megapixels: float) -> Path:
    """Photos with the ratio 4 to 3, as JPEGs in `folder`."""
    folder.mkdir(parents=True)
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    for number in range(count):
        shapes = Image.new("RGB", (width // 8, height // 8))
        draw, chance = ImageDraw.Draw(shapes), Random(number)
        for _ in range(300):
            x, y, radius = chance.randrange(shapes.width), chance.randrange(shapes.height), chance.randrange(4, 60)
            colour = tuple(chance.randrange(256) for _ in range(3))
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        photo = shapes.filter(ImageFilter.GaussianBlur(2)).resize((width, height), Image.Resampling.BICUBIC)
        grain = Image.frombytes("L", (512, 512), chance.randbytes(512 * 512)).resize((width, height))
        Image.blend(photo, grain.convert("RGB"), _NOISE / 255).save(folder / f"{number:03}.jpg", quality=90)
    return folder


def _ours_cold(photos: Path, output: Path) -> Command:
    shutil.rmtree(output, ignore_errors=True)
    return _ours(photos, output)


def _ours(photos: Path, output: Path) -> Command:
    """Ours in a project beside `output`, which keeps its cache there for the next run."""
    rule = f"{{ widths = {list(_WIDTHS)}, formats = {json.dumps(_FORMATS)}, quality = 80 }}"
    settings = f"sources = [{json.dumps(str(photos))}]\n[images]\nwarn = 0\n[images.variants]\n'*' = {rule}\n"
    output.mkdir(exist_ok=True)
    (output / "buildassets.toml").write_text(settings)
    version = said(sys.executable, "-m", "buildassets", "--version")
    return Command([sys.executable, "-m", "buildassets", "build", "-q"], version, output)


def _pillow(photos: Path, output: Path) -> Command:
    shutil.rmtree(output, ignore_errors=True)
    arguments = [sys.executable, str(_OWN / "with_pillow.py"), str(photos), str(output), *map(str, _WIDTHS)]
    return Command(arguments, f"Pillow {pillow_version}")


def _sharp(photos: Path, output: Path) -> Command:
    shutil.rmtree(output, ignore_errors=True)
    modules = node_modules(_OWN)
    version = json.loads((modules / "sharp/package.json").read_text())["version"]
    program = str(_OWN / "with_sharp.mjs")
    arguments = ["node", program, str(photos), str(output), str(modules), *map(str, _WIDTHS)]
    return Command(arguments, f"sharp {version}")


_CONTENDERS: Final[dict[str, Callable[[Path, Path], Command]]] = {
    "a loop over Pillow": _pillow,
    "sharp": _sharp,
    "buildassets": _ours_cold,
    "buildassets, nothing changed": _ours,
}


if __name__ == "__main__":
    main()
