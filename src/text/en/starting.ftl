# These stand in index.html too, where they can be read without the program.
# Where the program does not start. One of them shows below the poster.
stuck-slow = The program of this page has not arrived yet. If nothing changes, check your connection and reload.
stuck-file = The program does not start from a file. Open this page from a web server: run “python3 -m http.server” in its folder, then open localhost:8000.
stuck-policy = The page around this one, or its server, does not allow the program: its Content-Security-Policy needs “script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'”.
stuck-missing = A file of the program is missing on the server. Upload the whole folder again, then reload.
stuck-type = The server sends the program with a wrong type. It has to send .js as text/javascript and .wasm as application/wasm.
stuck-cut = The program arrived incomplete. Check your connection, then reload.
stuck-browser = This browser cannot run the program, which needs WebAssembly and JavaScript modules. Use a current version of Firefox, Chrome, Edge or Safari.
stuck-other = The program did not start. Reload the page; if that does not help, try another browser.
