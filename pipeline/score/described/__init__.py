"""How well a net that is told of parts writes what is described: held-out characters, by their descriptions alone.

scores    all of it; a new number or a new set that it is asked of is a function there
yardstick what written characters are held against
parted    drawings of which it is known where each part ends
strokes   how far each stroke is from its partner in the real drawing
places    parts found in their place
pairs     characters of two parts: donors' strokes pasted, and descriptions that are wrong
content   whether a recogniser takes what was written for what was described
directions  what it sees: pictures of lines by direction
splits    characters by what training shows of their parts, and descriptions that are spelled further
"""
