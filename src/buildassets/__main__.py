"""`python -m buildassets`."""

from buildassets.cli.main import main

if __name__ == "__main__":
    main()
