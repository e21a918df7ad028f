"""The variants of all pictures of a folder by Pillow, as most scripts do it: `with_pillow.py SOURCE OUTPUT WIDTH…`."""

import sys
from pathlib import Path

from PIL import Image, ImageOps

source, output, *widths = sys.argv[1:]
Path(output).mkdir(parents=True, exist_ok=True)
for path in sorted(Path(source).iterdir()):
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened)
    for width in map(int, widths):
        scaled = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        stem = Path(output) / f"{path.stem}.{width}w"
        scaled.save(f"{stem}.avif", quality=80)
        scaled.save(f"{stem}.webp", quality=80)
