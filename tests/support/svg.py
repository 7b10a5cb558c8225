"""Small SVG documents: what is read of them, and the pixels of resvg as an oracle."""

import io

import numpy as np
from PIL import Image

from pipeline import render
from pipeline.parse.svg import documents
from pipeline.parse.svg.documents import Document

HEAD = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"'


def document(body: str, head: str = HEAD, before: str = "") -> bytes:
    return f"{before}<svg {head}>{body}</svg>".encode()


def read(body: str, head: str = HEAD, before: str = "") -> Document:
    return documents.read(document(body, head, before), "a.svg")


def ends(found: Document) -> list[list[tuple]]:
    return [[tuple(c.controls[0, 0]), tuple(c.controls[-1, 3])] for c in found.curves]


def pixels(body: str, head: str = HEAD) -> np.ndarray:
    """resvg's picture, 200 x 200 grey."""
    data = render.png_bytes(f'<svg {head} width="100" height="100">{body}</svg>', 200)
    return np.asarray(Image.open(io.BytesIO(data)).convert("L")).astype(int)


def path_data(found: Document) -> str:
    return "".join(
        f"M{c.controls[0, 0, 0]} {c.controls[0, 0, 1]}C" + " ".join(map(str, c.controls[:, 1:].ravel()))
        for c in found.curves
    )


def drawn(found: Document) -> np.ndarray:
    """resvg's picture of what was read, filled."""
    return pixels(f'<path d="{path_data(found)}"/>')


def lines(found: Document) -> np.ndarray:
    """The same as lines of one unit."""
    return pixels(f'<path fill="none" stroke="#000" d="{path_data(found)}"/>')
