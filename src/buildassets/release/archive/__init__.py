"""Archives of releases: read, written, unpacked. The same release gives the same bytes in each form.

A folder comes in and an archive goes out, or the other way round. Imports `inventory` only.
"""
