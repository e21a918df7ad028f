"""The build stage: from source roots to a release directory. Nothing of the run stage imports it."""
