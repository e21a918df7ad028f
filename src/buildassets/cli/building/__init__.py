"""Builds of one project or of a workspace, for the verb `build` and for watches."""
