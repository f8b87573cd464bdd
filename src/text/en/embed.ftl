# A figure in a frame of another page.

allowed-key-figure = the name of a section of the article
allowed-key-theme = auto, light or dark
allowed-key-caption = 0 or 1
allowed-key-autoplay = 0 or 1
allowed-key-hide = some of { $names }

note-unknown-figure = No section “{ $got }” has a figure. Choose one of { $known }.

waiting-for-frame = Waiting: other figures are training.
paused-out-of-sight = Paused, because it is out of sight.
embed-too-many-messages = More than 200 requests came within a second. This one was ignored.
embed-unknown-request = This figure does not know the request “{ $got }”.
embed-nothing-to-seek = Nothing has been trained yet, so there is no step to go to.
embed-seek-needs-step = The request “seek” needs a step: a number from 0.
embed-set-needs-query = The request “set” needs a query: text such as wd=3&seeds=5.
embed-theme-needs-name = The request “theme” needs auto, light or dark.
embed-picture-needs-format = The request “picture” needs a format: png or svg.

# The title of an embed whose task is a table, half of which is the test set.
embed-title = Will they ever get the other half?
