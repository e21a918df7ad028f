"""`python -m website`: make the reference, the navigation and `llms.txt`."""

from website.made import MADE, write

for path in MADE:
    write(path)
