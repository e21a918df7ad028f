"""Gives the changes in folders that wake a watch; the system reports them or polling finds them.

The receiver decides what a change means. Of the compiler only the cache's stamps and their type may be imported.
"""
