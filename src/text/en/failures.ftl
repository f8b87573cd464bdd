# What went wrong, and what to do.

failure-training = Training stopped: { $reason }. Reset to start again, or choose another device.
failure-page = The page’s program stopped. Reload the page.
failure-no-worker = This browser starts no worker here. Serve the page over HTTP: opened as a file it cannot train.
failure-no-worker-address = This page does not name its training program. Reload it.
failure-versions = page and training program have different versions: reload the page
failure-program-stopped = the training program stopped ({ $message })
failure-program-not-loaded = the training program could not be loaded
