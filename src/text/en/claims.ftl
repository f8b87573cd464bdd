# The paper's claims, tested.

claims-preface = De Mello Koch and Ghosh (arXiv 2504.12700) argue that deep networks first fit fast and then slowly compress, and that they generalise in the second phase. Here each part of this is looked for in networks small enough to train in seconds, three or five at a time. Such networks can show that a claim is not general. They cannot show that it is. The experiments are shorter than those of the article. Addition mostly has learning rate 0.01 instead of 0.003. Where information is measured, digits have weight decay 0.3 instead of 0.1. The icosahedral rule has at most half the steps. So networks memorise and generalise at other steps. Where the paper argues without measuring, the choice of measure is ours.
claims-rules = A claim holds on a data set if it is true in { $most }% of the networks or more. It is “not here” in { $few }% or fewer, and “partly” in between. Fewer than { $networks } networks decide nothing: “cannot tell”. A verdict depends on the estimator if two estimators contradict each other on { $third }% of all layers and sets or more. The verdict over all data sets leaves out those that cannot tell; with fewer than { $sets } left it is “cannot tell”. It depends on the estimator if it does on any of them. The claim holds if it holds on all, is “not here” if it is “not here” on all, and else “partly”. Median and range over networks are written as 2 [1–3].

claim-wait = Training error reaches zero long before test error falls.
claim-no-decay = Networks generalise without weight decay too.
claim-loss-twice = The test loss falls twice over training steps.
claim-error-twice = The test error falls twice over training steps.
claim-compression = I(X;T) rises while the network fits and falls afterwards, in every layer.
claim-labels = I(T;Y) does not fall with I(X;T).
claim-one-clock = Information, loss, local complexity and linear mapping number turn at the same time.
claim-before = On the test set, the outputs compress before the network generalises.
claim-layers = Compression begins at the same step in every layer.
claim-pace = The second phase takes a time in proportion to 1 / (learning rate × weight decay).
claim-more-decay = More weight decay brings generalisation forward.
claim-too-much = Too much weight decay undoes it.
claim-width = Test error has a double descent over width.
claim-samples = Test error has a double descent over the number of training samples.

claim-rule-wait = Refuted by networks that generalise while they memorise. A network waits if { $left }% of its first test error is left when it has memorised, and it generalises at { $factor } times that step or later. Networks that do not generalise by the end do not count. Two settings are tried, and the claim holds only if networks wait with both. Memorised means a training accuracy of 99%.
claim-rule-no-decay = Refuted by networks without weight decay that memorise and do not generalise by the end. Counted are the networks that generalise.
claim-rule-loss-twice = Refuted by a test loss that falls once, or rises and stays high. Counted are networks in which it falls, rises, and falls below where it was before, each time by { $percent }%. It is partly so where it only rises and comes back. Rises and falls are found on the logarithm of the loss, in networks that are not trained in batches.
claim-rule-error-twice = Refuted by a test error that falls once, or rises and stays high. Counted are networks in which it falls, rises, and falls below where it was before, each time by { $points } percentage points. It is partly so where it only rises and comes back. Some training labels are wrong here, because that favours a second descent.
claim-rule-compression = Refuted by layers in which I(X;T) does not rise before it falls, or does not fall. Each layer is read on the training set and on the test set. A change counts above { $bits } bits and twice its error, and exact information must show it at two neighbouring resolutions. It is partly so where I(X;T) only falls, or in some layers only. Bins that hold one sample each say nothing.
claim-rule-labels = Refuted where both fall. At the resolutions at which I(X;T) falls, I(T;Y) is compared between the top of I(X;T) and the end. A fall counts above { $bits } bits and twice its error.
claim-rule-one-clock = Refuted by measures that do not fall when test accuracy rises. Half of the fall of each measure is compared with half of the rise of test accuracy. Together means within a factor of { $factor }; between that and { $apart } nothing is decided. Counted are networks in which all four are together with the accuracy; one that is apart refutes it. I(X;T) is that of the outputs on the test set, at the resolution with the largest fall.
claim-rule-before = Refuted by outputs that compress afterwards. Half of the fall of I(X;T) on the test set is compared with half of the rise of test accuracy. Counted are networks in which it comes first, of those in which the two are apart by a factor of { $apart } or more.
claim-rule-layers = Refuted by layers that begin one after the other. A layer begins when { $begun }% of its fall of I(X;T) on the test set is done, at the resolution with the largest fall. The same step means within a factor of { $factor }; between that and { $apart } nothing is decided.
claim-rule-pace = Refuted by other powers. For each seed, least squares give the powers of learning rate and weight decay with which the time between memorising and generalising gets shorter. Both should be 1. Counted are seeds in which both are within a factor of { $factor } of that. It is partly so where both are clearly above 0.
claim-rule-more-decay = Refuted by networks that generalise no sooner. The same seeds are compared. Sooner means by a factor of { $factor }. A network that does not generalise by the end counts as one that does so later.
claim-rule-too-much = Refuted by networks that keep their accuracy with at least ten times the weight decay. The same seeds are compared at the end. Counted are networks that lose { $points } percentage points of test accuracy.
claim-rule-width = Refuted by an error that only falls or only rises with width. Counted are seeds whose error at the end has a peak, { $points } percentage points above lower values on both sides. It is partly so where only the loss has one, { $percent }% above. Some training labels are wrong.
claim-rule-samples = Refuted by an error that only falls with more samples. Counted are seeds whose error at the end has a peak, { $points } percentage points above lower values on both sides. It is partly so where only the loss has one, { $percent }% above. Some training labels are wrong.

