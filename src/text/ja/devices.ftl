# The device that trains, and why.

device-auto = 自動で選ぶ
device-fastest = 最速（実測）
device-gpu = GPU（WebGPU）
device-cpu = CPU
device-about = 学習に使うデバイスです。GPUがあれば、両方で数ステップの時間を測り、速いほうを使います。「最速（実測）」では、ソフトウェアによるGPUも候補になります。結果は、CPUならどれでも同じで、GPUでもほぼ同じです。

badge-not-yet = 未開始
badge-workers = { $device }、ワーカー{ $count }個
badge-cpu = CPU
badge-cpu-chosen = CPU：指定どおり
badge-cpu-no-webgpu = CPU：このブラウザーにはWebGPUがありません
badge-cpu-no-adapter = CPU：WebGPUで使えるGPUが見つかりません
badge-cpu-software = CPU：GPUはソフトウェアによる代用で、CPUより遅いため
badge-cpu-preparing = CPU：GPUを準備しています
badge-cpu-before-comparison = CPU：次の実行の前にGPUと比べます
badge-cpu-faster = CPU：ここではGPUの{ $times }倍の速さ
badge-cpu-silent = CPU：GPUは{ $seconds }秒たっても応答なし
badge-cpu-failed = CPU：{ $reason }
badge-gpu = GPU：{ $name }
badge-gpu-faster = GPU：{ $name }、ここではCPUの{ $times }倍の速さ
adapter-unnamed = 名前のないアダプター

loading-looking = 学習に使うデバイスを探しています。
loading-cpu = 学習プログラムを読み込んでいます。
loading-gpu = GPU用の学習プログラムを読み込んでいます。二つのうち大きいほうです。
warm-up-adapter = GPUへの接続
check-odd-product = 半端な大きさの行列積
check-large-product = 大きな行列積
check-reduction = 一方向の総和
check-softmax = softmax
check-loss = 損失
check-accuracy = 正解率
check-training-step = 学習ステップ
check-reference-step = テンソルによる学習ステップ
loading-warm-up = 準備中（{ $part } / { $parts }）：{ $what }
loading-comparing = CPUとGPUで数ステップの時間を測っています。
