"""What drawings are made of, shared by all that ask.

components   where components stand in drawings: KanjiVG's groups as runs of strokes
description  ideographic descriptions: grammar, tree, equality up to spelling
strokes      types of strokes
arrangement  how the parts of a drawing stand to one another
derivation   a drawing's description from KanjiVG's groups
borrowing    groups that one hand's drawing takes from another's of the same character
visits       the order in which a writer visits a description's parts
table        descriptions by character, from an IDS table
encoding     descriptions as numbers for a net
instances    where named parts stand in drawings, and the usual boxes of places
exemplars    how other characters have the parts of a description, to be written after
knowledge    what a net knows of them: names, spellings, order of writing, exemplars
dreams       new descriptions, like those of known characters
reading      a description in English, by the radicals' names
"""
