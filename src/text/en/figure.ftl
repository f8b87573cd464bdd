# The figure: buttons, states, readouts and what was found.

# Numbers, lists and sentences.
list-pair = { $first } and { $second }
list-middle = { $first }, { $second }
list-values = { $first }, { $second }
list-end = { $first } and { $second }
sentences = { $first } { $second }
range = { $first }–{ $last }
with-unit = { $value } { $unit }
duration-short = less than a second
duration-seconds = { $count } s
duration-minutes = { $count } min
duration-hours = { $count } h

heading = First they memorise, then they generalise

# Buttons.
button-play = Play
button-pause = Pause
button-play-again = Play again
button-keep-going = Keep going
button-stop-here = Stop here
button-step = Step
    .about = Train to the next measured step: one step at first, 2% further later (key: s)
button-reset = Reset
    .about = Back to step 0 with the same random numbers (key: r)
button-axis-linear = Linear axis
    .about = Space training steps evenly
button-axis-log = Log axis
    .about = Space training steps by ratio
button-show-error = Show error
button-show-loss = Show loss
button-show-steps = Show steps of both phases
button-same-step = All at the same step
button-best-step = Each at its best step
    .about = The best step is the one with the lowest test error, as if each network had stopped early. The test set chooses it, so this flatters a little (as in Nakkiran et al., arXiv 1912.02292).
button-restore = Restore
button-try-estimators = Try all estimators
button-full-page = Open full page

# Labels.
label-experiment = Experiment
label-figure = Accuracy and loss over training steps
label-speed = Speed
label-device = Device
label-samples = Samples
label-source = Source
label-more-settings = More settings
label-settings = Settings
label-measures = Inside the network
label-estimators = Can the estimators be trusted? Try them where the true value is known
option-train = training set
option-test = test set
option-all = both

# Reference problems, whose mutual information is known.
problem-gaussian-1 = Gaussian, 1 dimension: 1 bit
problem-gaussian-5 = Gaussian, 5 dimensions: 0.95 bit
problem-gaussian-20 = Gaussian, 20 dimensions: 20 bits
problem-flipped-bit = A bit, flipped in 11% of cases: 0.5 bit
problem-map = 64 inputs mapped to 8 outputs: 3 bits
problem-noisy-layer = A layer of 3 tanh units with noise: 1.6 bits

# Speed and settings.
speed-full = Full speed
speed-steps = { $speed } steps/s
speed-whole = Whole run in { $seconds } s
changed = Changed from this experiment: { $settings }.
range-of-setting = { $about } From { $min } to { $max }.
hint-settings = Training settings restart the run. Measurement settings re-measure the current run.
hint-sweep = The networks differ in { $field } here. The first chart shows the error against { $field } at one step. The map shows all steps: stronger colour, more errors.
hint-onsets = The networks differ in { $field } here. First chart: when they memorise and when they generalise. The map shows test errors at all steps: stronger colour, more errors.
hint-setting-map = Each cell is a configuration. Click it, press Enter on it or tap it twice to open its run; Back returns to the map, which is then untrained.
hint-setting-map-untrained = Press Play: the cells fill as their networks finish. A map that you come back to has to be played again.
hint-threshold = The networks differ in { $field } here. Main chart: the first one, error against { $field } at one step. Its line marks the interpolation threshold: as many weights as numbers to fit. The map shows all steps: stronger colour, more errors.
hint-information = X: input. T: a layer’s output. Y: correct answer. I(X;T): bits about the input that can be read from T at the chosen resolution, which noise or bins set. I(T;Y): bits about the answer.
hint-plane = Information plane. Each line runs from the start of training (pale) to the end (dot). Left: input forgotten. Up: answer known. Point at a line to see the step.
hint-estimators = Every estimator fails somewhere. Binning and a critic have a maximum: log₂ of the samples, or of the batch. Pairwise bounds lie far apart where samples form no clusters. Nearest neighbours underestimate in many dimensions. A critic memorises small data sets. Estimates below zero mean nothing and are drawn at zero. Training waits meanwhile.
waiting-for-figure = Waiting: another figure is training.

