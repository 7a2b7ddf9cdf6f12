"""The board: several charts that are redrawn together, in the browser, without a word to the server.

`board` puts one on the page: headlines, a timeline and a grid of charts. `looks` packs what they show at each step,
`theme` is how a drawing looks there, `mount` hands it all to the browser, and `vega` the library that draws, once for
all boards of a page. `board.js`, `figure.js` and `board.css` are the other half: they keep the pictures that they have
drawn, and change only their data.

What a chart shows is defined in core.charts and nowhere else: the board is handed the same drawings and the same frames
as st.vega_lite_chart. Imports core. What any board can do goes here; what stands on one, to its page.
"""
