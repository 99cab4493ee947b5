"""`python -m anwen` is the same as `anwen`."""

from anwen.cli import main

if __name__ == "__main__":
    main()
