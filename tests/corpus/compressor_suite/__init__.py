"""django-compressor's own tests against ours: what stands in the place of its modules, and the program that runs them.

It is run by `tests/corpus/test_compressor_suite.py` in a process of its own, as it brings a Django project.
"""