# What the figure is doing.
state-setting-up = Setting up the networks.
state-ready = Ready.
state-ready-steps = { $steps ->
    [one] Ready to train for { $steps } step.
   *[other] Ready to train for { $steps } steps.
}
state-running = Step { $step } of { $steps }
state-running-pace = Step { $step } of { $steps }, { $pace } steps/s, { $left } left
state-paused = Paused at step { $step } of { $steps }
state-fitting = { $done } of { $networks } networks fitted
state-fitting-paused = Paused: { $done } of { $networks } networks fitted
state-done = Done.
state-done-steps = Done: { $steps } steps.
measured-not-yet = Not measured yet.
measured-steps = Measured at { $count ->
    [one] { $count } step
   *[other] { $count } steps
} (slowed training by { $cost }).
measured-steps-so-far = Measured at { $count ->
    [one] { $count } step
   *[other] { $count } steps
} so far, more to come (slowed training by { $cost }).
estimators-guess-hint = Which of these is within 0.05 bit of the true value at 1,000 samples?
estimators-right = { $names ->
    [none] None is within 0.05 bit or 2% of the true value at { $samples } samples.
   *[other] Within 0.05 bit or 2% of the true value at { $samples } samples: { $names }.
}
estimators-guessed = { $right ->
    [yes] You guessed { $name }, which is right.
   *[no] You guessed { $name }, which is not.
}
estimators-asked = Waiting for the first estimate.
estimators-at = At { $samples } samples, in bits: { $estimates }.
estimate = { $estimator } { $mean }
estimate-scatter = { $estimator } { $mean } ± { $deviation }

# The numbers at a step.
readout = Step { $step }: { $groups }
readout-one = { $train }; { $test }
readout-all-networks = medians of all { $networks } networks, { $train }; { $test }
readout-train = train { $accuracy }, loss { $loss }
readout-test = test { $accuracy }, loss { $loss }
readout-group = { $name } { $train } { $test }
readout-train-accuracy = train { $accuracy }
readout-test-accuracy = test { $accuracy }
readout-next = { $first }; { $second }
readout-profile = { $field } { $value }: { $train }; { $test }
readout-profile-train = train { $median } ({ $range })
readout-profile-test = test { $median } ({ $range })
readout-onset = { $name }: { $memorised }, { $generalised }; test accuracy { $test }
onset-at = { $phase } at step { $step }
onset-range = { $phase } at step { $step } ({ $range })
onset-some = { $reached } of { $networks } networks { $phase } by step { $step }
onset-untrained = With { $name }: not trained yet.
onset-not = not { $phase } by step { $step }
readout-panel = Step { $step }: { $values }
readout-panel-value = { $curve } { $number }

