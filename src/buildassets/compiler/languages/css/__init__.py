"""CSS: tokens, references, minifying with its proof, joining. Imports no other language."""
