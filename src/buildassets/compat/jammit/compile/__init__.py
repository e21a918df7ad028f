"""Takes `config/assets.yml` and the files that it names, gives a configuration of ours."""
