# Titles, axes, curves and levels of charts. Short: a title has one line, a name stands beside a curve.

axis-steps = training steps
axis-steps-short = steps
axis-samples = Samples
axis-features = Features
    .inline = features

chart-accuracy = Accuracy
chart-sign = Sign correct
chart-error = Error
chart-sign-error = Sign wrong
chart-loss = Loss ({ $loss ->
    [cross-entropy] cross-entropy, nats
    [stablemax] StableMax, nats
   *[other] squared error
})
chart-map-error = Test error by { $field }
chart-map-loss = Test loss by { $field }
at-step = { $what } at step { $step }
at-best-step = { $what }, each network at its best step up to { $step }
chart-with-set = { $title } ({ $set ->
    [train] training set
    [test] test set
   *[other] all samples
})
chart-input-information = I(X;T), bits
chart-label-information = I(T;Y), bits
chart-compression = I(X;T) of { $layer } at { $snr } dB, bits
chart-map = { $quantity ->
    [label-information] I(T;Y)
   *[other] I(X;T)
} of { $layer }
map-note = resolution in dB; full colour: { $bits } bits
contour-classes = classes
contour-half = half
chart-class-variance = Class variance: within classes ÷ total
chart-local-complexity = Local complexity, units for each sample
chart-linear-mapping-number = Linear mapping number
chart-weight-norm = Norm of weights
chart-effective-rank = Effective rank of weights
chart-singular-value = Singular values of weights, by layer
chart-fourier-share = Strongest frequencies, all units together
chart-fourier-concentration = Fourier concentration of first weights
chart-truncated-accuracy = Test accuracy at lower rank of weights
estimate-title = Estimate, bits, mean ± deviation
plane-title = I(T;Y) upwards, I(X;T) to the right, bits

# The estimator behind a title.
estimator-title = { $title }, { $estimator ->
    [exact] exact at { $snr } dB
    [binning] binning
    [kernel] pairwise bounds
    [neighbours] nearest neighbours
    [contrastive] contrastive bound
    [renyi] Rényi entropy at { $snr } dB
    [sliced] sliced at { $snr } dB
    [coding-rate] coding rate at { $snr } dB
   *[other] not measured
}

curve-train = training
curve-train-baseline = train, baseline
curve-test = test
curve-with-value = { $value } { $name }
curve-all = all
curve-random = random
curve-shuffled = shuffled labels
curve-theory = theory
curve-layer = layer { $layer }
curve-outputs = outputs
curve-rank = rank { $rank }
curve-frequency = no. { $rank }
curve-singular-value = { $layer }: σ{ $rank }
curve-bins = bins
curve-upper = upper
curve-lower = lower
curve-neighbours = nearest
curve-critic = critic
curve-exact = exact
curve-renyi = Rényi
curve-sliced = sliced
curve-coding-rate = rate

estimator-bins = binning
estimator-upper = upper bound
estimator-lower = lower bound
estimator-neighbours = nearest neighbours
estimator-critic = critic
estimator-exact = exact
estimator-renyi = Rényi entropy
estimator-sliced = sliced
estimator-coding-rate = coding rate

# A configuration among several: “weight decay 3”; titled where a setting has its
# label only. In short where there is little room.
configuration = { $field } { $value }
configuration-titled = { $field }: { $value }
configuration-short = { $first } { $second }
configuration-baseline = baseline
configuration-compared = compared with { $methods }
configuration-alone = compared with nothing

marker-memorised = memorised, step { $step }
marker-memorised-short = memorised
marker-generalised = generalised, step { $step }
marker-generalised-short = generalised
marker-step = step { $step }
times-later = { $times } times the steps
phase-1 = Phase 1: memorise
phase-1-short = Phase 1
phase-2 = Phase 2: generalise
phase-2-short = Phase 2
chart-band = median and range of { $networks } networks
marker-weights-short = interpolation threshold
marker-weights = interpolation threshold: { $count }
marker-features-short = interpolation threshold
marker-features = interpolation threshold: { $count }

level-classes = log₂ classes { $bits }
level-samples = maximum, log₂ samples { $bits }
level-batch = maximum, log₂ batch { $bits }
level-truth = true value { $bits } bits

