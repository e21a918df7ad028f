"""The languages of assets, a folder each. Texts come in; tokens, references, edits, verdicts go out.

Pure but for `native`: nothing else reads a file or starts a process, and nothing imports another package of the
compiler. The languages do not know one another, but markup holds the others.
"""
