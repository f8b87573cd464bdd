// This project's worker, its launches counted: beside every event goes their number so far.

import "./launches.js";

const post = self.postMessage.bind(self);
self.postMessage = (event) => post({ event: JSON.parse(event), launches: self.launches });

await import(new URLSearchParams(self.location.search).get("loader"));