# What was found.
finding-not-trained = Not trained yet. Press Play.
finding-memorising = The networks are still memorising their training sets.
finding-not-memorised = No network memorised its training set within { $steps } steps.
finding-some-memorised = { $reached } of { $networks } networks memorised their training set (steps { $range }).
finding-generalised-only = Test accuracy reached { $goal } at step { $generalised }. Training accuracy has not reached 99%.
finding-memorised = Memorised at step { $memorised }. Test accuracy is { $test }.
finding-not-generalised = Memorised at step { $memorised }. No network reached { $goal } test accuracy within { $steps } steps.
finding-some-generalised = Memorised at step { $memorised }. { $reached } of { $networks } networks reached { $goal } test accuracy (steps { $range }).
finding-both = Memorised at step { $memorised }, generalised at step { $generalised }: { $times } times as many steps.
finding-both-goal = Memorised at step { $memorised }, generalised ({ $goal } test accuracy) at step { $generalised }: { $times } times as many steps.
finding-both-at-once = Memorised at step { $memorised }, generalised at step { $generalised }.
finding-generalised-first = Test accuracy reached { $goal } at step { $generalised }, before training accuracy reached 99% (step { $memorised }). No delayed generalisation here.
finding-spread-memorised = (Median of { $networks } networks; range { $memorised }.)
finding-spread = (Median of { $networks } networks; ranges { $memorised } and { $generalised }.)
finding-spread-partial = (Median of { $networks } networks; { $memorised } memorised, { $generalised } generalised.)
finding-peaked = Test accuracy was highest at step { $step } ({ $best }). It is { $last } now, so stopping earlier would have been better.
finding-configuration-both = With { $name }: memorised at step { $memorised }, generalised at step { $generalised }.
finding-configuration-memorised = With { $name }: memorised at step { $memorised }, test accuracy { $test }.
finding-configuration-neither = With { $name }: not memorised, test accuracy { $test }.
finding-configuration-diverged = With { $name }: diverged.
finding-configurations = { $count } configurations: { $memorised } memorised, { $generalised } generalised.
finding-steps = Steps at which networks memorised, then generalised: { $entries }.
finding-steps-entry = { $name }: { $memorised }, { $generalised }
finding-steps-diverged = { $name }: diverged
finding-steps-next = { $first }; { $second }
finding-onset = { $trend ->
    [none] At no { $field } have the networks generalised by step { $until }.
    [one] The networks generalise at { $field } { $first } only, at step { $first-step }.
    [earlier] From { $field } { $first } to { $last } the networks generalise earlier and earlier: at step { $first-step }, then at step { $last-step }.
    [later] From { $field } { $first } to { $last } the networks generalise later and later: at step { $first-step }, then at step { $last-step }.
   *[between] The networks generalise earliest at { $field } { $first } (step { $first-step }) and latest at { $last } (step { $last-step }).
}
finding-onset-failed = Not by step { $until }: { $field } { $values }.
finding-onset-memorised = They memorise at { $spread ->
    [none] step { $first }
   *[some] steps { $first } to { $last }
}.
finding-never = never
finding-not-yet = not yet
finding-by-median = (Medians of { $networks } networks each.)
finding-loss = Test loss: { $start } at the start, { $last } at step { $step }.
finding-loss-peak = Test loss: { $start } at the start, down to { $low } (step { $low-step }), up to { $high } (step { $high-step }), { $last } at step { $step }.
finding-loss-rise = Test loss: { $start } at the start, down to { $low } (step { $low-step }), { $last } at step { $step }.
finding-descent = As { $field } grows, test error falls to { $left } (at { $left-at }), rises to { $peak } (at { $peak-at }) and falls to { $right } again (at { $right-at }). This is double descent.
finding-no-descent = As { $field } grows, test error is lowest at { $lowest-at } ({ $lowest }) and ends at { $last }. There is no clear second descent.
finding-so-far = Test error is { $error } so far, up to { $field } { $value }.
finding-at-step = At step { $step }: { $finding }
finding-at-best = Each network at its best step, chosen on the test set: { $finding }
finding-all-diverged = All { $networks } networks diverged: lower the learning rate.
finding-diverged = Training diverged at step { $step } for { $network }. Its curves end there: lower the learning rate.
finding-more-diverged = { $count ->
    [one] { $count } more network diverged.
   *[other] { $count } more networks diverged.
}
network-name = { $configuration }, seed { $seed }
network-seed = seed { $seed }

warning-saturated = I(X;T) for { $curve } is at its maximum: every sample looks different at this resolution. No compression can be seen here.
warning-saturated-layer = Layer { $layer } is at its maximum: every sample looks different at this resolution. No compression can be seen here.
warning-saturated-outputs = The outputs are at their maximum: every sample looks different at this resolution. No compression can be seen here.
warning-saturated-set = I(X;T) is at its maximum on { $set ->
    [train] the training set
    [test] the test set
   *[other] all samples
}: every sample looks different at this resolution. No compression can be seen here.
warning-lone-samples = Every sample looks different at this resolution ({ $curve }). I(T;Y) then equals the entropy of the labels, even for random labels.
warning-labels-cut-off = I(T;Y) reaches the entropy of the labels ({ $curve }). Nearest neighbours would go above it, so the curve is cut off there.
warning-narrow-bins = The bins go from −1 to 1. Values of these layers can lie outside: { $layers }. They fall in the outermost bins.

