// Says why the page's program does not start, below the posters. Not a module and not inline, so
// that it runs where those are refused. The sentences stand in the document.
(() => {
  const root = document.documentElement;
  const waits = () => !root.dataset.state || root.dataset.state === "loading";
  const japanese = (new URLSearchParams(location.search).get("lang") || navigator.language || "").startsWith("ja");

  // A frame shows the poster of its figure at once: of the section that its address names, or of
  // an experiment as it is.
  const query = new URLSearchParams(location.search);
  const others = /^(embed|lang|v|ref|play|autoplay|speed|axis|shown|backend|workers|theme|caption|hide|at|utm_.*)$/;
  const settings = [...query].filter(([key]) => !others.test(key));
  const frame = document.querySelector("#embed [data-posters]");
  if (root.dataset.embed !== undefined && settings.length < 2 && waits()) {
    const [key, name] = settings[0] || ["preset", "grokking"];
    const section = key === "figure" && document.getElementById(name);
    const isKnown = key === "preset" && frame.dataset.posters.split(" ").includes(name);
    const known = section
      ? section.querySelector(".poster")
      : isKnown && document.querySelector(`.poster[src="posters/${name}.svg"]`);
    if (known) {
      const poster = known.cloneNode();
      poster.removeAttribute("loading");
      frame.prepend(poster);
    }
  }

  const say = (cause) => {
    if (!waits()) return;
    const of = japanese ? "ja" : "en";
    const found = document.querySelector(`#stuck [data-cause="${cause}"][lang="${of}"]`);
    for (const line of document.querySelectorAll(".not-started")) {
      line.textContent = found.textContent;
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
      return "slow";
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
