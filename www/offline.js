// Keeps one build of the page, so that it works without its server. A build is kept whole or not at
// all, and answers alone: a page never gets files of two builds. `cargo xtask build` writes the
// build's files here, each with the SHA-256 of its content.
const FILES = {};
const BUILD = "none";

const NAME = "two-phase-";
const CACHE = NAME + BUILD;
const scope = new URL(self.registration.scope);
const address = (file) => new URL(file, scope).href;
// Megabytes that only some browsers use: kept once it has been asked for.
const isRare = (file) => file.startsWith("worker-gpu");

// Fetches a file of this build; an error if it is missing, cut or of another build.
async function take(file) {
  const answer = await fetch(address(file), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${file}: status ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hash !== FILES[file]) throw new Error(`${file} is not the file of build ${BUILD}`);
  const type = answer.headers.get("content-type") ?? "";
  return new Response(bytes, { headers: { "content-type": type } });
}

async function keep(file) {
  const answer = await take(file);
  await (await caches.open(CACHE)).put(address(file), answer.clone());
  return answer;
}

async function others() {
  return (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== CACHE);
}

async function usesRare() {
  for (const name of await others()) {
    const kept = await (await caches.open(name)).keys();
    if (kept.some(({ url }) => isRare(url.slice(scope.href.length)))) return true;
  }
  return false;
}

async function install() {
  const rare = await usesRare();
  const files = Object.keys(FILES).filter((file) => rare || !isRare(file));
  // All of them first: nothing is kept of a build that is not whole.
  const taken = await Promise.all(files.map(take));
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(files.map((file, index) => cache.put(address(file), taken[index])));
  } catch (error) {
    // The disk is full.
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const old = await others();
  await Promise.all(old.map((name) => caches.delete(name)));
  // The first build serves the page that brought it. A later one waits for the reader.
  if (old.length === 0) await self.clients.claim();
}

async function answer(request, file) {
  const kept = await (await caches.open(CACHE)).match(address(file));
  if (kept) return kept;
  try {
    return await keep(file);
  } catch {
    return fetch(request);
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.origin) return;
  if (!url.pathname.startsWith(scope.pathname)) return;
  const file = url.pathname.slice(scope.pathname.length) || "index.html";
  if (Object.hasOwn(FILES, file)) event.respondWith(answer(request, file));
});
