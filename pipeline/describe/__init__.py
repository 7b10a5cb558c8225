"""What drawings are made of, shared by all that ask.

components  where components stand in drawings: KanjiVG's groups as runs of strokes
"""
