# What went wrong, and what to do. { $detail } is what the browser or a library said.

page-stopped = The page’s program stopped. Reload the page.
failure-words-not-loaded = The Japanese text could not be loaded, so this page is in English. Reload it to try again.
failure-training = Training stopped: { $reason }. Reset to start again, or choose another device.
failure-adapter-not-opened = the GPU could not be opened ({ $detail })
failure-self-test = the GPU failed a check: { $check } (off by { $error } of the largest value)
failure-self-test-not-finite = the GPU failed a check: { $check } (some results are not finite numbers)
failure-self-test-unanswered = the GPU did not answer a check: { $check } ({ $detail })
failure-built-without-gpu = this program was built without GPU support
failure-silent = no answer within { $seconds } seconds
failure-program-stopped = the training program stopped
failure-program-stopped-because = the training program stopped ({ $detail })
failure-program-not-loaded = the training program could not be loaded. If the page has been updated, reload it
failure-program-not-named = this page does not name its training program
failure-no-workers = this browser starts no worker here. A page opened as a file cannot train: serve it over HTTP
failure-version-mismatch = page and training program have different versions. Reload the page
failure-file-not-loaded = { $name } could not be loaded ({ $detail })
failure-file-damaged = { $name } is damaged: reload the page
failure-file-length = { $name } has { $got } bytes and should have { $expected }: reload the page
failure-device-read = the device did not return its results ({ $detail })
