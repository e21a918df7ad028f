"""Tailwind 4: its sheets are recognised, written as one text, and compiled by its command.

Takes a sheet and the sets of files whose classes count, gives CSS. Tailwind itself finds no file to scan: what it scans
is recorded, so that the same inputs give the same bytes.
"""
