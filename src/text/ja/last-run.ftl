# 前回の実行。ブラウザーに保存し、次に開いたときに表示できる。

last-run = 前回の実行は{ $step }ステップまで進みました。{ $settings }
last-run-show = 表示する
last-run-forget = 消去する
last-run-not-kept = このブラウザーには何も保存できないため、この実行はページを離れると消えます。
