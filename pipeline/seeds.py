"""Random generators from named keys: the same key gives the same stream, whatever ran before."""

import numpy as np
import torch


def generator(*key: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator for a key of non-negative integers, such as (seed, stream, epoch).

    Each epoch or batch has a key of its own, so that a run that was stopped goes on without stored random states.
    """
    # the length tells (1,) from (1, 0), which SeedSequence does not
    entropy = np.random.SeedSequence((len(key), *key)).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(entropy >> np.uint64(1)))
