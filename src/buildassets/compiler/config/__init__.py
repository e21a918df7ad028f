"""The configuration: files and options come in, a frozen Config with absolute paths goes out, or every fault.

Must not import a stage; of engines it asks the names only.
"""
