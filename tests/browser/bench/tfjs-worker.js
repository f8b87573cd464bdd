// TensorFlow.js, with its cpu, wasm or webgpu backend.

import "./launches.js";
import { serve } from "./peer-worker.js";

const NPM = "/npm/@tensorflow";
const SCRIPTS = {
  cpu: [],
  wasm: ["tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js"],
  webgpu: ["tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js"],
};

serve(async (backend) => {
  await import(`${NPM}/tfjs/dist/tf.es2017.min.js`);
  for (const script of SCRIPTS[backend]) await import(`${NPM}/${script}`);
  if (backend === "wasm") tf.wasm.setWasmPaths(`${NPM}/tfjs-backend-wasm/dist/`);
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
  return {
    dense: (data) => training(data, denseFirstLayer(data)),
    gather: (data) => training(data, gatheredFirstLayer(data)),
  };
});

/** The first layer as a batched product of the inputs and its weights. */
function denseFirstLayer({ x, members, samples, inputs }) {
  const tensor = tf.tensor(x, [members, samples, inputs]);
  return { apply: (weights) => tf.matMul(tensor, weights), tensors: [tensor] };
}

/** The first layer as sums of the two rows that a sample's ones take. */
function gatheredFirstLayer({ pairs, members, samples, inputs, width }) {
  const rows = pairs.map((rows) => tf.tensor1d(rows, "int32"));
  const apply = (weights) => {
    const flat = tf.reshape(weights, [members * inputs, width]);
    const sum = tf.add(tf.gather(flat, rows[0]), tf.gather(flat, rows[1]));
    return tf.reshape(sum, [members, samples, width]);
  };
  return { apply, tensors: rows };
}

function training(data, firstLayer) {
  const { members, samples, inputs, width, outputs, rates } = data;
  const targets = tf.tensor(data.y, [members, samples, outputs]);
  const parameters = {
    first: tf.variable(tf.tensor(data.weights[0], [members, inputs, width])),
    second: tf.variable(tf.tensor(data.weights[1], [members, width, outputs])),
  };
  if (data.biases) {
    parameters.firstBias = tf.variable(tf.tensor(data.biases[0], [members, 1, width]));
    parameters.secondBias = tf.variable(tf.tensor(data.biases[1], [members, 1, outputs]));
  }
  const optimiser = new AdamW(Object.values(parameters), rates);
  const value = tf.variable(tf.scalar(0), false);

  /** Squared error summed over outputs and members, a mean over samples. */
  const loss = () => {
    let hidden = firstLayer.apply(parameters.first);
    if (data.biases) hidden = tf.add(hidden, parameters.firstBias);
    hidden = data.activation === "relu" ? tf.relu(hidden) : tf.square(hidden);
    let out = tf.matMul(hidden, parameters.second);
    if (data.biases) out = tf.add(out, parameters.secondBias);
    return tf.div(tf.sum(tf.squaredDifference(out, targets)), samples);
  };

  return {
    step() {
      tf.tidy(() => {
        const { value: sum, grads } = tf.variableGrads(loss, optimiser.variables);
        optimiser.apply(grads);
        value.assign(sum);
      });
    },
    loss: async () => (await value.data())[0] / members,
    dispose() {
      optimiser.dispose();
      tf.dispose([targets, value, ...firstLayer.tensors, ...Object.values(parameters)]);
    },
  };
}

/** AdamW (arXiv 1711.05101, algorithm 2); constants are uploaded once. */
class AdamW {
  constructor(variables, { lr, beta1, beta2, decay, epsilon }) {
    this.variables = variables;
    this.means = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
    this.squares = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
    this.rates = { lr, beta1, beta2 };
    const scalars = { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, keep: 1 - lr * decay, epsilon };
    this.scalars = Object.fromEntries(Object.entries(scalars).map(([name, x]) => [name, tf.scalar(x)]));
    this.steps = 0;
  }

  /** Called within tf.tidy. */
  apply(gradients) {
    this.steps += 1;
    const { beta1, beta2, rest1, rest2, keep, epsilon } = this.scalars;
    const rate = tf.scalar(this.rates.lr / (1 - this.rates.beta1 ** this.steps));
    const root = tf.scalar(1 / Math.sqrt(1 - this.rates.beta2 ** this.steps));
    this.variables.forEach((variable, index) => {
      const gradient = gradients[variable.name];
      const mean = tf.add(tf.mul(this.means[index], beta1), tf.mul(gradient, rest1));
      const square = tf.add(tf.mul(this.squares[index], beta2), tf.mul(tf.square(gradient), rest2));
      const denominator = tf.add(tf.mul(tf.sqrt(square), root), epsilon);
      const change = tf.mul(tf.div(mean, denominator), rate);
      this.means[index].assign(mean);
      this.squares[index].assign(square);
      variable.assign(tf.sub(tf.mul(variable, keep), change));
    });
  }

  dispose() {
    tf.dispose([...this.means, ...this.squares, ...Object.values(this.scalars)]);
  }
}
