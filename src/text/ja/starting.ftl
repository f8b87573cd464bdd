# index.htmlにも同じ文がある。プログラムなしで読めるようにするため。
# プログラムが始まらない場合。1つだけがポスターの下に出る。
stuck-slow = このページのプログラムがまだ届いていません。変わらない場合は、接続を確かめて再読み込みしてください。
stuck-file = ファイルを直接開くと、プログラムは始まりません。Webサーバーから開いてください。フォルダーで「python3 -m http.server」を実行し、localhost:8000を開きます。
stuck-policy = このページを囲むページかサーバーが、プログラムを許可していません。Content-Security-Policyに「script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'」が必要です。
stuck-missing = プログラムのファイルがサーバーにありません。フォルダー全体をもう一度アップロードして、再読み込みしてください。
stuck-type = サーバーがプログラムを誤った種類で送っています。.jsはtext/javascript、.wasmはapplication/wasmとして送る必要があります。
stuck-cut = プログラムが途中までしか届きませんでした。接続を確かめて、再読み込みしてください。
stuck-browser = このブラウザーではプログラムを実行できません。WebAssemblyとJavaScriptモジュールが必要です。新しいFirefox、Chrome、Edge、Safariを使ってください。
stuck-sandbox = このフレームは、sandbox属性のためにオリジンがありません。属性にallow-same-originを加えるか、図のサーバーから値が「*」のAccess-Control-Allow-Originを送ってください。
stuck-other = プログラムが始まりませんでした。再読み込みしてください。それでも始まらなければ、別のブラウザーを試してください。
stuck-other-settings = 画像は、標準の設定での実験です。

# ポスターが示すもの。実行が終わったときの記事の図。
poster-grokking = 実行後の様子。訓練データの正解率は早く100%まで上がり、テストデータの正解率はずっと遅れて上がる。
poster-memorise = 実行後の様子。訓練データの正解率は100%で、テストデータの正解率はまだ0%に近い。
poster-generalise = 実行後の様子。1個のネットワークが早く暗記し、テストデータの正解率はずっと遅れて100%まで上がる。
poster-compress = 実行後の様子。上は正解率、下は出力のI(X;T)。訓練データでは、テストデータよりもずっと早く下がる。
poster-plane-tanh = 実行後の様子。tanhユニットのネットワークの情報平面。層ごとに1本の線がある。
poster-plane-relu = 実行後の様子。ReLUユニットのネットワークの情報平面。層ごとに1本の線がある。
poster-hurry = 実行後の様子。基準、各方法、対照のテストデータの正解率が6本の曲線で示され、異なるステップで上がる。
poster-over-compression = 実行後の様子。OrthoGradと重み減衰を合わせると、テストデータの正解率は上がったあとで下がる。
poster-digits = 実行後の様子。訓練画像の正解率は早く上がり、テスト画像の正解率はずっと遅れて上がる。
poster-double-descent-width = 実行後の様子。幅が大きくなるにつれて、テスト誤差は下がり、山まで上がり、再び下がる。
poster-double-descent-samples = 実行後の様子。訓練画像の数が増えるにつれて、テスト誤差に山ができる。
poster-double-descent-time = 実行後の様子。学習ステップとともに、テスト損失は下がり、上がり、再び下がる。
poster-digits-over-time = 実行後の様子。数字のテストデータの正解率は早い段階で最も高く、その後下がったままになる。
