"""esbuild: its service, its bundler, the settings files that it reads, and its messages.

Takes scripts and entry modules, gives scripts and pieces of bundles. Imports languages and the engines' protocol.
"""
