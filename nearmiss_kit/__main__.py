"""`python -m nearmiss_kit` is the command line."""

from nearmiss_kit.cli import main

main()
