"""Output for people and CI systems: terminals, tables, groups of diagnostics and forms of findings."""
