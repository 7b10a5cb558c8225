"""The page on loopback: `python -m pipeline.export.demo` prints its address.

Serves web/ as it is, with the net of data/web, or, before `dvc repro` made that, with the shipped one."""

import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.console import forgive
from pipeline.export import web
from pipeline.files import whole_folder
from pipeline.net import checkpoint

HOST = "127.0.0.1"
ROOT = Path(__file__).parent.parent.parent


class Handler(SimpleHTTPRequestHandler):
    """Files of web/, and of `made` the net, its exemplars and the kanji."""

    def __init__(self, *arguments: Any, made: Path, **options: Any):
        self.made = made
        super().__init__(*arguments, directory=str(web.ROOT), **options)

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0].lstrip("/")
        return str(self.made / name) if name in (web.NET, web.EXEMPLARS, web.KANJI) else super().translate_path(path)

    def log_message(self, *arguments: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that is closed while it loads is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(made: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of the page with the files in `made`; port 0 is a free one."""
    return Server((HOST, port), partial(Handler, made=made))


def main() -> int:
    forgive()
    with tempfile.TemporaryDirectory() as folder:
        made = ROOT / "data" / "web"
        if not (made / web.NET).exists():
            made = Path(folder) / "web"
            prepared = ROOT / "data" / "batches"
            model = ROOT / "pretrained"
            net, config = checkpoint.load_model(model)
            known = web.known(net, model)
            with whole_folder(made) as partial_folder:
                web.write(partial_folder, web.make(net, config, prepared if prepared.is_dir() else None, known))
        with server(made) as served:
            print(f"Open  http://{HOST}:{served.server_address[1]}/\n\nCtrl-C ends it.", flush=True)
            try:
                served.serve_forever()
            except KeyboardInterrupt:
                return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
