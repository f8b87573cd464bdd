// This project, spoken to as its own page does: src/protocol.rs.

import { CHECKED_STEP } from "./peer-worker.js";

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
    this.launches = 0;
    this.worker.onmessage = ({ data }) => this.take(data);
    this.worker.onerror = (event) => this.waiting?.reject(new Error(event.message || "the worker does not load"));
  }

  take({ event, launches }) {
    const [name, value] = typeof event === "string" ? [event, null] : Object.entries(event)[0];
    this.launches = launches;
    if (name === "snapshot") {
      // Other workers' members are not in it.
      this.loss = mean(value.members.filter(Boolean).map((member) => member.train.loss));
      // A peer's loss is that before its step.
      if (value.step === CHECKED_STEP - 1) {
        this.checkedLoss = this.loss;
        this.send("pause");
      }
    }
    if (name === "failed") this.waiting?.reject(new Error(value));
    if (name === this.waiting?.name) this.waiting.resolve({ value, launches });
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

  /** Sets up at step 0, with what is measured there. */
  async setUp(experiment, members) {
    this.send({ load: { experiment, members } });
    await this.event("loaded");
    await this.event("snapshot");
  }

  async load({ experiment, members }) {
    return this.loadMembers(experiment, [...Array(members).keys()]);
  }

  async loadMembers(experiment, members) {
    const start = performance.now();
    await this.setUp(experiment, members);
    this.send("step");
    await this.event("paused");
    const seconds = (performance.now() - start) / 1000;
    this.checkedLoss = null;
    this.send("play");
    await this.event("playing");
    await this.event("paused");
    this.fixedLaunches = await this.launchesBeforeSteps();
    return { seconds, formulation: "", faults: [] };
  }

  /** Launches that timing begins with, before its steps: fewer steps against more. */
  async launchesBeforeSteps() {
    // What was queued before is not counted then.
    await this.time(0);
    const few = await this.time(0);
    const more = await this.time(Math.max(0.3, 1.5 * few.seconds));
    return few.launches - (few.steps * (more.launches - few.launches)) / (more.steps - few.steps);
  }

  /** Steps alone, as the peers': without measuring, and without commands and reports in between. */
  async time(seconds) {
    this.send({ time: seconds });
    const before = this.launches;
    const { value, launches } = await this.event("timed");
    return { ...value, launches: launches - before };
  }

  async train(seconds) {
    const { steps, seconds: each, host_seconds: hostSeconds, launches } = await this.time(seconds);
    return {
      steps,
      seconds: steps * each,
      hostSeconds,
      launches: (launches - this.fixedLaunches) / steps,
      loss: this.loss,
      checkedLoss: this.checkedLoss,
    };
  }

  stop() {
    this.worker.terminate();
  }
}

/** Members dealt to workers on the CPU, as the page does. */
export class OursTogether {
  static async start(count) {
    const together = new OursTogether();
    together.workers = await Promise.all(Array.from({ length: count }, () => Ours.start("cpu")));
    return together;
  }

  async load({ experiment, members }) {
    const count = Math.min(members, this.workers.length);
    this.shares = this.workers.slice(0, count).map((worker, share) => ({
      worker,
      members: [...Array(members).keys()].filter((member) => member % count === share),
    }));
    const loaded = this.shares.map(({ worker, members }) => worker.loadMembers(experiment, members));
    return (await Promise.all(loaded)).reduce((a, b) => (a.seconds > b.seconds ? a : b));
  }

  /** A step is taken when the slowest has taken its members'. */
  async train(seconds) {
    const all = await Promise.all(this.shares.map(({ worker }) => worker.train(seconds)));
    const slowest = all.reduce((a, b) => (a.steps / a.seconds < b.steps / b.seconds ? a : b));
    return { ...slowest, checkedLoss: null };
  }

  stop() {
    for (const worker of this.workers) worker.stop();
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
