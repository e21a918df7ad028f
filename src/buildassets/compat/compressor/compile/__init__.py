"""Collects the blocks of all templates and their contents, and gives a plan of assets for the compiler.

Templates and settings come in, a plan goes out (see `compiler.config.block_plan`). A web process never imports it.
"""
