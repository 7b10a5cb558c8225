"""How drawings are built.

traces        strokes as a few points at equal distances
parts         runs of strokes that are known components
stroke_order  types, direction and order of strokes
structure     all of these beside held-out characters
"""
