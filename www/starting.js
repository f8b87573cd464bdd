// Says why the page's program does not start, below the posters. Not a module and not inline, so
// that it runs where those are refused. The sentences stand in the document.
(() => {
  const root = document.documentElement;
  const waits = () => !root.dataset.state || root.dataset.state === "loading";
  const japanese = (new URLSearchParams(location.search).get("lang") || navigator.language || "").startsWith("ja");

  const query = new URLSearchParams(location.search);
  // The document's own script may be forbidden.
  if (!root.dataset.view && query.get("embed") === "1") Object.assign(root.dataset, { view: "embed", embed: "" });

  // A frame shows a poster at once: of the section that its address names, or of its experiment. With
  // other settings than usual only where nothing else will come, and says so.
  const others = /^(embed|lang|v|ref|play|autoplay|speed|axis|shown|backend|workers|theme|caption|hide|at|utm_.*)$/;
  const settings = [...query].filter(([key]) => !others.test(key));
  const value = (name) => (settings.find(([key]) => key === name) || [])[1];
  const isUsual = settings.every(([key]) => key === "figure" || key === "preset");
  const frame = document.querySelector("#embed [data-posters]");
  const of = japanese ? "ja" : "en";
  const sentence = (cause) => document.querySelector(`#stuck [data-cause="${cause}"][lang="${of}"]`).textContent;
  if (root.dataset.embed !== undefined && waits()) {
    const section = document.getElementById(value("figure") || "");
    const name = value("preset") || "grokking";
    const isKnown = frame.dataset.posters.split(" ").includes(name);
    const known = section
      ? section.querySelector(".poster")
      : isKnown && document.querySelector(`.poster[src="posters/${name}.svg"]`);
    if (known) {
      const poster = known.cloneNode();
      poster.removeAttribute("loading");
      if (isUsual) frame.prepend(poster);
      else {
        const other = document.createElement("figure");
        const caption = document.createElement("figcaption");
        caption.textContent = sentence("other-settings");
        caption.lang = of;
        other.className = "poster other";
        poster.className = "";
        other.append(poster, caption);
        frame.prepend(other);
      }
    }
  }

  const say = (cause) => {
    if (!waits()) return;
    for (const line of document.querySelectorAll(".not-started")) {
      line.textContent = sentence(cause);
      line.lang = of;
      line.dataset.cause = cause;
    }
  };

  // Whether any program may run: the smallest one.
  const compiles = () => {
    try {
      return !!new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    } catch {
      return false;
    }
  };

  const files = () => {
    const links = document.querySelectorAll("link[rel=modulepreload], link[as=fetch][type='application/wasm']");
    return [...links].map((link) => link.href);
  };

  // Whether a file of the program is as it should be, or what is wrong with it.
  const look = async (file) => {
    const isProgram = file.endsWith(".wasm");
    let answer;
    try {
      answer = await fetch(file);
    } catch {
      return self.origin === "null" ? "sandbox" : "slow";
    }
    if (!answer.ok) return "missing";
    const type = answer.headers.get("content-type") || "";
    if (!isProgram && !/javascript|ecmascript/.test(type)) return "type";
    try {
      const bytes = await answer.arrayBuffer();
      if (!isProgram) return null;
      if (!WebAssembly.validate(bytes)) return "cut";
    } catch {
      return "cut";
    }
    return null;
  };

  const find = async () => {
    if (location.protocol === "file:") return "file";
    if (typeof WebAssembly !== "object" || !("noModule" in HTMLScriptElement.prototype)) return "browser";
    // The inline script of the document did not run, or no program may.
    if (!window.recordings || refused || !compiles()) return "policy";
    const faults = await Promise.all(files().map(look));
    return faults.find((fault) => fault && fault !== "slow") || faults.find(Boolean) || null;
  };

  let refused = false;
  let looking = false;
  // `known` is whether something is wrong for certain.
  const explain = async (known) => {
    if (looking || !waits()) return;
    looking = true;
    const slow = setTimeout(() => say("slow"), known ? 4000 : 1000);
    const cause = await find();
    clearTimeout(slow);
    say(cause || (known ? "other" : "slow"));
    looking = false;
  };

  addEventListener("securitypolicyviolation", (event) => {
    if (/script|default|wasm/.test(event.effectiveDirective)) {
      refused = true;
      explain(true);
    }
  });
  addEventListener("error", (event) => {
    const element = event.target;
    if (element === window || element.tagName === "SCRIPT" || element.rel === "modulepreload") explain(true);
  }, true);
  addEventListener("unhandledrejection", () => explain(true));
  if (location.protocol === "file:" || !window.recordings || !compiles()) explain(true);
  setTimeout(() => explain(false), Math.max(0, 8000 - performance.now()));
})();
