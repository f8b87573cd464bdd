// What all peers' workers do alike: time steps, and answer `Peer`.

import { problem } from "./problem.js";

/** Seconds of steps between two waits for the device. */
const CHUNK_SECONDS = 0.1;

/** Steps that formulations are compared by, of each. */
const CHOICE_MILLISECONDS = 300;

/** The loss at this step is kept, to be compared between contestants. */
export const CHECKED_STEP = 20;

/**
 * Answers the page with a library. `start(backend)` makes it ready and gives back its formulations:
 * functions of a problem that each give a training `{ step(), loss(), dispose() }`. `step` queues a
 * step; `loss` waits for all steps queued, and gives the last one's loss, a mean over members.
 */
export function serve(start) {
  let formulations = {};
  // The formulation that was fastest for an experiment with one member.
  let fastest = null;
  let training = null;
  let taken = 0;
  let checkedLoss = null;

  const methods = {
    async start(backend) {
      formulations = await start(backend);
    },

    async load(workload) {
      training?.dispose();
      training = null;
      const data = await problem(workload);
      const possible = Object.keys(formulations).filter((name) => data.pairs || name === "dense");
      const chosen = data.members > 1 && fastest?.experiment === data.name ? [fastest.name] : possible;
      let best = { milliseconds: Infinity };
      let seconds;
      const faults = [];
      for (const name of chosen) {
        // With steps as slow as that there is no time for a second formulation.
        if (best.candidate && best.milliseconds > workload.limit * 500) break;
        try {
          const start = performance.now();
          const candidate = formulations[name](data);
          const first = await timed(candidate);
          seconds ??= (performance.now() - start) / 1000;
          taken = 1;
          let each = first;
          // The first step compiles. More are worth their time only where there is a choice, and several at once,
          // as waiting for one takes longer than some steps do.
          let rest = chosen.length > 1 ? CHOICE_MILLISECONDS : 0;
          for (let chunk = 1; rest > 0 && taken + chunk < CHECKED_STEP; chunk *= 2) {
            const all = await timed(candidate, chunk);
            each = Math.min(each, all / chunk);
            rest -= all;
            taken += chunk;
          }
          if (each < best.milliseconds) {
            best.candidate?.dispose();
            best = { name, candidate, taken, milliseconds: each };
          } else {
            candidate.dispose();
          }
        } catch (error) {
          faults.push(`${name}: ${error.message}`);
        }
      }
      if (!best.candidate) throw new Error(faults.join("; "));
      training = best.candidate;
      taken = best.taken;
      checkedLoss = null;
      fastest = { experiment: data.name, name: best.name };
      return { seconds, formulation: best.name, faults };
    },

    async train(seconds) {
      const before = self.launches;
      const start = performance.now();
      let [steps, hostMilliseconds, chunk, loss] = [0, 0, 1, 0];
      do {
        const chunkStart = performance.now();
        for (let step = 0; step < chunk; step += 1) training.step();
        hostMilliseconds += performance.now() - chunkStart;
        loss = await training.loss();
        steps += chunk;
        taken += chunk;
        if (taken === CHECKED_STEP) checkedLoss = loss;
        const took = (performance.now() - chunkStart) / 1000;
        chunk = Math.max(1, Math.min(2 * chunk, Math.round((chunk * CHUNK_SECONDS) / took)));
        if (taken < CHECKED_STEP) chunk = Math.min(chunk, CHECKED_STEP - taken);
      } while (performance.now() - start < seconds * 1000);
      return {
        steps,
        seconds: (performance.now() - start) / 1000,
        hostSeconds: hostMilliseconds / 1000 / steps,
        launches: (self.launches - before) / steps,
        loss,
        checkedLoss,
      };
    },
  };

  onmessage = async ({ data: { method, argument } }) => {
    try {
      postMessage({ value: await methods[method](argument) });
    } catch (error) {
      postMessage({ error: error.message || String(error) });
    }
  };
}

async function timed(training, steps = 1) {
  const start = performance.now();
  for (let step = 0; step < steps; step += 1) training.step();
  await training.loss();
  return performance.now() - start;
}