# Whether layers compress.
label-compression = Compression
label-layer = Layer
label-resolution = Resolution
label-map = Show in the map
label-setting-map = Map of configurations
label-setting-map-shows = Shown in the map
method-title = What is exact here, and what is a choice?
method-text = The inputs are the measured samples and nothing else, so I(X;T) can be computed without an estimator. It tells which of these samples was read. The choice is the noise: its energy on all units together sets the resolution in dB. With little noise every sample is told apart, whatever the network does; with much noise none is. Draws of the noise leave a standard error, and the same draws serve every step and network.
button-show-map = Show the resolution map
button-hide-map = Hide the resolution map
map-hint = Horizontal: training steps. Vertical: resolution; higher means less noise. Stronger colour: more bits can be read. A layer compresses where the colour fades from left to right. Lines: where log₂ of the classes is left (“classes”, for I(X;T)), and where half of the maximum is left (“half”). Dotted: the chosen resolution.
decibels = { $snr } dB
decibels-range = { $from } to { $to } dB
readout-map = { $layer ->
    [outputs] Outputs
   *[other] Layer { $layer }
}, { $set ->
    [train] training
   *[other] test
} set, step { $step }, { $snr } dB: I(X;T) { $inputs } bits (error of the draws { $error }), I(T;Y) { $labels } bits.
compression-verdict = { $layer ->
    [outputs] Outputs
   *[other] Layer { $layer }
}: { $train ->
    [none] no compression on the training set
   *[other] compression on the training set at { $train }
}, { $test ->
    [none] none on the test set
   *[other] on the test set at { $test }
}.
compression-minimal = On the { $set ->
    [train] training
   *[other] test
} set, at { $range }, the outputs hold the answer and nothing else about the input: I(X;T) and I(T;Y) are both within 0.1 bit of the entropy of the labels.
compression-diverged = Most networks diverged, so this run does not tell whether they compress.
compression-unmemorised = Most networks have not memorised by step { $step }, so a fall of I(X;T) until then belongs to the first phase.
compression-lag = { $set ->
    [train] Training set: half of the fall at step { $step }, { $order ->
        [before] 1/{ $factor } of
       *[after] { $factor } times
    } the step of memorising.
   *[other] Test set: half of the fall at step { $step }, { $order ->
        [before] 1/{ $factor } of
       *[after] { $factor } times
    } the step of generalising.
}

# Methods against a baseline.
label-versus = Methods compared
versus-method = Method
versus-memorised = Memorised, step
versus-generalised = Generalised, step
versus-times = Second phase shorter
versus-failed = Failed
versus-accuracy = Test accuracy at the end
versus-afterwards = Afterwards
versus-cost = Cost of a step
versus-control = control
versus-control-named = control: { $method }
versus-range = { $median } ({ $range })
versus-first = in some, from { $step } on
versus-not-by = not by step { $step }
versus-diverged = diverged
versus-count = { $count } of { $networks }
versus-n-times = { $times } times
versus-at-least = at least { $times } times
versus-cannot-tell = cannot tell
versus-stays = stays
versus-collapse = collapsed in { $count } (step { $step }), { $recovered ->
    [open] not over yet
    [0] did not come back
   *[other] { $recovered } came back
}
versus-cost-in-time = { $cost } (second phase in seconds: { $times } times { $change ->
    [longer] longer
   *[shorter] shorter
})
versus-best = The second phase is { $times } times shorter with { $method }, in { $count } of { $networks } networks.
versus-of-control = { $control ->
    [same] The control, with the same learning rate × weight decay, is no faster than the baseline.
    [faster] The control, with the same learning rate × weight decay, is faster than the baseline too.
    [slower] The control, with the same learning rate × weight decay, is slower than the baseline.
    [unknown] Whether the control, with the same learning rate × weight decay, is faster cannot be told.
   *[fails] The control, with the same learning rate × weight decay, does not generalise in most networks.
}
versus-best-at-least = The second phase is at least { $times } times shorter with { $method }, in { $count } of { $networks } networks: with these seeds the baseline does not generalise by the last step.
versus-none-clear = No method shortens the second phase clearly and keeps it.
versus-longer = The second phase is { $times } times longer with { $method }.
versus-collapsed = With { $method } networks generalise at step { $generalised }. Then test accuracy falls below half of the goal in { $count } of { $networks } networks (step { $step }) and ends at { $accuracy }.
versus-all-failed = Not generalised by step { $step } in any network: { $methods }.
versus-no-control = No control keeps learning rate × weight decay as it was. So a method may be faster only because it raises that product.
versus-hint = All methods start from the same splits and initial weights, seed by seed. The second phase lasts from memorising to generalising. Values: median (range). Less than 1.3 times is no clear difference. Cost: seconds for a step in this program, relative to the baseline; the shortest of several measurements counts.
versus-ready = Press Play to compare.
marker-collapsed = { $method }: collapsed, step { $step }
marker-collapsed-short = { $method }: collapsed

