"""What a person or a CI system reads: terminals, tables, groups of diagnostics and forms of findings."""
