# index.htmlにも同じ文がある。プログラムなしで読めるようにするため。
# プログラムが始まらない場合。1つだけがポスターの下に出る。
stuck-slow = このページのプログラムがまだ届いていません。変わらない場合は、接続を確かめて再読み込みしてください。
stuck-file = プログラムはファイルからは始まりません。Webサーバーから開いてください。フォルダーで「python3 -m http.server」を実行し、localhost:8000を開きます。
stuck-policy = このページを囲むページかサーバーが、プログラムを許可していません。Content-Security-Policyに「script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'」が必要です。
stuck-missing = プログラムのファイルがサーバーにありません。フォルダー全体をもう一度アップロードして、再読み込みしてください。
stuck-type = サーバーがプログラムを誤った種類で送っています。.jsはtext/javascript、.wasmはapplication/wasmとして送る必要があります。
stuck-cut = プログラムが途中までしか届きませんでした。接続を確かめて、再読み込みしてください。
stuck-browser = このブラウザーではプログラムを実行できません。WebAssemblyとJavaScriptモジュールが必要です。新しいFirefox、Chrome、Edge、Safariを使ってください。
stuck-other = プログラムが始まりませんでした。再読み込みしてください。それでも始まらなければ、別のブラウザーを試してください。
