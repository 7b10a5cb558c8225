"""Object arrays: what numpy writes is read, what else a pickle holds is refused and not run."""

import io
import os
import pickle
import pickletools
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.parse.formats import object_arrays
from pipeline.parse.formats.sketch import FormatError


def npy(payload: bytes, shape=(1,)) -> io.BytesIO:
    """An .npy file of an object array whose pickle is `payload`."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": shape})
    file.write(payload)
    file.seek(0)
    return file


def row(arrays) -> np.ndarray:
    out = np.empty(len(arrays), object)
    out[:] = arrays
    return out


class Reduced:
    """Pickles as the call it is given."""

    def __init__(self, function, *arguments, state=None):
        self.call = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.call


@given(
    st.lists(hnp.arrays(st.sampled_from(["<i2", ">i4", "<f4", "<f8", "u1"]), st.tuples(st.integers(1, 4), st.just(3)))),
    st.sampled_from([2, 3, 4]),
)
def test_what_numpy_writes_is_read(arrays, protocol):
    found = object_arrays.read(npy(pickle.dumps(row([*arrays, np.zeros((2, 3))]), protocol=protocol)))
    for ours, theirs in zip(found, [*arrays, np.zeros((2, 3))], strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_what_python_2_wrote_is_read():
    """Protocol 2 with the bytes as an old string and the names of numpy before 2."""
    data = np.arange(6, dtype="<i2").tobytes()
    make = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR"
    kind = b"cnumpy\ndtype\n(U\x02i2K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    inner = make + b"(K\x01(K\x02K\x03t" + kind + b"\x89U" + bytes([len(data)]) + data + b"tb"
    objects = b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"
    outer = b"\x80\x02" + make + b"(K\x01(K\x01t" + objects + b"\x89]" + inner + b"atb."
    (found,) = object_arrays.read(npy(outer))
    np.testing.assert_array_equal(found, np.arange(6).reshape(2, 3))


HOSTILE = {
    "os.system": Reduced(os.system, "touch pwned"),
    "eval": Reduced(eval, "open('pwned', 'w')"),
    "a builtin": Reduced(getattr, "x", "upper"),
    "a function of numpy": Reduced(np.fromfile, "/etc/passwd"),
    "numpy's file reader": Reduced(np.load, "pwned"),
    "numpy's scalar": np.float64(3),
    "a class with a state": Reduced(type, "x", (), {}, state={"__setstate__": 1}),
    "an array of objects": row([row([1])]),
    "text": np.array(["a"]),
    "a list": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_hostile_pickles_are_refused_and_not_run(name, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for payload in (pickle.dumps(HOSTILE[name], protocol), pickle.dumps(row([HOSTILE[name]]), protocol)):
        with pytest.raises(FormatError):
            raise next(found for found in object_arrays.read(npy(payload)) if isinstance(found, FormatError))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a list", "nothing", "text", "an array of objects"])
def test_an_item_that_is_no_array_leaves_the_others(name):
    good = np.arange(6, dtype="<i2").reshape(2, 3)
    first, wrong, last = object_arrays.read(npy(pickle.dumps(row([good, HOSTILE[name], good]), 4)))
    assert isinstance(wrong, FormatError)
    for found in (first, last):
        np.testing.assert_array_equal(found, good)


def test_the_control_does_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(HOSTILE["os.system"]))
    assert (tmp_path / "pwned").exists()


MAKE = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n"


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (MAKE + b"(cnumpy\nndarray\n(\x8a\x06\x00\x00\x00\x00\x00\x10tU\x01btR.", "an array of 2^44 bytes"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b"x.", "bytes that are not there"),
        (b"\x80\x02]r\xff\xff\xff\x7f.", "a memo of two thousand million places"),
        (MAKE + b"}U\x01aK\x01sb.", "a state for the stand-in of a function"),
        (b"\x80\x02cnumpy\nndarray\n}U\x0c__setstate__K\x01sb.", "a state for the stand-in's class"),
        (b"\x80\x02c_codecs\nencode\n(X\x01\x00\x00\x00aX\x03\x00\x00\x00rottR.", "another encoding"),
        (b"\x80\x02\x82\x01.", "an extension"),
        (b"\x80\x02U\x01aQ.", "a persistent id"),
        (b"\x80\x02(i__builtin__\neval\n.", "an old instance"),
        (b"", "nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_crafted_opcodes_are_refused_without_memory(payload, why):
    tracemalloc.start()
    with pytest.raises(FormatError):
        object_arrays.read(npy(payload))
    assert tracemalloc.get_traced_memory()[1] < 5e6, why
    tracemalloc.stop()


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_damage_gives_an_array_or_a_reason(at, bits):
    whole = bytearray(pickle.dumps(row([np.arange(9, dtype="<i2").reshape(3, 3)] * 2), 2))
    whole[at : at + len(bits)] = bits
    try:
        found = object_arrays.read(npy(bytes(whole)))
    except FormatError:
        return
    assert all(isinstance(x, FormatError) or isinstance(x, np.ndarray) and not x.dtype.hasobject for x in found)


def test_nothing_that_is_allowed_is_numpy_s_or_python_s_own():
    own = {type(value).__module__ if not isinstance(value, type) else value.__module__
           for value in object_arrays.ALLOWED.values()}  # fmt: skip
    assert own == {"pipeline.parse.formats.object_arrays"}
    assert {op.name for op, *_ in pickletools.genops(pickle.dumps(row([np.zeros((1, 3))]), 4))} >= {"REDUCE", "BUILD"}
