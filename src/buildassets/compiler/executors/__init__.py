"""Executors that do jobs elsewhere: on a Dask cluster, or in whatever a module of the user's gives.

Takes functions and jobs as plain bytes, gives answers as plain bytes, or None where a job has to be done here. Must not
import a stage.
"""
