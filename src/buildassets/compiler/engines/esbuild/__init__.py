"""esbuild: its service and its bundler, what it reads beside the sources, its messages.

Scripts and entry modules come in, scripts and pieces of bundles go out. Imports languages and the engines' protocol.
"""
