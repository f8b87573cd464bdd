// Says why the page's program does not start, below the posters. Not a module and not inline, so
// that it runs where those are refused. The sentences stand in the document.
(() => {
  const root = document.documentElement;
  const waits = () => !root.dataset.state || root.dataset.state === "loading";
  const japanese = (new URLSearchParams(location.search).get("lang") || navigator.language || "").startsWith("ja");

  // A frame of an experiment that has a poster shows it at once.
  const keys = [...new URLSearchParams(location.search)].filter(([key]) => !/^(embed|lang|v|play|speed|backend|workers|theme|figure|knob|caption)$/.test(key));
  const lab = document.querySelector("#lab [data-posters]");
  if (root.dataset.view === "lab" && root.dataset.embed !== undefined && keys.length === 1 && keys[0][0] === "preset" && waits()) {
    const name = keys[0][1];
    if (lab.dataset.posters.split(" ").includes(name)) {
      const known = document.querySelector(`.poster[src="posters/${name}.svg"]`);
      const poster = new Image(640, 350);
      poster.className = "poster";
      poster.alt = known ? known.alt : "";
      poster.src = `posters/${name}.svg`;
      lab.prepend(poster);
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
