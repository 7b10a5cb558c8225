"""Helpers of the tests that are no tests themselves; those that run alone: `python -m tests.support.<name>`."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent  # of the repository
