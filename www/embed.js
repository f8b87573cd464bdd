// <two-phase-figure preset="grokking" wd="3">: a figure of the page beside this file, in a frame.
// docs/contracts.md, "Embedding", describes attributes, methods, events and messages.
const page = new URL("./", import.meta.url);
const own = ["theme", "height", "loading", "figure", "lang"];
const common = /^(id|class|style|title|hidden|slot|part|dir|tabindex|role|is|inert|nonce|translate|(on|aria-|data-|item).*)$/;
const requests = ["play", "pause", "step", "reset", "report"];
const late = "The figure did not answer within 10 seconds.";
const blocked = {
  en: `The figure did not load. This page's policy may forbid frames of ${page.host} (frame-src), the connection may be down, or the address may be wrong.`,
  ja: `図を読み込めませんでした。このページの設定（frame-src）が${page.host}のフレームを禁じているか、接続が切れているか、アドレスが違う可能性があります。`,
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const style = new CSSStyleSheet();
style.replaceSync(":host{display:block;position:relative;width:640px;max-width:100%;height:460px}:host([hidden]){display:none}iframe{position:absolute;inset:0;width:100%;height:100%;border:0;opacity:0;pointer-events:none}.ready iframe{opacity:1;pointer-events:auto}.ready slot{display:none}p{font:14px/1.4 system-ui,sans-serif}");

class TwoPhaseFigure extends HTMLElement {
  #frame = document.createElement("iframe");
  #box = document.createElement("div");
  #waiting = new Map();
  #id = 0;
  #src = "";
  #theme = "";
  #settings = "";
  // What the address of the frame says: a frame that is loaded again shows that.
  #loaded = {};
  #timer;
  #isReady = false;
  #watches = [
    new MutationObserver(() => this.#changed()),
    new MutationObserver(() => this.#follow()),
  ];

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    this.#box.append(document.createElement("slot"), this.#frame);
    root.append(this.#box);
    this.#frame.allow = "clipboard-write; fullscreen";
    this.#frame.addEventListener("load", () => this.#isReady || this.#frame.src && this.#expect());
  }

  connectedCallback() {
    addEventListener("message", this);
    dark.addEventListener("change", this);
    this.#watches[0].observe(this, { attributes: true });
    for (const node of [document.documentElement, document.body, this.parentElement])
      if (node) this.#watches[1].observe(node, { attributes: true });
    this.#open();
  }

  disconnectedCallback() {
    removeEventListener("message", this);
    dark.removeEventListener("change", this);
    for (const watch of this.#watches) watch.disconnect();
    clearTimeout(this.#timer);
    this.#forget("The figure was taken out of its page.");
    // A frame that is moved begins again.
    this.#src = "";
  }

  handleEvent({ type, source, origin, data }) {
    if (type === "change") return this.#follow();
    if (source !== this.#frame.contentWindow || data?.twoPhase !== 1) return;
    if (origin !== page.origin && origin !== "null") return;
    const { twoPhase, type: kind, id, value, error, ...detail } = data;
    if (kind === "answer") {
      const [resolve, reject] = this.#waiting.get(id) ?? [];
      this.#waiting.delete(id);
      if (error) reject?.(new Error(error));
      else resolve?.(value);
    } else if (kind === "height") {
      if (this.getAttribute("height") === "auto") this.style.height = `${detail.height}px`;
    } else if (["ready", "state", "phase", "done", "error"].includes(kind)) {
      if (kind === "ready") this.#ready();
      this.dispatchEvent(new CustomEvent(kind, { bubbles: true, detail }));
    }
  }

  // Everything that is no attribute of HTML's own goes into the address.
  #query() {
    const query = new URLSearchParams();
    for (const { name, value } of this.attributes)
      if (!own.includes(name) && !common.test(name)) query.set(name, value);
    return query;
  }

  #address() {
    const query = new URLSearchParams({ embed: 1 });
    for (const name of ["figure", "lang"])
      if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
    return `${page}?${query}`;
  }

  #scheme() {
    const asked = this.getAttribute("theme") ?? "auto";
    if (asked !== "auto") return asked;
    const scheme = getComputedStyle(this).colorScheme;
    return /dark/.test(scheme) && (!/light/.test(scheme) || dark.matches) ? "dark" : "light";
  }

  #open() {
    this.#fit();
    this.#isReady = false;
    this.#box.className = "";
    this.#src = this.#address();
    this.#theme = this.#scheme();
    this.#frame.title = this.title || "Two phases of learning";
    this.#frame.loading = this.getAttribute("loading") ?? "lazy";
    this.#loaded = { theme: this.#theme, settings: `${this.#query()}` };
    this.#frame.src = `${this.#src}&theme=${this.#theme}&${this.#loaded.settings}`;
    if (this.#frame.loading !== "lazy") this.#expect();
  }

  // As high as the attribute says; "auto" follows the messages of the figure.
  #fit() {
    const height = this.getAttribute("height") ?? "auto";
    if (height !== "auto") this.style.height = /[^\d.]/.test(height) ? height : `${height}px`;
  }

  // A frame loads, whatever it shows: a figure then says that it is ready.
  #expect() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#box.querySelector("p")?.remove();
      const sentence = document.createElement("p");
      sentence.textContent = blocked[this.closest("[lang|=ja]") ? "ja" : "en"];
      this.#box.append(sentence);
    }, 10000);
  }

  #ready() {
    clearTimeout(this.#timer);
    this.#isReady = true;
    this.#box.className = "ready";
    this.#box.querySelector("p")?.remove();
    this.#theme = this.#loaded.theme;
    this.#settings = this.#loaded.settings;
    for (const [, , message] of this.#waiting.values()) {
      if (message.type === "set") this.#settings = message.query;
      this.#post(message);
    }
    this.#changed();
  }

  #changed() {
    if (!this.isConnected) return;
    if (this.#src !== this.#address()) return this.#open();
    this.#fit();
    this.#follow();
    if (this.#isReady) this.#send()?.catch(() => {});
  }

  // Nothing where the frame knows the settings.
  #send() {
    const query = `${this.#query()}`;
    if (this.#isReady && query === this.#settings) return;
    this.#settings = query;
    return this.#ask("set", { query });
  }

  #follow() {
    const theme = this.#scheme();
    if (!this.#isReady || theme === this.#theme) return;
    this.#theme = theme;
    this.#ask("theme", { theme }).catch(() => {});
  }

  #forget(sentence) {
    for (const [, reject] of this.#waiting.values()) reject(new Error(sentence));
    this.#waiting.clear();
  }

  #ask(type, fields) {
    return new Promise((resolve, reject) => {
      const id = ++this.#id;
      // What cannot be sent is refused here.
      const message = structuredClone({ ...fields, twoPhase: 1, type, id });
      this.#waiting.set(id, [resolve, reject, message]);
      setTimeout(() => this.#waiting.delete(id) && reject(new Error(late)), 10000);
      // Whoever asks does not wait until the figure is near.
      if (this.#isReady) this.#post(message);
      else this.#frame.loading = "eager";
    });
  }

  // The frame of a page without an origin has none either; a request holds nothing to hide.
  #post(message) {
    this.#frame.contentWindow?.postMessage(message, "*");
  }

  static {
    for (const name of requests)
      this.prototype[name] = function () {
        return this.#ask(name);
      };
  }

  // A picture of the charts: { format: "png" or "svg", scale }.
  toBlob(options) {
    return this.#ask("picture", options);
  }

  seek(step) {
    return this.#ask("seek", { step });
  }

  // The settings of a query, or of an object, as attributes, but for those of HTML itself. Resolves
  // with what could not be taken.
  async set(settings) {
    const notices = [];
    for (const [name, value] of new URLSearchParams(settings ?? "")) {
      if (common.test(name) || !/^[\w.-]+$/.test(name)) notices.push(`“${name}” is no setting.`);
      else this.setAttribute(name, value);
    }
    if (this.#src !== this.#address()) this.#open();
    const answer = await this.#send();
    return { notices: [...notices, ...(answer?.notices ?? [])] };
  }
}

customElements.get("two-phase-figure") || customElements.define("two-phase-figure", TwoPhaseFigure);
