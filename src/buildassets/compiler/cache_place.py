"""Where the cache of a project is, and what is called how in it. Imports nothing: it is asked before all else."""

DEFAULT_FOLDER = ".buildassets"
FOLDER_VARIABLE = "BUILDASSETS_CACHE_DIR"
BUILDS = "builds"
