"""Packages for browsers: chooses versions that fit together, and puts their files into a source root."""
