"""Reader of IAM On-Line's .xml: a line of handwriting a file, its strokes as written on a whiteboard, y down.

    <WhiteboardCaptureSession> <StrokeSet> <Stroke> <Point x= y= time=/> ...

The box is the smallest that holds the line. (M. Liwicki, H. Bunke, IAM-OnDB, ICDAR 2005)
"""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from lxml import etree

from pipeline.parse.formats.sketch import FormatError, Points, Record, Sketch, extent, stem
from pipeline.parse.svg import untrusted
from pipeline.parse.svg.numbers import number

MAX_FILE_BYTES = 64 * 1024**2


def records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The one line of the file. Raises FormatError."""
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise FormatError(f"{name}: is larger than {MAX_FILE_BYTES:,} bytes; is it a line of IAM On-Line?")
    yield Record(name, 0, name, data)


def read(record: Record) -> Sketch:
    try:
        root = untrusted.parse_xml(record.data)
    except untrusted.SvgError as error:
        raise FormatError(f"{error}; fetch it again") from None
    if root.tag != "WhiteboardCaptureSession":
        raise FormatError(f"its root is <{root.tag}>, not <WhiteboardCaptureSession>; is it of IAM On-Line?")
    strokes = [_stroke(stroke) for stroke in root.iterfind("StrokeSet/Stroke") if len(stroke)]
    if not strokes:
        raise FormatError("holds no stroke; leave it out")
    low, high = extent(strokes)
    # a line without width or height has a box all the same
    width, height = (float(side) or 1.0 for side in high - low)
    return Sketch(stem(record.name), [stroke - low for stroke in strokes], width, height)


def _stroke(stroke: etree._Element) -> Points:
    try:
        points = np.array([(number(p.attrib["x"]), number(p.attrib["y"])) for p in stroke.iterfind("Point")])
    except (KeyError, ValueError) as error:
        raise FormatError(f"line {stroke.sourceline}, <Stroke>: a point without numbers x and y ({error})") from None
    if not points.size or not np.isfinite(points).all():
        raise FormatError(f"line {stroke.sourceline}, <Stroke>: no points, or one that is not finite; take it out")
    return points
