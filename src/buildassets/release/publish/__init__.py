"""A release comes in, its files go to where they are served from; none is deleted there.

Imports `inventory` only.
"""
