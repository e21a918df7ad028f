"""The table of facts: what builds of one configuration found out, and what each of it depends on.

Takes what changed since the last build, gives facts that still hold, and has the others found again. Imports no stage.
"""
