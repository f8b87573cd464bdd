// A peer's library, in a worker that runs `peer-worker.js` with it.

export class Peer {
  static async start(script, backend) {
    const peer = new Peer(script);
    await peer.ask("start", backend);
    return peer;
  }

  constructor(script) {
    this.worker = new Worker(script, { type: "module" });
    this.waiting = null;
    const fail = (message) => this.waiting?.reject(new Error(message));
    this.worker.onmessage = ({ data: { value, error } }) =>
      error ? fail(error) : this.waiting.resolve(value);
    this.worker.onerror = (event) => fail(event.message || `${script} does not load`);
  }

  ask(method, argument) {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage({ method, argument });
    });
  }

  load(workload) {
    return this.ask("load", workload);
  }

  train(seconds) {
    return this.ask("train", seconds);
  }

  stop() {
    this.worker.terminate();
  }
}
