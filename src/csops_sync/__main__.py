"""`python -m csops_sync`: the same as the command `csops-sync`."""

from csops_sync.interfaces.cli.main import main

if __name__ == "__main__":
    main()
