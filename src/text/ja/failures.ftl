# What went wrong, and what to do. { $detail } is what the browser or a library said. Reasons end
# without a full stop.

page-stopped = ページのプログラムが止まりました。再読み込みしてください。
failure-words-not-loaded = 日本語の文章を読み込めなかったため、英語で表示しています。再読み込みしてください。
failure-training = 学習が止まりました：{ $reason }。「最初から」を押すか、別のデバイスを選んでください。
failure-adapter-not-opened = GPUを開けませんでした（{ $detail }）
failure-self-test = GPUが検査に合格しませんでした：{ $check }（最大の値の{ $error }のずれ）
failure-self-test-not-finite = GPUが検査に合格しませんでした：{ $check }（有限でない結果がある）
failure-self-test-unanswered = GPUが検査に答えませんでした：{ $check }（{ $detail }）
failure-built-without-gpu = このプログラムはGPUに対応していません
failure-silent = { $seconds }秒たっても応答がありません
failure-program-stopped = 学習プログラムが止まりました
failure-program-stopped-because = 学習プログラムが止まりました（{ $detail }）
failure-program-not-loaded = 学習プログラムを読み込めませんでした。ページが更新された場合は再読み込みしてください
failure-program-not-named = このページには学習プログラムの指定がありません
failure-no-workers = このブラウザーではワーカーを起動できません。ファイルとして開いたページは学習できないため、HTTPで配信してください
failure-version-mismatch = ページと学習プログラムの版が違います。再読み込みしてください
failure-file-not-loaded = { $name }を読み込めませんでした（{ $detail }）
failure-file-damaged = { $name }が壊れています：ページを再読み込みしてください
failure-file-length = { $name }は{ $expected }バイトのはずですが、{ $got }バイトです：ページを再読み込みしてください
failure-device-read = デバイスから結果が返りませんでした（{ $detail }）
