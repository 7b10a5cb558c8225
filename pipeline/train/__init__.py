"""train: drawings -> a net.

in   data/batches
out  data/model: weights, config.json, history.csv

loop           the training loop on Lightning Fabric, its progress and its state on disk; the loss is net/loss.py
augmentation   drawings distorted at random; a new distortion goes there
recombination  drawings with components of others
optimizers     Adam, Muon by gates, the learning rate's course
"""
