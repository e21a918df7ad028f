"""What wakes a watch: changes in folders, as the system reports them or as polling finds them.

Whoever waits decides what a change means. Must not import another package of the compiler but the cache: its stamps and
their type.
"""
