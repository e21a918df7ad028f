"""Uploads a release to the place that serves it.

A release comes in, its files go out; no file with a fingerprint is deleted at the target. Imports `inventory` only.
"""
