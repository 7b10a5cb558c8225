"""train: drawings -> a net. The loss that it makes small is net/loss.py.

in   data/batches
out  data/model: weights, config.json, history.csv

loop           the training loop on Lightning Fabric, its progress and its state on disk
augmentation   drawings distorted at random; a new distortion goes there
recombination  drawings with components of others
optimizers     Adam, Muon by gates, the learning rate's course
"""
