// This project's worker, its launches counted: beside every event goes their number so far.

import "./launches.js";

const post = self.postMessage.bind(self);
self.postMessage = (event) =>
  post({ event: JSON.parse(event), launches: self.launches });

// What the program fetches by name lies beside its own files, not beside this one.
const loader = new URL(new URLSearchParams(self.location.search).get("loader"), self.location);
const fetchBeside = self.fetch.bind(self);
self.fetch = (address, ...options) => {
  const { pathname } = new URL(address.url ?? address, self.location);
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  return fetchBeside(new URL(name, loader), ...options);
};

await import(loader);
