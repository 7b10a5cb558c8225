import threading

import pytest

from pipeline.export import compact, demo, web
from tests.support.pages import DATA, small


@pytest.fixture
def site(tmp_path, model_params, scribbles):
    """A folder with net.json, kanji.json and the page as one file."""
    net, config = small(model_params)
    made = web.Made(compact.pack(net, config, None), web.kanji(scribbles, DATA | {"scale": 1.0}))
    web.write(tmp_path, made)
    return tmp_path


@pytest.fixture
def address(site):
    """Of a server of the page in `site`, module by module."""
    with demo.server(site) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_address[1]}/"
        served.shutdown()
        thread.join()
