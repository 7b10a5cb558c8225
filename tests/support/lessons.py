"""Small drawings with their descriptions, as a net that is told and shown learns from them."""

from pipeline.dataset import DrawingSet
from pipeline.describe import derivation
from pipeline.describe.exemplars import Library
from pipeline.describe.knowledge import Knowledge
from pipeline.train import recombination, telling
from pipeline.train.options import TrainParams
from pipeline.train.telling import Taught, Tellings


def taught(drawings: DrawingSet, options: TrainParams) -> tuple[Knowledge, Tellings]:
    """What is known of the drawings, and how they are described."""
    told = derivation.descriptions(drawings.index, drawings)
    given = Taught.of(recombination.recombined(drawings, options, 1, told))
    knows = Knowledge.learn(told, [], 1, Library.learn(drawings, told))
    return knows, telling.of(given, knows, options, 1)
