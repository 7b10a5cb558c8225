"""The section `train` of params.yaml: what its parts ask for, in one."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pipeline import params
from pipeline.train import machine
from pipeline.train.augmentation import AugmentationParams
from pipeline.train.machine import MachineParams
from pipeline.train.optimizers import OptimizerParams, Positive
from pipeline.train.recombination import RecombinationParams
from pipeline.train.telling import TellingParams


@params.section
class TrainParams(AugmentationParams, RecombinationParams, TellingParams, OptimizerParams, MachineParams):
    epochs: Annotated[int, Field(ge=1)]
    patience: Annotated[int, Field(ge=0)]  # epochs without a better net before the training ends; 0: to the last
    pen_weights: Annotated[list[Positive], Field(min_length=3, max_length=3)]
    average: Annotated[float, Field(ge=0, lt=1)]
    gradient_clip: Positive
    max_skipped: Annotated[int, Field(ge=0)]
    seed: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if not self.recombinations and (self.recombined or self.recombined_at_end):
            raise ValueError("train.recombined needs train.recombinations of at least 1, which is 0")
        return self

    def check_here(self, sections: Mapping[str, Any]) -> None:
        """Raises MachineError, see `machine`."""
        machine.check(self, sections["model"].cell)
