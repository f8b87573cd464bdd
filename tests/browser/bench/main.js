// The page's side of the benchmark: starts contestants, each in a worker of its own, and passes on
// what the driver (src/bin/bench.rs) asks of them. The page itself does nothing meanwhile.

import { CONTESTANTS } from "./contestants.js";

const running = new Map();

const METHODS = {
  /** The adapter's name, or null without WebGPU, and the browser's. */
  async adapter() {
    const adapter = await navigator.gpu?.requestAdapter();
    const { vendor, architecture, device, description } = adapter?.info ?? {};
    const name = [vendor, architecture, device, description].filter(Boolean).join(" ") || null;
    return { name, browser: navigator.userAgent, cores: navigator.hardwareConcurrency, date: new Date().toISOString() };
  },

  /** Loads a contestant's library: seconds until it can take on a workload. */
  async start({ contestant }) {
    const start = performance.now();
    running.set(contestant, await CONTESTANTS[contestant].start());
    return (performance.now() - start) / 1000;
  },

  /** Sets a workload up and takes the first step: `{ seconds, formulation }`. */
  load: ({ contestant, workload }) => running.get(contestant).load(workload),

  /** Trains for some seconds: `{ steps, seconds, hostSeconds, launches, loss }`. */
  train: ({ contestant, seconds }) => running.get(contestant).train(seconds),

  /** Ends a contestant's worker, whatever it is doing. */
  stop({ contestant }) {
    running.get(contestant)?.stop();
    running.delete(contestant);
    return null;
  },

  /** 10^9 floating-point operations a second of this machine's wasm SIMD, on one thread. */
  async peak() {
    const worker = new Worker("./peak-worker.js");
    const peak = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    worker.terminate();
    return peak;
  },
};

/**
 * Begins a call. The driver polls `window.answer`, for calls take longer than a script may run. What
 * is not done within `limit` seconds is answered by `{ late: true }`, and the contestant is ended.
 */
window.call = (method, argument, limit) => {
  window.answer = null;
  const work = Promise.resolve().then(() => METHODS[method](argument));
  const late = new Promise((resolve) => setTimeout(resolve, limit * 1000, { late: true }));
  Promise.race([work.then((value) => ({ value })), late])
    .catch((error) => ({ error: String(error?.message ?? error) }))
    .then((answer) => {
      if (answer.late || answer.error) METHODS.stop(argument);
      window.answer = answer;
    });
};
window.answer = null;
window.isReady = true;
