"""The kinds of facts and roots of a build. What each is about is its second part; see `table`."""

from typing import Final

FILE: Final = "file"  # a root: what is at an absolute path, a file, the names in a folder, or nothing
SOURCE: Final = "source"  # a root: the source that makes a logical path, or that there is none
NAMES: Final = ("names", "")  # the root of all sources, with the import map and the packages
ENGINES: Final = ("engines", "")  # the root of the programs, packages and variables that engines depend on
NEVER: Final = ("never", "")  # the root that is another one in each build
LINKED: Final = "linked"  # a fact: a compiled asset with its links, and what its directives require
FINDINGS: Final = "findings"  # a fact: what is wrong with a compiled asset
