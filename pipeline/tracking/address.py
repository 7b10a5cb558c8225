"""Where the rows are, and how that is said without giving a secret away. No MLflow here.

The address is MLFLOW_TRACKING_URI, else mlflow.db at the repository's root. DVC names that root in DVC_ROOT, which for
an experiment in a temporary folder is the repository it came from.
"""

import base64
import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

VARIABLE = "MLFLOW_TRACKING_URI"
DATABASE = "mlflow.db"
LOCKED_AFTER, CONNECTED_AFTER = 5.0, 3.0  # seconds to wait for another program's write, for a server
PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "mssql": 1433}
HIDDEN = "***"
SECRET = r"[\w-]*(?:pass|pwd|secret|token|credential|api_?key|signature)[\w-]*"  # what a secret is called
SHORT = 6  # a secret of fewer characters is hidden only where it stands as a word of its own


def repository() -> Path:
    """The folder that holds the rows of every run: DVC_ROOT, else the nearest folder above with dvc.yaml."""
    if root := os.environ.get("DVC_ROOT"):
        return Path(root)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "dvc.yaml").exists()), here)


def address() -> str:
    """MLFLOW_TRACKING_URI, else the database at the repository's root."""
    return os.environ.get(VARIABLE) or sqlite_uri(repository().resolve() / DATABASE)


def shown() -> str:
    """The address for people: the file of a database, else the address without secrets."""
    uri = address()
    return str(database(uri) or redacted(uri))


def sqlite_uri(path: Path) -> str:
    """The address of a database file, whatever its folders are called: SQLAlchemy decodes percents and ends at a `?`.

    MLflow makes the folder that a plain `sqlite:///` names, undecoded; with the driver's name it makes none.
    """
    plain = path.as_posix()
    quoted = quote(plain, safe="/:")
    return f"{'sqlite' if quoted == plain else 'sqlite+pysqlite'}:///{quoted}"


def database(uri: str) -> Path | None:
    """The file of a SQLite address, read as SQLAlchemy reads it; None of any other."""
    found = re.match(r"sqlite(?:\+\w+)?:///([^?]+)", uri)
    return Path(unquote(found[1])) if found and found[1] != ":memory:" else None


def is_server(uri: str) -> bool:
    return uri.startswith(("http://", "https://"))


def probe(uri: str) -> None:
    """Raise OSError or sqlite3.Error within seconds where MLflow would try for minutes: a database that another
    program holds or that is none, a server that nobody can connect to."""
    path = database(uri)
    if path is not None and path.exists():
        with closing(sqlite3.connect(path, timeout=LOCKED_AFTER, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    server = urlsplit(uri)
    scheme = server.scheme.partition("+")[0]
    through_proxy = scheme in getproxies() and not proxy_bypass(server.hostname or "")
    if scheme in PORTS and server.hostname and not through_proxy:
        socket.create_connection((server.hostname, server.port or PORTS[scheme]), CONNECTED_AFTER).close()


def redacted(text: object) -> str:
    """A text for people, a log or a tag: without what an address holds before its host, without any secret of
    MLflow's environment variables however it is encoded, and without the value of what is named as a secret is."""
    plain = str(text)
    for secret in sorted(_forms(), key=len, reverse=True):
        edge = r"\b" if len(secret) < SHORT else ""
        plain = re.sub(f"{edge}{re.escape(secret)}{edge}", HIDDEN, plain)
    plain = re.sub(r"(?<=://)[^/\s'\"]*@", "", plain)
    return re.sub(rf"(?i)\b({SECRET}=)[^\s&;,'\")]+", rf"\1{HIDDEN}", plain)


def _forms() -> set[str]:
    """The secrets as they stand, decoded, encoded, and as HTTP sends them."""
    known = set(_secrets())
    known |= {unquote(secret) for secret in known}
    known |= {encode(secret, safe="") for secret in known for encode in (quote, quote_plus)}
    known |= {repr(secret)[1:-1] for secret in known}
    return known - {""}


def _secrets() -> Iterator[str]:
    for name, value in os.environ.items():
        if name.startswith("MLFLOW_") and re.search(rf"(?i){SECRET}", name):
            yield value
        if name.startswith("MLFLOW_") and "://" in value:
            yield from _secrets_of(value)


def _secrets_of(uri: str) -> Iterator[str]:
    """The password, also where it holds the characters that should have been encoded, and secrets of the query."""
    rest = uri.partition("://")[2]
    for part in (rest, rest.partition("?")[0], rest.partition("/")[0]):
        login = part.rpartition("@")[0]
        user, colon, password = login.partition(":")
        yield password if colon else ""
        yield base64.b64encode(unquote(f"{user}:{password}").encode()).decode() if password else ""
    for name, value in parse_qsl(rest.partition("?")[2], keep_blank_values=True):
        yield value if re.fullmatch(f"(?i){SECRET}", name) else ""
