"""How far a long piece of work is: it takes its items by way of a Progress, which hands them on as they are."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """May show how far the work is, under the name `text`."""

    def __call__(self, items: Iterable[T], text: str = "") -> Iterable[T]: ...


def unseen(items: Iterable[T], text: str = "") -> Iterable[T]:
    """The Progress that shows nothing."""
    return items


def named(progress: Progress, name: str) -> Progress:
    """`progress` for work that gives itself no name."""

    def shown(items: Iterable[T], text: str = "") -> Iterable[T]:
        return progress(items, name)

    return shown