claims-data-addition = addition
claims-data-digits = digits
claims-data-icosahedron = icosahedral rule

claims-verdict-holds = holds
claims-verdict-partly = partly
claims-verdict-not-here = not here
claims-verdict-estimator = depends on the estimator
claims-verdict-cannot-tell = cannot tell

claims-setting-addition-usual = With half of the table
claims-setting-addition-other = With 90% of the table
claims-setting-digits-usual = From large initial weights
claims-setting-digits-other = From initial weights of ordinary size
claims-setting-icosahedron-usual = With 30% of the patterns
claims-setting-icosahedron-other = With 85% of the patterns, in batches

claims-unseen = not seen
claims-spread = { $median } [{ $low }–{ $high }]
claims-waited = { $setting }: { $seen } of { $of } networks wait; memorised at step { $memorised } with { $left } of the test error left, generalised at step { $generalised }.
claims-without-decay = { $seen } of { $of } networks generalise within { $steps } steps; test accuracy ends at { $accuracy }.
claims-twice = It falls twice in { $seen } of { $of } networks, and rises and comes back in { $peaks }. Medians: { $start } at the start, { $low } before the rise, { $high } at the peak, { $end } at the end.
claims-estimate-exact = Exact
claims-estimate-fixed-bins = Bins from −1 to 1
claims-estimate-step-bins = Bins over the range at each step
claims-reading = { $estimator }: of { $places } layers and sets, { $told } can be told; { $both } rise and fall, { $falls } only fall.
claims-contradictions = On { $of } of all { $places } layers and sets two estimators can tell. They contradict each other on { $seen }: { $percent } of all.
claims-bits = Outputs on the test set, exact: { $start } bits at the start, { $top } at the top, { $end } at the end.
claims-labels = I(T;Y) stays on { $seen } of { $of } layers and sets on which I(X;T) falls.
claims-labels-bits = Outputs on the test set: from { $before } to { $after } bits.
claims-measure-information = I(X;T) of the outputs
claims-measure-loss = Test loss
claims-measure-local-complexity = Local complexity
claims-measure-linear-maps = Linear mapping number
claims-one-clock = { $of ->
    [0] In no network is it decided whether all four are together.
    [one] All four are together in { $seen } of { $of } network.
   *[other] All four are together in { $seen } of { $of } networks.
}
claims-hand = { $measure }: { $of ->
    [0] neither together nor clearly apart in any network
    [one] together in { $seen } of { $of } network
   *[other] together in { $seen } of { $of } networks
}, at { $ratio } times the step of the accuracy.
claims-hand-unseen = { $measure }: does not fall in most networks.
claims-before = { $of ->
    [0] In no network are the two clearly apart.
    [one] In { $of } network the two are clearly apart. It compresses { $seen ->
        [0] after it generalises.
       *[other] before it generalises.
    }
   *[other] Of { $of } networks in which the two are clearly apart, { $seen } compress before.
} In all that compress: at { $ratio } times the step of the accuracy.
claims-layers = { $layers } layers compress. { $of ->
    [0] In no network is it decided whether they begin at the same step
    [one] They begin at the same step in { $seen } of { $of } network
   *[other] They begin at the same step in { $seen } of { $of } networks
}; the latest begins at { $ratio } times the step of the earliest.
claims-few-layers = { $layers ->
    [0] No layer compresses
    [one] Only { $layers } layer compresses
   *[other] Only { $layers } layers compress
} on the test set, so there is nothing to compare.
claims-pace = Both powers are near 1 for { $seen } of { $of } seeds: { $rate } for the learning rate, { $decay } for the weight decay.
claims-not-timed = { $seen } of { $of } networks wait: at step { $memorised }, when they have memorised, { $left } of the test error is left. So there is no second phase to time.
claims-more-decay = Sooner in { $seen } of { $of } networks: { $faster } times with weight decay { $strong } instead of { $weak }.
claims-too-much = { $seen } of { $of } networks lose accuracy: { $after } with weight decay { $strong }, { $before } with { $weak }.
claims-sizes = The error has a peak in { $seen } of { $of } seeds, the loss in { $losses }. Around { $at }: error { $before }, { $peak }, { $after }; loss { $loss-before }, { $loss-peak }, { $loss-after }.

# The table on the page.
claims-run = Test them here
claims-stop = Stop
claims-seeds = First seed
claims-seed-changed = The first seed has to be a whole number from 0 to { $max }, so { $first } was taken.
claims-head-claim = Claim
claims-head-verdict = Verdict
claims-details = What was measured, and the rule
claims-rules-title = How verdicts are given
claims-waiting = –
claims-source = Recorded on { $date } with seeds { $first } to { $last } (commit { $commit }). Testing them again takes about two minutes on two cores.
claims-source-missing = The recorded table could not be loaded. The claims can still be tested here, in about two minutes on two cores.
claims-state-running = Experiment { $index } of { $count }: seeds { $first } to { $last }
claims-state-done = { $recorded ->
    [yes] Tested here with seeds { $first } to { $last }: { $same } of { $all } verdicts over all data sets and { $same-cells } of { $all-cells } on one data set are as recorded.
   *[no] Tested here with seeds { $first } to { $last }.
}
claims-state-stopped = Stopped after { $index } of { $count } experiments. Verdicts marked “recorded” were not tested here.
claims-state-failed = Training failed in experiment { $index } of { $count }. Test them again, or choose the CPU in the lab.
claims-recorded = recorded: { $verdict }
claims-not-tested = recorded
claims-cell = { $data }: { $measured }
