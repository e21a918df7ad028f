"""Retained releases: files of earlier releases that a new one keeps, for pages and processes that still use these."""
