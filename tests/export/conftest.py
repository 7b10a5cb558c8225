import pytest

from pipeline.export import compact, web
from tests.support.pages import DATA, small


@pytest.fixture
def site(tmp_path, model_params, scribbles):
    """A folder with net.json, kanji.json and the page as one file."""
    net, config = small(model_params)
    made = web.Made(compact.pack(net, config, None), web.kanji(scribbles, DATA | {"scale": 1.0}))
    web.write(tmp_path, made)
    return tmp_path
