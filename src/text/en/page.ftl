# The text around the figure. index.html holds the English too, so that it can be read before the
# page's program is loaded; a test holds the two together.

page-name = Two phases of learning
page-title = First they memorise, then they generalise
no-script = The networks train in your browser. Allow JavaScript and WebAssembly for this page.
footer-reading = Lines are medians over the networks; bands range from the lowest to the highest. A network has memorised at 99% training accuracy. It generalises when its test accuracy reaches the goal in the settings. Both steps are read off where the networks are evaluated, so they can be up to 2% late.
footer-privacy = Everything runs on your machine, and nothing is sent anywhere. The address of this page holds the settings: share it.
footer-keys = With the focus in the figure, Space plays and pauses, s takes one step and r resets.
not-printed = This part is not loaded yet. Scroll to it, then print again.
not-started = The figures do not start here. Open the page from a web server, not as a file, and in a window of its own; it needs JavaScript modules and WebAssembly. Then reload.
newer-there = There is a newer version of this page.
newer-load = Load it
