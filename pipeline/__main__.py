"""`python -m pipeline` is the command `fake-kanji`."""

from pipeline.cli import app

app()
