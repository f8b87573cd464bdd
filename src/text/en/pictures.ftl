# Charts as files.
picture-empty = There is no chart to save yet. Play first.
picture-refused = This browser could not make a PNG of these charts. Save them as SVG instead.
