# These stand in index.html too, where they can be read without the program.
# Where the program does not start. One of them shows below the poster.
stuck-slow = The program of this page has not arrived yet. If nothing changes, check your connection and reload.
stuck-file = The program does not start from a file. Open this page from a web server: run “python3 -m http.server” in its folder, then open localhost:8000.
stuck-policy = The page around this one, or its server, does not allow the program: its Content-Security-Policy needs “script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'”.
stuck-missing = A file of the program is missing on the server. Upload the whole folder again, then reload.
stuck-type = The server sends the program with the wrong type. It has to send .js as text/javascript and .wasm as application/wasm.
stuck-cut = The program arrived incomplete. Check your connection, then reload.
stuck-browser = This browser cannot run the program, which needs WebAssembly and JavaScript modules. Use a current version of Firefox, Chrome, Edge or Safari.
stuck-sandbox = The sandbox attribute of this frame takes its origin away. Add allow-same-origin to it, or let the server of the figure send Access-Control-Allow-Origin: *.
stuck-other = The program did not start. Reload the page; if that does not help, try another browser.
stuck-other-settings = The picture shows the experiment with its usual settings.

# What posters show: the figures of the article when their runs are over.
poster-grokking = When the run is over: training accuracy has risen to 100% early, test accuracy much later.
poster-memorise = When the run is over: training accuracy is 100%, and test accuracy is still near 0%.
poster-generalise = When the run is over: one network memorised early, and test accuracy rose to 100% much later.
poster-compress = When the run is over: accuracy above, and below it I(X;T) of the outputs, which falls on the training set long before it falls on the test set.
poster-plane-tanh = When the run is over: the information plane of a network with tanh units, one line for each layer.
poster-plane-relu = When the run is over: the information plane of a network with ReLU units, one line for each layer.
poster-hurry = When the run is over: six curves of test accuracy, one for the baseline, each method and the control, that rise at different steps.
poster-over-compression = When the run is over: with OrthoGrad and weight decay, test accuracy rises and then falls.
poster-digits = When the run is over: accuracy on training images has risen early, and on test images much later.
poster-double-descent-width = When the run is over: test error falls, rises to a peak and falls again as the width grows.
poster-double-descent-samples = When the run is over: test error has a peak as the number of training images grows.
poster-double-descent-time = When the run is over: test loss falls, rises and falls again over training steps.
poster-digits-over-time = When the run is over: test accuracy on digits is highest early, then falls and stays down.
