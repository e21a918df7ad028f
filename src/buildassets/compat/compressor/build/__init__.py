"""What a build needs: the blocks of all templates, their contents, and a plan of assets for the compiler.

Templates and settings come in, a plan goes out (see `compiler.config.block_plan`). A web process never imports it.
"""
