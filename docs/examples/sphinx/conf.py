project = "A manual with a live figure"
html_js_files = [("https://your.host/two-phase/embed.js", {"type": "module"})]
