// Who takes part. `src/bin/bench.rs` names them in the same way.

import { Ours, OursTogether } from "./ours.js";
import { Peer } from "./peer.js";

const peer = (script, backend) => ({ start: () => Peer.start(script, backend) });

export const CONTESTANTS = {
  "ours cpu": { start: () => Ours.start("cpu") },
  "ours all cores": { start: () => OursTogether.start(navigator.hardwareConcurrency) },
  "ours gpu": { start: () => Ours.start("gpu") },
  "tfjs cpu": peer("./tfjs-worker.js", "cpu"),
  "tfjs wasm": peer("./tfjs-worker.js", "wasm"),
  "tfjs webgpu": peer("./tfjs-worker.js", "webgpu"),
  "jax-js wasm": peer("./jax-js-worker.js", "wasm"),
  "jax-js webgpu": peer("./jax-js-worker.js", "webgpu"),
};
