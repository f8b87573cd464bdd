// The machine's wasm SIMD peak on one thread, in 10^9 operations a second: the best of some runs of
// peak.wat, for a peak is what nothing disturbs.

importScripts("/npm/wabt/index.js");

const TURNS = 2_000_000;
const OPERATIONS = 96;

(async () => {
  const wabt = await WabtModule();
  const text = await (await fetch("./peak.wat")).text();
  const { buffer } = wabt.parseWat("peak.wat", text, { simd: true }).toBinary({});
  const { instance } = await WebAssembly.instantiate(buffer);
  let best = 0;
  for (let run = 0; run < 12; run += 1) {
    const start = performance.now();
    instance.exports.run(TURNS);
    best = Math.max(best, (TURNS * OPERATIONS) / (performance.now() - start) / 1e6);
  }
  postMessage(best);
})();
