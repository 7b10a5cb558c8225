"""Work is told of by name, and its items are handed on as they are."""

from pipeline.progress import named, unseen


def test_named_work_is_told_of_under_its_name():
    told = []

    def progress(items, text=""):
        told.append(text)
        return items

    assert list(named(progress, "read test")(range(3))) == [0, 1, 2]
    assert list(named(named(progress, "outer"), "inner")([4])) == [4]
    assert told == ["read test", "outer"]


def test_unseen_work_is_not_touched():
    items = iter([1, 2])
    assert unseen(items, "anything") is items
