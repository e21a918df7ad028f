"""Faults in a graph of assets: functions that find them and change nothing.

Assets and drafts come in, diagnostics go out. `settings` looks at the configuration alone. Every build looks for all of
them. A check that reads the bodies of many drafts needs a fact of each draft that shows where there is nothing to find.
"""
