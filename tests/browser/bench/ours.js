// This project, spoken to as its own page does: src/protocol.rs.

import { CHECKED_STEP } from "./peer-worker.js";

/** Seconds of training before the rounds: so much more of them is measured among the first steps. */
const WARM_UP_SECONDS = 0.5;

export class Ours {
  static async start(backend) {
    const index = new DOMParser().parseFromString(await (await fetch("/dist/")).text(), "text/html");
    const loader = index.querySelector(`meta[name="worker-${backend}"]`).content;
    const ours = new Ours(new URL(loader, new URL("/dist/", location)).pathname);
    await ours.event("listening");
    ours.send({ open: backend });
    await ours.event("ready");
    return ours;
  }

  constructor(loader) {
    this.worker = new Worker(`./ours-worker.js?loader=${loader}`, { type: "module" });
    this.waiting = null;
    this.snapshots = 0;
    this.hostSeconds = [];
    this.worker.onmessage = ({ data: { event, ...at } }) => this.take(event, at);
    this.worker.onerror = (event) => this.waiting?.reject(new Error(event.message || "the worker does not load"));
  }

  take(event, at) {
    const [name, value] = typeof event === "string" ? [event, null] : Object.entries(event)[0];
    if (name === "snapshot") {
      this.snapshots += 1;
      this.loss = mean(value.members.map((member) => member.train.loss));
      // A peer's loss is that before its step.
      if (value.step === CHECKED_STEP - 1) this.checkedLoss = this.loss;
    }
    if (name === "progress") this.hostSeconds.push(value.host_seconds);
    if (name === "failed") this.waiting?.reject(new Error(value));
    if (name === this.waiting?.name) this.waiting.resolve({ value, ...at });
  }

  /** The next event of that name. */
  event(name) {
    return new Promise((resolve, reject) => {
      this.waiting = { name, resolve, reject };
    });
  }

  send(command) {
    this.worker.postMessage(JSON.stringify(command));
  }

  /** Sets up at step 0; gives back the seconds from `loaded` to the first snapshot, which is one measurement. */
  async setUp({ experiment, members }) {
    this.send({ load: { experiment, members: [...Array(members).keys()] } });
    const loaded = await this.event("loaded");
    const measured = await this.event("snapshot");
    return { seconds: (measured.time - loaded.time) / 1000, launches: measured.launches - loaded.launches };
  }

  async load(workload) {
    const start = performance.now();
    await this.setUp(workload);
    this.send("step");
    await this.event("paused");
    const seconds = (performance.now() - start) / 1000;
    // Again, with everything compiled: what measuring costs when nothing disturbs it.
    this.measuring = { seconds: Infinity };
    const again = performance.now();
    for (let time = 0; time < 5 && performance.now() - again < 1000; time += 1) {
      const measuring = await this.setUp(workload);
      if (measuring.seconds < this.measuring.seconds) this.measuring = measuring;
    }
    this.checkedLoss = null;
    this.send("step");
    this.last = await this.event("paused");
    // Past the steps that are all measured, where that takes no time.
    await this.train(WARM_UP_SECONDS);
    return { seconds, formulation: "", faults: [] };
  }

  /** Measuring of loss and accuracy, which the peers do not do, is taken off time and launches. */
  async train(seconds) {
    this.snapshots = 0;
    this.hostSeconds = [];
    const { value: { step: before }, launches: launchesBefore } = this.last;
    this.send("play");
    const playing = await this.event("playing");
    setTimeout(() => this.send("pause"), seconds * 1000);
    this.last = await this.event("paused");
    const steps = this.last.value.step - before;
    const withMeasuring = (this.last.time - playing.time) / 1000;
    return {
      steps,
      seconds: withMeasuring - this.snapshots * this.measuring.seconds,
      withMeasuring,
      hostSeconds: median(this.hostSeconds),
      launches: (this.last.launches - launchesBefore - this.snapshots * this.measuring.launches) / steps,
      loss: this.loss,
      checkedLoss: this.checkedLoss,
    };
  }

  stop() {
    this.worker.terminate();
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
