"""Engines for buildassets: pages from Markdown, and scripts minified by tdewolff."""

import re
from importlib.metadata import version
from os.path import join

import minify
from markdown_it import MarkdownIt

from buildassets.engines import Compiled, Diagnostic, EngineInput, EngineOptions, error, place

CONTENT = "{{ content }}"


class Markdown:
    """A page for each Markdown file: in the `layout.html` beside it or in a load path, if there is one."""

    name = "markdown"
    version = "markdown-it-py " + version("markdown-it-py")
    compiles_to = ".html"

    def __init__(self, options: EngineOptions) -> None:
        self._folders = ("", *options.load_paths)
        self._parser = MarkdownIt()

    def run(self, given: EngineInput) -> Compiled:
        layouts = (given.read(join(folder, "layout.html")) for folder in self._folders)
        layout = next((text for text in layouts if text is not None), CONTENT)
        return Compiled(layout.replace(CONTENT, self._parser.render(given.text)))

    def close(self) -> None:
        """Nothing is held."""


class Scripts:
    """Scripts with shorter names and fewer characters."""

    name = "tdewolff"
    version = "tdewolff-minify " + version("tdewolff-minify")

    def __init__(self, options: EngineOptions) -> None:
        """No option matters."""

    def run(self, given: EngineInput) -> Compiled:
        try:
            return Compiled(minify.string("text/javascript", given.text))
        except minify.MinifyError as fault:
            return Compiled("", diagnostics=(as_diagnostic(str(fault), given),))

    def close(self) -> None:
        """Nothing is held."""


def as_diagnostic(fault: str, given: EngineInput) -> Diagnostic:
    """`unexpected ; in expression on line 1 and column 9`, as a diagnostic."""
    found = re.match(r"(.*) on line (\d+) and column (\d+)", fault)
    if found is None:
        return error("tdewolff/syntax", fault)
    line, column = int(found[2]), int(found[3])
    return error("tdewolff/syntax", found[1], place(given.shown, line, column, given.text.split("\n")[line - 1]))
