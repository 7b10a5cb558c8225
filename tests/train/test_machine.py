"""Where a training runs: what this machine cannot do is one line with its cure, before any work."""

import os
import subprocess
import sys

import pytest
import torch

from pipeline.net.model import CELLS
from pipeline.train import machine
from tests.support import ROOT

CASES = [
    # parameters, what is there instead, what the line says
    ({"device": "cuda"}, {"cuda": 0}, r"train\.device is cuda, but .*: set it to auto or cpu"),
    ({"device": "auto", "devices": 2}, {"cuda": 1}, r"train\.devices is 2, but this machine has 1 CUDA devices: lower"),
    ({"device": "cpu", "devices": 9}, {"processors": 8}, r"train\.devices is 9, but this machine has 8 processors"),
    ({"nodes": 2}, {}, r"train\.nodes is 2, but .* set MASTER_ADDR.*or set train\.nodes to 1"),
    (
        {"precision": "bf16-mixed"},
        {"bfloat16": False},
        r"bf16-mixed, but this processor cannot .*: set it to auto or 32",
    ),
]


@pytest.fixture
def there(monkeypatch):
    """A machine that has so many CUDA devices and processors, with or without bfloat16."""

    def be(cuda=0, processors=64, bfloat16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(os, "cpu_count", lambda: processors)
        monkeypatch.setattr(machine, "runs_bfloat16", lambda cell, cuda: bfloat16)
        monkeypatch.delenv("MASTER_ADDR", raising=False)

    return be


@pytest.mark.parametrize(("changes", "has", "said"), CASES, ids=[str(changes) for changes, _, _ in CASES])
def test_what_is_not_there_is_told(there, train_params, changes, has, said):
    there(**has)
    with pytest.raises(machine.MachineError, match=said) as told:
        machine.launch(train_params(**changes), "lstm")
    assert "\n" not in str(told.value)


def test_what_is_there_is_not_refused(there, train_params, monkeypatch):
    there(cuda=2, processors=4)
    monkeypatch.setenv("MASTER_ADDR", "localhost")
    for changes in ({"device": "cuda", "devices": 2}, {"devices": 4}, {"nodes": 2}, {"precision": "bf16-mixed"}):
        machine.check(train_params(**changes), "lstm")


@pytest.mark.parametrize("cell", CELLS)
def test_bfloat16_is_tried_and_not_asked_for(cell):
    """Under a ceiling on the instructions that oneDNN may use; what PyTorch says of the processor ignores it."""
    code = f"""
from pipeline.train import machine
import torch
before = torch.get_rng_state()
runs = machine.runs_bfloat16({cell!r}, cuda=False)
assert torch.equal(before, torch.get_rng_state())
from pipeline.net.model import ModelParams, WritingNet
from tests.support.drawings import SMALL_MODEL
from pipeline.seeds import generator
values = {{"position_input": True, "dropout": 0.0, "dropout_per": "step"}}
options = ModelParams(cell={cell!r}, **values, **SMALL_MODEL)
net = WritingNet(options, generator(1))
try:
    with torch.autocast("cpu", torch.bfloat16):
        net(torch.zeros(3, 2, 3), torch.ones(3, 2, dtype=torch.bool)).float().sum().backward()
    trains = True
except RuntimeError:
    trains = False
print(runs, trains, machine.precision("auto", False, {cell!r}))
"""
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    runs, trains, chosen = done.stdout.split()
    assert runs == trains
    assert chosen == "32-true" or runs == "True"
    if cell == "lstm":  # the control: with these instructions oneDNN has none
        assert runs == "False"
