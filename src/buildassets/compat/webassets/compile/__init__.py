"""Definitions of bundles come in, a configuration of ours goes out. Only `collect` runs a module of theirs."""
