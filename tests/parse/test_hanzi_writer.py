"""hanzi-writer's and Make Me a Hanzi's files: centre lines with y down, who is drawn, what is refused; also what we
export for hanzi-writer, read again."""

import json

import pytest

from pipeline.parse.formats import hanzi_writer, makemeahanzi
from pipeline.parse.formats.sketch import FormatError, Record

MEDIANS = [[[100, 900], [512, 388]], [[0, -124], [1024, 900]]]


class Stream:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def read(self, size: int) -> bytes:
        return self.data[:size]

    def readline(self, size: int) -> bytes:
        line = self.data[self.at :].split(b"\n")[0] + b"\n" if self.at < len(self.data) else b""
        self.at += len(line)
        return line[:size]


def sketches(reader, name: str, data: bytes):
    return [reader.read(record) for record in reader.records(Stream(data), name)]


def test_the_centre_line_points_down_from_the_top():
    (found,) = sketches(hanzi_writer, "data/字.json", json.dumps({"medians": MEDIANS}).encode())
    assert (found.character, found.id, found.width, found.height) == ("字", "data/字", 1024, 1024)
    assert [stroke.tolist() for stroke in found.strokes] == [[[100, 0], [512, 512]], [[0, 1024], [1024, 0]]]


def test_one_file_of_all():
    data = {"字": {"strokes": [], "medians": MEDIANS}, "一": {"strokes": [], "medians": MEDIANS[:1]}}
    one, two = sketches(hanzi_writer, "all.json", json.dumps(data).encode())
    assert [(found.character, found.id, len(found.strokes)) for found in (one, two)] == [
        ("字", "all/字", 2),
        ("一", "all/一", 1),
    ]


def test_a_line_a_character():
    data = b"".join(json.dumps({"character": c, "medians": MEDIANS}).encode() + b"\n" for c in "字一")
    assert [(one.character, one.id) for one in sketches(makemeahanzi, "graphics.txt", data)] == [
        ("字", "graphics/字"),
        ("一", "graphics/一"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('{"medians": [', "is not JSON"),  # cut off
        ("[1]", "is no JSON object"),
        ('{"strokes": []}', "has no list of centre lines named 'medians'"),
        ('{"medians": []}', "has no list of centre lines"),
        ('{"medians": [[]]}', "stroke 1 is no list of points"),
        ('{"medians": [[[1, 2]], [[1]]]}', "stroke 2 has something that is no point"),
        ('{"medians": [[["1", 2]]]}', "stroke 1 holds something that is no number"),
        ('{"medians": [[[NaN, 2]]]}', "is not JSON"),
        ('{"medians": [[[1e99, 2]]]}', "no number below"),
    ],
)
def test_what_is_refused(data, reason):
    """Each by itself, so that the others of the set are read."""
    (record,) = hanzi_writer.records(Stream(data.encode()), "字.json")
    with pytest.raises(FormatError, match=reason):
        if isinstance(record.data, FormatError):
            raise record.data
        hanzi_writer.read(record)


def test_a_line_without_its_character():
    with pytest.raises(FormatError, match="has no 'character'"):
        makemeahanzi.read(Record("graphics.txt", 0, "graphics.txt: line 1", json.dumps({"medians": MEDIANS}).encode()))
