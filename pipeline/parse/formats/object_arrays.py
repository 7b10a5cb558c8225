"""numpy's object arrays, which are pickles, read without running anything that a pickle can name.

Every name in the pickle becomes a stand-in of this module or is refused, and the stand-ins only note what they are
given: no function of numpy or of Python is called with arguments from the file. Arrays are made afterwards, out of
plain bytes whose number must be what the noted shape and type say. Python's own unpickler is used, not the C one,
whose memo a five-byte opcode can make gigabytes large.
"""

import math
import pickle
from typing import IO, Any, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from pipeline.parse.formats.sketch import FormatError

MAX_DIMENSIONS = 3
ORDERS: tuple[Literal["<", ">", "|", "="], ...] = ("<", ">", "|", "=")  # of bytes
KINDS = "iufb"  # integers, floats, booleans
CURE = "only arrays of numbers are read, for a pickle can run anything; save it as plain arrays"


class _Dtype:
    """numpy.dtype as a pickle makes it: its code, and its byte order from the state."""

    __slots__ = ("code", "order")

    def __init__(self, code: Any, *_: Any):
        self.code, self.order = code, "<"

    def __setstate__(self, state: Any) -> None:
        self.order = _text(state[1])

    def numpy(self) -> np.dtype:
        code = _text(self.code)
        order = next((known for known in ORDERS if known == _text(self.order)), None)
        if len(code) > 4 or order is None:
            raise FormatError(f"holds the array type {code[:20]!r}: {CURE}")
        kind = np.dtype(code)
        if kind.kind not in KINDS:
            raise FormatError(f"holds the array type {code!r}: {CURE}")
        return kind.newbyteorder(order)


class _Array:
    """numpy.ndarray as a pickle makes it: the state it is given."""

    __slots__ = ("state",)

    def __init__(self, *_: Any):
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def items(self) -> list:
        """The items of an object array."""
        shape, kind, _, items = self._parts()
        if _text(kind.code)[:1] != "O" or not isinstance(items, list) or shape != (len(items),):
            raise FormatError(f"is not a row of arrays: {CURE}")
        return items

    def numpy(self) -> NDArray:
        shape, kind, fortran, data = self._parts()
        dtype, raw = kind.numpy(), data.encode("latin1") if isinstance(data, str) else data
        if not isinstance(raw, bytes) or len(raw) != math.prod(shape) * dtype.itemsize:
            raise FormatError(f"holds an array of {shape} whose bytes are of another number: {CURE}")
        return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")

    def _parts(self) -> tuple[tuple, _Dtype, bool, Any]:
        state = self.state
        if not (isinstance(state, tuple) and len(state) == 5 and isinstance(state[2], _Dtype)):
            raise FormatError(f"holds an array without its numbers: {CURE}")
        shape = state[1]
        if not (isinstance(shape, tuple) and len(shape) <= MAX_DIMENSIONS):
            raise FormatError(f"holds an array of too many dimensions: {CURE}")
        if not all(type(side) is int and side >= 0 for side in shape):
            raise FormatError(f"holds an array of the shape {str(shape)[:60]}: {CURE}")
        return shape, state[2], bool(state[3]), state[4]


class _Make:
    """numpy's _reconstruct: an array whose state follows. No attributes: a pickle cannot leave anything on it."""

    __slots__ = ()

    def __call__(self, *_: Any) -> _Array:
        return _Array()


class _Encode:
    """_codecs.encode, with which files of protocol 2 write bytes as text."""

    __slots__ = ()

    def __call__(self, text: Any, encoding: Any = "latin1") -> bytes:
        if not isinstance(text, str) or encoding != "latin1":
            raise FormatError(f"calls _codecs.encode with {encoding!r}: {CURE}")
        return text.encode("latin1")


ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Make(),
    ("numpy._core.multiarray", "_reconstruct"): _Make(),
    ("_codecs", "encode"): _Encode(),
}


class _Unpickler(pickle._Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise FormatError(f"names {str(module)[:60]}.{str(name)[:60]}: {CURE}") from None

    def get_extension(self, code: int) -> None:
        raise FormatError(f"names an extension of pickle: {CURE}")

    def persistent_load(self, pid: Any) -> None:
        raise FormatError(f"names something outside of it: {CURE}")


def read(stream: IO[bytes]) -> list[NDArray | FormatError]:
    """The arrays in an .npy file: the items of an object array, or the rows of a plain one. An item that is no array of
    numbers is its error; raises FormatError where the file itself is damaged or names what it must not."""
    try:
        shape, fortran, dtype = _header(stream)
        if dtype.hasobject:
            top = _Unpickler(stream, encoding="latin1").load()
            if not isinstance(top, _Array):
                raise FormatError(f"holds no array: {CURE}")
            return [_array_or_error(item) for item in top.items()]
        return list(_plain(stream, shape, fortran, dtype))
    except FormatError:
        raise
    except Exception as error:  # a damaged pickle raises about anything
        raise FormatError(f"is no whole array ({type(error).__name__}: {str(error)[:80]}); fetch it again") from None


def _header(stream: IO[bytes]) -> tuple[tuple, bool, np.dtype]:
    version = npy.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise FormatError(f"is of .npy version {version}; 1.0 and 2.0 are read")
    return (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(stream)


def _array_or_error(item: Any) -> NDArray | FormatError:
    if not isinstance(item, _Array):
        return FormatError(f"is a {type(item).__name__}, no array; leave it out of the file")
    try:
        return item.numpy()
    except FormatError as error:
        return error
    except Exception as error:  # a type or a shape that numpy refuses
        return FormatError(f"is no whole array ({type(error).__name__}: {str(error)[:80]}); leave it out of the file")


def _plain(stream: IO[bytes], shape: tuple, fortran: bool, dtype: np.dtype) -> list[NDArray]:
    if dtype.kind not in KINDS or len(shape) != MAX_DIMENSIONS:
        raise FormatError(f"is an array of {shape} {dtype}, not a row of arrays")
    raw = stream.read()
    if len(raw) != math.prod(shape) * dtype.itemsize:
        raise FormatError(f"ends early: {len(raw):,} bytes for {shape} {dtype}; fetch it again")
    return list(np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C"))


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)
