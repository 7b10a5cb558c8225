"""An SVG document -> its strokes as curves, in document order and in one box.

numbers       what a number is, wherever one stands
paths         path data -> curves
lengths       units and percentages -> user units
shapes        circles, rectangles and the like -> path data
untrusted     XML that nobody vouches for -> a tree
viewports     view boxes fitted into their places
tokens        words, numbers and colours of CSS values
transforms    the attribute's and CSS's -> matrices
properties    the CSS properties that matter, and their valid values
declarations  text of CSS -> declarations of those
sheets        <style> -> the declarations that its rules give each element
style         sheets, style and attributes -> what each element's properties are
references    what <use>, clip paths and paint refer to
conditions    which child of a <switch> is drawn
visibility    what is seen: display, visibility, opacity, paint
boxes         boxes round curves
clipping      clip paths and masks, as far as they are applied
scene         what is kept while a document is read
identity      the id by which KanjiVG says what a document is a drawing of
walk          every element in turn -> strokes; KanjiVG's own groups and stroke types
documents     bytes -> a document's strokes
"""
