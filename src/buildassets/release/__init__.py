"""The release stage: what is done with a release directory once it is built."""
