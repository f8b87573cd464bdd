// jax-js, with its wasm or webgpu device. Functions take ownership of the arrays that they are given;
// `.ref` keeps one for another use.

import "./launches.js";
import { serve } from "./peer-worker.js";

let jax;

serve(async (device) => {
  jax = await import("/npm/@jax-js/jax/dist/index.js");
  const devices = await jax.init(device);
  if (!devices.includes(device)) throw new Error(`jax-js has no device ${device} here`);
  jax.defaultDevice(device);
  return {
    dense: (data) => training(data, denseFirstLayer(data)),
    gather: (data) => training(data, gatheredFirstLayer(data)),
  };
});

/** An array of float32 or int32, as the values are. */
const array = (values, shape) =>
  jax.numpy.array(values, { dtype: values instanceof Int32Array ? "int32" : "float32" }).reshape(shape);

/** The first layer as a batched product of the inputs and its weights. */
function denseFirstLayer({ x, members, samples, inputs }) {
  return {
    inputs: [array(x, [members, samples, inputs])],
    apply: ([x], weights) => jax.numpy.matmul(x, weights),
  };
}

/** The first layer as sums of the two rows that a sample's ones take. */
function gatheredFirstLayer({ pairs, members, samples, inputs, width }) {
  return {
    inputs: pairs.map((rows) => array(rows, [rows.length])),
    apply: ([a, b], weights) => {
      const flat = weights.reshape([members * inputs, width]);
      const sum = jax.numpy.take(flat.ref, a, 0).add(jax.numpy.take(flat, b, 0));
      return sum.reshape([members, samples, width]);
    },
  };
}

function training(data, firstLayer) {
  const { numpy: np, tree } = jax;
  const { members, samples, inputs, width, outputs, activation } = data;
  const { lr, beta1, beta2, decay, epsilon } = data.rates;
  const targets = array(data.y, [members, samples, outputs]);
  let weights = [
    array(data.weights[0], [members, inputs, width]),
    array(data.weights[1], [members, width, outputs]),
  ];
  if (data.biases) {
    weights.push(array(data.biases[0], [members, 1, width]), array(data.biases[1], [members, 1, outputs]));
  }
  const zeros = () => weights.map((array) => np.zeros(array.shape));
  // Behind the weights: both moments, and what the powers of both betas have come to.
  let state = { means: zeros(), squares: zeros(), powers: [np.array(1), np.array(1)], weights };
  let value = null;

  /** Squared error summed over outputs and members, a mean over samples. */
  const loss = (weights, inputs, targets) => {
    const [first, second, firstBias, secondBias] = weights;
    let hidden = firstLayer.apply(inputs, first);
    if (firstBias) hidden = hidden.add(firstBias);
    hidden = activation === "relu" ? jax.nn.relu(hidden) : np.square(hidden);
    let out = np.matmul(hidden, second);
    if (secondBias) out = out.add(secondBias);
    return np.square(out.sub(targets)).sum().mul(1 / samples);
  };

  /** A step of AdamW (arXiv 1711.05101, algorithm 2), all of it compiled. */
  const update = jax.jit(({ weights, means, squares, powers }, inputs, targets) => {
    const [sum, gradients] = jax.valueAndGrad(loss)(weights.map((w) => w.ref), inputs, targets);
    const power1 = powers[0].mul(beta1);
    const power2 = powers[1].mul(beta2);
    const rate = np.array(lr).div(np.array(1).sub(power1.ref));
    const root = np.sqrt(np.array(1).sub(power2.ref));
    const next = { weights: [], means: [], squares: [], powers: [power1, power2] };
    gradients.forEach((gradient, index) => {
      const mean = means[index].mul(beta1).add(gradient.ref.mul(1 - beta1));
      const square = squares[index].mul(beta2).add(np.square(gradient).mul(1 - beta2));
      const denominator = np.sqrt(square.ref).div(root.ref).add(epsilon);
      const change = mean.ref.mul(rate.ref).div(denominator);
      next.weights.push(weights[index].mul(1 - lr * decay).sub(change));
      next.means.push(mean);
      next.squares.push(square);
    });
    rate.dispose();
    root.dispose();
    return [next, sum];
  });

  return {
    step() {
      value?.dispose();
      [state, value] = update(state, firstLayer.inputs.map((x) => x.ref), targets.ref);
    },
    loss: async () => (await value.ref.data())[0] / members,
    dispose() {
      tree.dispose([state, firstLayer.inputs, targets, value ?? []]);
      update.dispose?.();
    },
  };
}
