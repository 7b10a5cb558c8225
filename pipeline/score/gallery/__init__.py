"""One page of every sample that needs no network: gallery.html, gallery.css and gallery.js are its own files.

charts         tables as inline SVG
density_sheet  a still picture of where the pen may go next
exhibits       what the page shows, as plain data
curation       the scores of a set of samples -> exhibits; a new headline, column or chart goes there
gallery        exhibits -> the page
"""
