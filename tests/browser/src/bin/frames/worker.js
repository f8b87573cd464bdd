// Stands in for the page's workers: sends 5,000 points of ten members as fast as the page takes them,
// and adds up what the page's animation frames cost. Understands the protocol with run ids and the one
// before it.
(() => {
  const POINTS = 5000, MEMBERS = 10, CURVES = 12, EACH = 20;
  const frames = (window.frameCosts = []);
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      const start = performance.now();
      callback(time);
      frames.push([window.pointsSent, performance.now() - start]);
    });
  window.pointsSent = 0;
  const wave = (step, member, shift) => 0.5 + 0.4 * Math.sin(step / 300 + member / 3 + shift);
  window.Worker = class {
    constructor() {
      setTimeout(() => this.say("listening"));
    }
    say(event) {
      this.onmessage?.({ data: JSON.stringify(event) });
    }
    terminate() {
      this.onmessage = null;
    }
    postMessage(text) {
      const command = JSON.parse(text);
      if (command.open) return setTimeout(() => this.say({ ready: command.open }));
      if (command.load) {
        this.run = command.load.run;
        return setTimeout(() => this.tell("loaded"));
      }
      const [, inner] = command.run ?? [0, command];
      if (inner === "play") setTimeout(() => this.play());
    }
    /// What concerns a run, with its id where the protocol has one.
    tell(event) {
      this.say(this.run === undefined ? event : { run: [this.run, event] });
    }
    play() {
      this.tell("playing");
      let step = 0;
      const send = () => {
        for (let i = 0; i < EACH && step <= POINTS; i += 1, step += 1) this.point(step);
        window.pointsSent = step;
        if (step <= POINTS) request(() => setTimeout(send));
        else this.tell({ done: { step: POINTS } });
      };
      send();
    }
    point(step) {
      const members = Array.from({ length: MEMBERS }, (_, member) => {
        const score = (shift) => ({ loss: wave(step, member, shift), accuracy: wave(step, member, shift) });
        return { train: score(0), test: score(1) };
      });
      this.tell({ evaluation: { step, members } });
      const values = Array.from({ length: MEMBERS }, (_, member) =>
        Array.from({ length: CURVES }, (_, curve) => wave(step, member, curve)));
      const result = { step, members: values };
      this.tell(this.run === undefined ? { probe_result: result } : { measured: { revision: 0, result } });
    }
  };
})();
