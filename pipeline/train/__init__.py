"""train: drawings -> a net. The loss that it makes small is net/loss.py.

in   data/batches
out  data/model: weights, config.json, history.csv; of a net that is told of parts also what it knows of them

loop           the training loop, its progress and its end
lessons        what the net is shown: minibatches, recombined, distorted, described
options        the section `train` of params.yaml, of what its parts ask for
machine        device, processes, precision, threads, on Lightning Fabric; what this machine cannot do
evaluation     the likelihood that tells which epoch is best
state          a training on disk, to go on from after a stop
augmentation   drawings distorted at random; a new distortion goes there
recombination  drawings with components of others, and their descriptions
optimizers     Adam, Muon by gates, the learning rate's course
telling        what it is told of the drawings: descriptions in several spellings, exemplars
"""
