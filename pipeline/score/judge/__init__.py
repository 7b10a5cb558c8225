"""The judge: a net in whose features drawings are compared. It ships in pretrained/judge; `dvc repro judge/dvc.yaml`
trains it.

rasters   drawings as small pictures that keep the strokes' order and direction
judge     the net, what it says of drawings
training  how it is trained
card      what is measured of it
"""
