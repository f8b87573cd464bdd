// The samples and initial weights of an experiment, for the peers: the same task, split and initial
// scale as src/data and src/model, drawn with a generator of their own.

/**
 * @param workload `{ experiment, members }`; an experiment is what the page sends to its worker.
 * @returns `x` `[members, samples, inputs]`; `y` `[members, samples, outputs]`; for a table `pairs`,
 *   the rows of the first weights `[members * inputs, width]` that the two ones of a sample take, as
 *   two lists of `members * samples`; `weights` `[members, inputs, width]` and `[members, width,
 *   outputs]`; `biases`, if there are any, `[members, 1, width]` and `[members, 1, outputs]`.
 */
export async function problem({ experiment, members }) {
  const random = generator(experiment.seed);
  const sets = [];
  const digits = experiment.data === "digits" ? await images() : null;
  for (let member = 0; member < members; member += 1) {
    sets.push(digits ? digitSet(digits, experiment, random) : additionSet(experiment, random));
  }
  const [{ inputs, outputs, samples }] = sets;
  const width = experiment.width;
  const alphas = [experiment.alpha].flat();
  const alpha = (member) => alphas[Math.floor(member / experiment.seeds)];
  const behind = experiment.init === "he" ? 2 : 1;
  const weights = (rows, columns, variance) =>
    fill(members * rows * columns, (index) => {
      const scale = alpha(Math.floor(index / (rows * columns))) * Math.sqrt(variance / rows);
      return scale * normal(random);
    });
  return {
    name: `${experiment.data} ${experiment.p} ${width}`,
    members,
    samples,
    inputs,
    width,
    outputs,
    activation: experiment.activation,
    x: joined(sets, "x"),
    y: joined(sets, "y"),
    pairs: sets[0].pairs && [0, 1].map((which) => shifted(sets, which, inputs)),
    weights: [weights(inputs, width, 1), weights(width, outputs, behind)],
    biases: experiment.bias === "1" ? [new Float32Array(members * width), new Float32Array(members * outputs)] : null,
    rates: {
      lr: experiment.lr,
      beta1: experiment.beta1,
      beta2: experiment.beta2,
      decay: experiment.wd,
      epsilon: 1e-8,
    },
  };
}

/** Modular addition: two one-hot vectors, and their sum as a third. */
function additionSet({ p, frac }, random) {
  const samples = Math.round(frac * p * p);
  const entries = shuffled(p * p, random).slice(0, samples);
  const set = {
    inputs: 2 * p,
    outputs: p,
    samples,
    x: new Float32Array(samples * 2 * p),
    y: new Float32Array(samples * p),
    pairs: [new Int32Array(samples), new Int32Array(samples)],
  };
  entries.forEach((entry, row) => {
    const [a, b] = [Math.floor(entry / p), entry % p];
    set.x[row * 2 * p + a] = 1;
    set.x[row * 2 * p + p + b] = 1;
    set.y[row * p + ((a + b) % p)] = 1;
    set.pairs[0][row] = a;
    set.pairs[1][row] = p + b;
  });
  return set;
}

/** Digits: the mean image taken off, then all divided by the root mean square of the norms. */
function digitSet({ pixels, labels }, { samples }, random) {
  const [inputs, outputs] = [64, 10];
  const chosen = shuffled(labels.length, random).slice(0, samples);
  const x = new Float32Array(samples * inputs);
  const y = new Float32Array(samples * outputs);
  chosen.forEach((image, row) => {
    x.set(pixels.subarray(image * inputs, (image + 1) * inputs), row * inputs);
    y[row * outputs + labels[image]] = 1;
  });
  for (let pixel = 0; pixel < inputs; pixel += 1) {
    let mean = 0;
    for (let row = 0; row < samples; row += 1) mean += x[row * inputs + pixel] / samples;
    for (let row = 0; row < samples; row += 1) x[row * inputs + pixel] -= mean;
  }
  const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / samples);
  return { inputs, outputs, samples, x: x.map((value) => value / norm), y };
}

/** The packed images beside the page: 64 pixels of 5 bits, and the digit. */
async function images() {
  const response = await fetch("/dist/digits.bin");
  const packed = new Uint8Array(await response.arrayBuffer());
  const count = packed.length / 41;
  const pixels = new Float32Array(count * 64);
  const labels = new Uint8Array(count);
  for (let image = 0; image < count; image += 1) {
    const bit = (index) => (packed[image * 41 + (index >> 3)] >> (index & 7)) & 1;
    for (let pixel = 0; pixel < 64; pixel += 1) {
      for (let place = 0; place < 5; place += 1) {
        pixels[image * 64 + pixel] += bit(5 * pixel + place) << place;
      }
    }
    labels[image] = packed[image * 41 + 40];
  }
  return { pixels, labels };
}

function joined(sets, what) {
  const all = new Float32Array(sets.length * sets[0][what].length);
  sets.forEach((set, member) => all.set(set[what], member * set[what].length));
  return all;
}

function shifted(sets, which, inputs) {
  const all = sets.flatMap((set, member) => Array.from(set.pairs[which], (row) => member * inputs + row));
  return Int32Array.from(all);
}

function fill(length, value) {
  return Float32Array.from({ length }, (_, index) => value(index));
}

function shuffled(count, random) {
  const all = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other], all[last]];
  }
  return all;
}

/** Box and Muller's normal numbers. */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers from 0 to below 1: Marsaglia's xorshift with 32 bits (doi 10.18637/jss.v008.i14). */
function generator(seed) {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
