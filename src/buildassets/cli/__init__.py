"""The command line: one module a verb. Imports every wing; no other wing imports it."""
