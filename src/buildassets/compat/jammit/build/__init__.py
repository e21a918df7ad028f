"""`config/assets.yml` and the files that it names come in, a configuration of ours goes out."""