# What the first network answers.
legend-train = Training set
legend-test = Test set
task-table = One network’s answers
task-mod = a { $sign } b, mod { $p }
task-images = Test images
task-images-note = and the digit that one network reads
task-count = { $right } of { $all } right
task-count-none = –
task-summary = { $train } of { $of-train } training answers and { $test } of { $of-test } test answers are right.
task-summary-none = No network is trained yet.
ask-title = Ask the network
ask-first = First number
ask-second = Second number
ask-answer = = { $answer }
ask-no-answer = = ?
ask-right-train = Right. It trained on this one.
ask-right-test = Right. It never saw this one.
ask-wrong-train = Wrong: { $right } is right. It trained on this one.
ask-wrong-test = Wrong: { $right } is right. It never saw this one.
ask-out-of-range = Numbers from 0 to { $max }.
ask-not-trained = Press Play to train it.
waves-title = Weights of the first layer
waves-at = of three hidden units at step { $step }
waves-hint = Top: weights over the numbers. Below left: the numbers in the plane of the strongest frequency. Below right: how strong each frequency is in the top unit.
waves-summary = Weights of three hidden units at step { $step }. In the first unit, frequency { $frequency } has { $share } of the power.
waves-summary-none = No network is trained yet.

# Questions to the reader.
question-guess = When will the test set come out right?
question-hint = Guess first, or just press Play.
guess-never = Never
guess-soon = Soon
guess-much-later = Much later
question-decision = Stop here, or keep going?
finding-legend = Dots: sums it trains on. Squares: sums it never sees.
finding-stopped = Stopped at { $scores }.
finding-information-fell = I(X;T) of layer { $layer } rises from { $start } to { $high } bits (step { $high-step }) and falls to { $last }: by this estimator it compresses.
finding-information-did-not-fall = I(X;T) of layer { $layer } goes from { $start } to { $last } bits, at most { $high } (step { $high-step }): by this estimator it does not compress.
finding-recorded = A recorded run: { $scores }.
finding-guess = You guessed “{ $guess }”. { $right ->
    [true] That was right.
   *[other] It was “{ $actual }”.
}

# Below a figure.
settings-line = Settings: { $settings }.
settings-mod = mod { $p }
settings-networks = { $networks ->
    [one] { $networks } network
   *[other] { $networks } networks
}
link-lab = Change them in the lab
link-table = Read as a table
table-step = Step
table-train-accuracy = Training accuracy
table-test-accuracy = Test accuracy
table-train-loss = Training loss
table-test-loss = Test loss
table-train-information = I(X;T), training set, bits
table-test-information = I(X;T), test set, bits
scores = step { $step }, training set { $train }, test set { $test }
scores-none = step { $step }
label-scrubber = Step shown
measure-enlarge = Show large: { $title }
label-compare = Compare values
label-methods = Compare with
label-search = Search settings
search-empty = No setting has these words.
runs-earlier = Earlier runs:
run-remove = Remove { $run }
run-pin = Pin this run
