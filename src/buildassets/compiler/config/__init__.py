"""The configuration: takes files and options, gives a frozen Config with absolute paths, or raises all faults at once.

Must not import a stage; uses only the names of engines.
"""
