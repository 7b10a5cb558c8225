"""`python -m pipeline` is the command `fake-kanji`."""

from pipeline.cli.main import main

main()
