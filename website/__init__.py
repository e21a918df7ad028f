"""The documentation as a site, for `make docs`, and the pages of it that are made from the code.

`hooks` is what MkDocs calls; `index` reads docs/README.md, of which the navigation and `llms.txt` are made; the other
modules each make a page of the reference. `python -m website` writes what they make, and tests/docs/test_site.py fails
where that has not been done.
"""
