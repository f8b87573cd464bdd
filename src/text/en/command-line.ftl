# What only the command line says: reference problems, estimators, and files that are not understood.
# It speaks English, so other languages do not have these messages.

reference-gaussian = Gaussian channel, signal to noise { $ratio }
reference-gaussian-dimensions = Gaussian channel, { $dimensions } dimensions, signal to noise { $ratio }
reference-flipped-bit = a bit, flipped { $flip } of the time
reference-map = a map of { $inputs } inputs onto { $outputs }
reference-noisy-unit = a tanh unit of { $inputs } signs, noise { $noise }
reference-noisy-layer = { $units } tanh units of { $inputs } signs, noise { $noise }

tested-bins-between = { $bins } bins from { $low } to { $high }
tested-bins-range = { $bins } bins over its range
tested-bins-quantiles = { $bins } bins of equal mass
tested-bins-corrected = { $binning }, Miller-Madow
tested-upper = kernel, upper bound
tested-lower = kernel, lower bound
tested-neighbours = { $k } nearest neighbours
tested-contrastive = InfoNCE, batch { $batch }
tested-exact = exact
tested-renyi = matrix-based Rényi
tested-sliced = sliced, { $k } nearest neighbours
tested-coding-rate = coding rate

check-note-fine-bins = fine enough, and enough samples
check-note-coarse-bins = differences within a bin are lost
check-note-few-in-cells = some cells hold few samples: corrected above
check-note-seen-once = most outcomes are seen once, which looks like knowing the input
check-note-alone-in-bins = every sample is alone in its bins: the logarithm of the samples, { $bits } bits
check-note-bin-for-each-value = one bin for each value
check-note-samples-in-each-bin = one bin for each value, { $samples } samples in each
check-note-few-for-each-value = { $samples } samples for each value are too few
check-note-few-but-corrected = too few samples, but corrected
check-note-patterns-alone = every pattern that was drawn is alone in its bins
check-note-log-of-bins = at most the logarithm of the bins, { $bits } bits
check-note-log-of-samples = at most the logarithm of the samples, { $bits } bits
check-note-tiny-noise = tiny noise: at most the logarithm of the samples, { $bits } bits
check-note-bounds-apart = bounds that stay apart however many samples: inputs are spread evenly, not in clusters
check-note-clusters = clusters far apart against the noise: both bounds meet
check-note-patterns-overlap = a bound: patterns overlap
check-note-entropy-of-patterns = at most the entropy of the patterns drawn, below { $bits } bits
check-note-smooth-density = smooth density, { $dimensions ->
    [one] { $dimensions } dimension
   *[other] { $dimensions } dimensions
}
check-note-far-neighbours = in { $dimensions } dimensions neighbours are no longer near
check-note-digamma-limit = at most ψ(n) - ψ(k), { $bits } bits
check-note-many-for-each-value = many samples around each value
check-note-samples-of-each-pattern = { $samples } samples of each pattern
check-note-patterns-drawn-once = most patterns are drawn once: those are left out
check-note-below-batch = well below the logarithm of the batch
check-note-not-learnt = a lower bound: what the critic has not learnt is missing
check-note-log-of-batch = at most the logarithm of the batch, { $bits } bits
check-note-log-of-batch-not-learnt = at most the logarithm of the batch, { $bits } bits, and not learnt
check-note-same-pattern-in-batch = others of the same pattern in a batch cost 0.2 bit; the rest is not learnt
check-note-whole-source = every input once: the value is the truth, up to the draws of the noise
check-note-samples-for-source = the value of the samples drawn, which stand for the source
check-note-overlaps = outputs that overlap count too much
check-note-far-apart = outputs far apart against the noise
check-note-only-direction = a single number is its own slice
check-note-part-in-direction = a direction shows a part of { $dimensions } dimensions
check-note-gaussian-source = the source is Gaussian, as the rate takes it to be
check-note-not-gaussian = the rate of a Gaussian source, which needs more than any other

external-unreadable = could not read { $file }: { $detail }; check its name and that it may be read
external-not-safetensors = { $file } is not a safetensors file ({ $detail }); save the network with `safetensors.torch.save_file(model.state_dict(), path)`
external-layers = `--layers` is not understood: { $reason }; name the modules of the nn.Sequential in order, as in linear,relu,linear
external-layers-unknown = “{ $name }” is none of linear, quadratic, relu, tanh, gelu, silu, identity
external-layers-start = it starts with { $name } and not with linear
external-layers-two-activations = { $name } at index { $index } follows another activation
external-layers-end = it does not end with linear
external-names = `--names` must have one prefix for each of the { $expected } linear layers of `--layers`; got { $got }
external-missing = { $file } has no tensor `{ $name }` but { $found }; change `--layers`, or name layers with `--names`
external-unused = { $file } holds { $found } too, which `--layers` does not use; add the missing modules, or choose layers with `--names`
external-tensor = `{ $name }`
external-tensors-more = { $tensors }, { $count } more
external-tensors-none = none at all
external-shape = `{ $name }` in { $file } must have the shape { $expected }; got { $got }: check `--layers`
external-shape-weights = [outputs, inputs]
external-shape-not-empty = [outputs, inputs], both above 0
external-shape-biases = [{ $outputs }]
external-chain = `{ $name }` in { $file } takes { $inputs } inputs and the layer before gives { $before }; list the layers in the order in which they are applied
external-type = `{ $name }` in { $file } holds numbers of type { $type }; save F32, F64, F16 or BF16, for instance by `model.float()`
external-weight = `{ $name }` in { $file } holds { $value } in row { $row }, column { $column }; weights must be finite in single precision, so save the network before it diverges
external-number = line { $line } of { $file } holds “{ $text }” in column { $column }; write finite numbers, separated by commas, semicolons or tabs
external-columns = line { $line } of { $file } has { $got } columns and the first has { $expected }; give all lines as many
external-empty = { $file } holds no samples; give at least one line of numbers
external-width = { $file } has { $got } columns and the network takes { $expected } inputs; give a column for each input
external-count = { $file } has { $got } labels and there are { $expected } samples; give one label a line, in the samples’ order
external-label-columns = { $file } has { $got } columns; labels are the number of a class on each line and nothing else
external-label = line { $line } of { $file } holds the label { $label }; number the classes by whole numbers from 0 to { $max }
external-snr = `--snr` is not understood: { $reason }; give one ratio in dB, as in 5, or a range with an optional step, as in -10..30 or -10..30:2
external-snr-number = “{ $text }” is not a whole number
external-snr-outside = { $value } dB is not from { $min } to { $max }
external-snr-order = the range ends at { $to } dB before it starts at { $from } dB
external-snr-step = a step of { $step } dB does not lead upwards
external-snr-twice = `--set` has a value for snr too
external-snr-only-exact = only exact information takes a range, and `--set` chooses another estimator
external-snr-unused = what `--set` chooses is not read at a resolution
external-setting = `--set` is not understood: { $reason }
external-setting-unknown = “{ $key }” is none of { $keys }

## Files of a run

run-one-output = Only one of --json, --csv and --weights can be “-”; give the others the name of a file.
weights-solved = --weights: the networks of this experiment are solved in closed form and not kept; choose an optimiser that trains.
