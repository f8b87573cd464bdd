# Notices about addresses, sweeps and values.

allowed-number = a number from { $min } to { $max }
allowed-whole = a whole number from { $min } to { $max }
allowed-prime = a prime from { $min } to { $max }
allowed-range = a whole number or a range such as 0..9
allowed-choice = one of { $choices }
allowed-key-backend = auto, fastest, gpu or cpu
allowed-key-workers = a whole number from 1 to 64
allowed-key-embed = 0 or 1
allowed-key-play = 0 or 1
allowed-key-speed = max or a number of steps per second
allowed-key-axis = log or linear
allowed-key-shown = train, test or all
allowed-key-lang = en or ja
allowed-key-seat = a whole number from 1 to 400
allowed-key-view = article, lab or class
allowed-layers = “none” or up to { $layers } layers such as “24tanh-12relu”, each with at most { $units } units

note-address-too-long = The address holds { $kilobytes } kB of settings, far more than an experiment needs. It was ignored, and this is the default experiment.
note-unknown-preset = There is no experiment “{ $given }”. This is “{ $used }”.
note-unknown-keys = { $count ->
    [one] There is no setting { $keys }. It was ignored.
   *[other] There are no settings { $keys }. They were ignored.
}
note-other-version = This address was made for version “{ $given }” of the page. This is version { $version }, where settings can mean something else.
note-invalid = “{ $key }” must be { $allowed }, not “{ $given }”. It is now { $used }.
note-left-out = “{ $key }” must be { $allowed }, not “{ $given }”. That value was left out.
note-unchanged = “{ $key }” must be { $allowed }, not “{ $given }”. Nothing was changed.
note-one-value = “{ $key }” is the same for all networks, so it takes one value, not “{ $given }”. It is now { $used }.
note-too-many-values = “{ $key }” takes at most { $max } values. The rest were left out.
note-not-in-methods = Methods cannot change “{ $given }”: networks of one run cannot differ in it. It was left out.
note-twice-in-method = A method takes one value of “{ $key }”, so only the last counts: { $used }. Put commas between methods.
note-lists-left-out = Methods and lists cannot stand together. Of { $keys } the first value was taken.
note-too-many-members = One run holds at most { $max } networks, not { $asked }. There are { $used } now.
note-too-little-memory = { $asked } networks with { $units } units on { $samples } samples need more memory than a browser gives. { $used ->
    [one] There is { $used } network now.
   *[other] There are { $used } networks now.
}
note-seeds-limited = Seeds go up to { $max }, so the first seed is now { $first }.
note-option = “{ $key }” must be { $allowed }, not “{ $got }”. It was ignored.
note-unknown-parts = { $count ->
    [one] There is no part { $names } of a figure.
   *[other] There are no parts { $names } of a figure.
}
note-nearest-speed = The nearest speed that can be held is { $speed }.
note-sweep-seeds = “seeds” takes a number of seeds or a range such as 0..9, not the list “{ $given }”.
note-sweep-too-long = A sweep takes at most { $max } bytes of settings.
note-sweep-too-large = A sweep takes at most { $max } networks.
note-more = { $count ->
    [one] And { $count } more notice like these.
   *[other] And { $count } more notices like these.
}
quoted = “{ $text }”
