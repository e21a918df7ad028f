"""`python -m buildassets`."""

from buildassets.cli import main

if __name__ == "__main__":
    main()
