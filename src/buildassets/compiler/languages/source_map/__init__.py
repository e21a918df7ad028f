"""Source maps (ECMA-426): read, written, composed, edited, joined. Imports no other language."""
