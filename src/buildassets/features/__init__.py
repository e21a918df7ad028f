"""Features: a folder each, with all of it. A feature imports no other; stages import what joins them."""