# One clock: changes of accuracy, loss and measures.
axis-memorised = steps ÷ step of memorising
axis-decay = learning rate × weight decay × steps
clock-button = { $clock ->
    [steps] Steps
    [memorised] ÷ memorised
   *[decay] lr × wd × steps
}
label-clock = One clock
clock-choice = How time is counted
clock-measures = Shown on the clock
clock-chart = How much of each change is done
clock-note = { $networks ->
    [one] one network
   *[other] median of { $networks } networks
}
signal = { $quantity ->
    [accuracy] Accuracy
    [loss] Loss
    [input-information] I(X;T)
    [label-information] I(T;Y)
    [class-variance] Class variance
    [local-complexity] Local complexity
    [linear-mapping-number] Linear mapping number
    [weight-norm] Norm of weights
    [effective-rank] Effective rank
   *[fourier-concentration] Fourier concentration
}{ $layer ->
    [none] {""}
   *[other] {" "}of { $layer }
}{ $set ->
    [train] , training set
    [test] , test set
    [all] , both sets
    [random] , random inputs
   *[none] {""}
}
clock-lane = { $name }: half-way at { $clock ->
    [steps] step { $half }
    [memorised] { $half } × memorised
   *[decay] { $half }
}, { $high ->
    [none] from { $low }
   *[other] { $low } to { $high }
}{ $ended ->
    [no] ; still changing
   *[yes] {""}
}
clock-hint = Thick: from 10% to 90% of the change, with a mark at half. Thin: where a typical network is half-way (90% interval).
clock-hint-one = Thick: from 10% to 90% of the change, with a mark at half. Thin: the network is half-way between these measured steps.
clock-waits = Shown when the run rests and everything is measured.
clock-waits-for-figure = This run waits for another figure. The changes are shown when it rests and everything is measured.
clock-measures-now = Shown when everything is measured. Measuring goes on, more slowly while another figure trains.
clock-crowded = One clock: a run with four methods or more is not measured, so nothing can be compared with its accuracy. Take methods out until three are left.
clock-still = { $name ->
    [none] {""}
   *[other] { $name }:{" "}
}{ $why ->
    [decay] without weight decay this clock stands still.
   *[memorised] fewer than half of the networks have memorised, so this clock cannot start.
}
clock-goes-on = “Still changing”: 100% is the value at the last step, not an end.
clock-sentence = { $order ->
    [flat] On the { $set ->
        [train] training
       *[test] test
    } set the outputs do not compress after memorising, by step { $step }.
    [alone] On the { $set ->
        [train] training
       *[test] test
    } set the outputs compress, and the network does not generalise by step { $step }.
    [mixed] On the { $set ->
        [train] training
       *[test] test
    } set the outputs compress before test accuracy rises in { $before } of { $all } networks, and after it in { $after }.
    [after] On the { $set ->
        [train] training
       *[test] test
    } set the outputs compress after test accuracy rises, in { $after } of { $all } networks: half of the fall is done at { $times } times the step at which half of the rise is done.
   *[before] On the { $set ->
        [train] training
       *[test] test
    } set the outputs compress before test accuracy rises, in { $before } of { $all } networks: half of the fall is done at 1/{ $times } of the step at which half of the rise is done.
}
lag-title = Lags behind test accuracy
lag-hint = Step of the half-way point ÷ step at which half of the rise of test accuracy is done. Below 1: before. Sign test: the probability that chance alone gives an order as one-sided as this. With few networks it cannot be small.
lag-head-measure = Measure
lag-head-change = Change
lag-head-half = Lag
lag-head-range = Range
lag-head-order = Before / after
lag-head-sign = Sign test
lag-change = { $from } → { $to }
lag-range = { $low } to { $high }
lag-order = { $before } / { $after } of { $all }{ $going ->
    [0] {""}
   *[other] , { $going } still changing
}
lag-sign-least = { $value } (the minimum for { $networks })
lag-none = –
# Steps of both phases over a setting, and over two settings.
chart-onsets = Training steps until networks memorise and generalise
curve-memorised = memorised
curve-generalised = generalised
lane-not-by = not by step { $step }
chart-setting-map = { $shows ->
    [length] Step of generalising ÷ step of memorising
   *[onset] Training step at which networks generalise
}
chart-median = median of { $networks } networks
map-shows = { $shows ->
    [length] Ratio
   *[onset] Onset
}
map-times = { $times }×
map-never = never
map-not-yet = …
map-scale = { $shows ->
    [nothing] colour: when they generalise
    [length] lower: { $first } to { $last }
   *[onset] earlier: step { $first } to { $last }
}
map-key-not-yet = memorised, not generalised yet
map-key-never = never generalised by step { $step }
map-key-not-memorised = not memorised by step { $step }
map-key-product = Lines: { $first } × { $second }
