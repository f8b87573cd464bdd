# The figure: buttons, states, readouts and what was found.

# Numbers, lists and sentences.
list-pair = { $first }、{ $second }
list-middle = { $first }、{ $second }
list-values = { $first }・{ $second }
list-end = { $first }、{ $second }
sentences = { $first }{ $second }
range = { $first }〜{ $last }
with-unit = { $value }{ $unit }
duration-short = 1秒未満
duration-seconds = { $count }秒
duration-minutes = { $count }分
duration-hours = { $count }時間

heading = まず暗記し、ずっと後で汎化する

# Buttons.
button-play = 再生
button-pause = 一時停止
button-play-again = もう一度
button-keep-going = 続ける
button-stop-here = ここで止める
button-step = コマ送り
    .about = 次の計測まで学習します。最初は1ステップ、後では2%ずつです（キー：s）
button-reset = 最初から
    .about = 同じ乱数のまま、ステップ0に戻します（キー：r）
button-axis-linear = 線形軸
    .about = 学習ステップを等間隔に並べます
button-axis-log = 対数軸
    .about = 学習ステップを比で並べます
button-show-error = 誤り率を表示
button-show-loss = 損失を表示
button-show-steps = 二つの段階のステップを表示
button-same-step = 全部を同じステップで
button-best-step = それぞれ最良のステップで
    .about = 最良のステップとは、テストデータの誤り率が最小のステップです。各ネットワークをそこで早期終了したことになります。テストデータで選ぶため、少し良く見えます（Nakkiran et al., arXiv 1912.02292と同じ）。
button-restore = 元に戻す
button-try-estimators = すべての推定法を試す
button-full-page = ページ全体を開く

# Labels.
label-experiment = 実験
label-figure = 学習ステップに沿った正解率と損失
label-speed = 速度
label-device = デバイス
label-samples = サンプル
label-source = 問題
label-more-settings = その他の設定
label-settings = 設定
label-measures = ネットワークの内部
label-estimators = 推定法は信頼できるのか：正解がわかっている問題で試す
option-train = 訓練データ
option-test = テストデータ
option-all = 両方

# Reference problems, whose mutual information is known.
problem-gaussian-1 = ガウス分布、1次元：1ビット
problem-gaussian-5 = ガウス分布、5次元：0.95ビット
problem-gaussian-20 = ガウス分布、20次元：20ビット
problem-flipped-bit = 11%で反転するビット：0.5ビット
problem-map = 64個の入力を8個の出力に写す写像：3ビット
problem-noisy-layer = ノイズのあるtanhユニット3個の層：1.6ビット

# Speed and settings.
speed-full = 最高速
speed-steps = 毎秒{ $speed }ステップ
speed-whole = 全体を{ $seconds }秒で
changed = 変更した設定：{ $settings }。
range-of-setting = { $about }範囲は{ $min }〜{ $max }。
hint-settings = 学習の設定を変えると、最初からやり直します。計測の設定を変えると、今の結果を計測し直します。
hint-sweep = ネットワークごとに{ $field }が違います。最初のグラフは、あるステップでの誤り率を{ $field }に対して示します。マップは全ステップを示し、色が濃いほど誤りが多いことを表します。
hint-onsets = ネットワークごとに{ $field }が違います。最初のグラフは、いつ暗記し、いつ汎化したかを示します。マップは全ステップの誤り率で、色が濃いほど誤りが多いことを表します。
hint-setting-map = マスは一つの条件です。クリックするか、Enterキーを押すか、2回タップすると、その学習を開きます。「戻る」で学習前のマップに戻ります。
hint-setting-map-untrained = 「再生」を押すと、学習が終わったマスから埋まります。戻ってきたマップも、もう一度再生します。
hint-threshold = ネットワークごとに{ $field }が違います。見どころは最初のグラフで、あるステップでの誤り率を{ $field }に対して示します。縦線は補間しきい値で、重みの数がちょうど暗記に足りるところです。マップは全ステップを示し、色が濃いほど誤りが多いことを表します。
hint-information = Xは入力、Tは層の出力、Yは正解です。I(X;T)は、ノイズやビンで決まる分解能で、Tから読み取れる入力の情報（ビット）です。I(T;Y)は、正解についての情報です。
hint-plane = 情報平面です。線は学習の始め（淡い色）から終わり（丸）へ進みます。左ほど入力の情報が少なく、上ほど正解の情報が多くなります。線を指すと、そのステップがわかります。
hint-estimators = どの推定法にも弱点があります。ビン分割と対照学習には、サンプル数またはバッチサイズのlog₂という上限があります。サンプルが固まらないと、上界と下界は大きく離れます。最近傍法は、高い次元で小さく見積もります。対照学習は、小さなデータを暗記してしまいます。負の推定値に意味はなく、0として描きます。推定の間、学習は一時停止します。
waiting-for-figure = 待機中：ほかの図が学習しています。

# What the figure is doing.
state-setting-up = ネットワークを準備しています。
state-ready = 準備完了。
state-ready-steps = 準備完了：{ $steps }ステップ
state-running = 学習中：{ $step } / { $steps }ステップ
state-running-pace = 学習中：{ $step } / { $steps }ステップ（毎秒{ $pace }ステップ、残り{ $left }）
state-paused = 一時停止中：{ $step } / { $steps }ステップ
state-fitting = 計算中：ネットワーク{ $done } / { $networks }個
state-fitting-paused = 一時停止中：ネットワーク{ $done } / { $networks }個
state-done = 完了。
state-done-steps = 完了：{ $steps }ステップ
measured-not-yet = まだ計測していません。
measured-steps = { $count }か所のステップで計測しました（学習時間は{ $cost }増）。
measured-steps-so-far = これまでに{ $count }か所のステップで計測し、まだ続きます（学習時間は{ $cost }増）。
estimators-guess-hint = サンプル1,000個で、真の値との差が0.05ビット以内になる推定法はどれでしょうか。
estimators-right = { $names ->
    [none] サンプル{ $samples }個で、真の値との差が0.05ビットか2%以内の推定法はありません。
   *[other] サンプル{ $samples }個で、真の値との差が0.05ビットか2%以内：{ $names }。
}
estimators-guessed = { $right ->
    [yes] 予想した「{ $name }」は正解でした。
   *[no] 予想した「{ $name }」は外れました。
}
estimators-asked = 最初の推定値を待っています。
estimators-at = サンプル{ $samples }個での推定値（ビット）：{ $estimates }。
estimate = { $estimator } { $mean }
estimate-scatter = { $estimator } { $mean } ± { $deviation }

# The numbers at a step.
readout = { $step }ステップ：{ $groups }
readout-one = { $train }、{ $test }
readout-all-networks = ネットワーク{ $networks }個の中央値で{ $train }、{ $test }
readout-train = 訓練{ $accuracy }（損失{ $loss }）
readout-test = テスト{ $accuracy }（損失{ $loss }）
readout-group = { $name }で{ $train }、{ $test }
readout-train-accuracy = 訓練{ $accuracy }
readout-test-accuracy = テスト{ $accuracy }
readout-next = { $first }／{ $second }
readout-profile = { $field }{ $value }：{ $train }、{ $test }
readout-profile-train = 訓練{ $median }（{ $range }）
readout-profile-test = テスト{ $median }（{ $range }）
readout-onset = { $name }：{ $memorised }、{ $generalised }、テストデータの正解率{ $test }
onset-at = { $phase }は{ $step }ステップ目
onset-range = { $phase }は{ $step }ステップ目（{ $range }）
onset-some = { $step }ステップまでに{ $phase }したのは{ $networks }個中{ $reached }個
onset-untrained = { $name }では、まだ学習していません。
onset-not = { $step }ステップまでに{ $phase }せず
readout-panel = { $step }ステップ：{ $values }
readout-panel-value = { $curve } { $number }

# What was found.
finding-not-trained = まだ学習していません。「再生」を押してください。
finding-memorising = 訓練データを暗記している途中です。
finding-not-memorised = { $steps }ステップまでに訓練データを暗記したネットワークはありません。
finding-some-memorised = ネットワーク{ $networks }個のうち{ $reached }個が訓練データを暗記しました（{ $range }ステップ目）。
finding-generalised-only = テストデータの正解率は{ $generalised }ステップ目で{ $goal }に達しました。訓練データの正解率はまだ99%に達していません。
finding-memorised = { $memorised }ステップ目で暗記しました。テストデータの正解率は{ $test }です。
finding-not-generalised = { $memorised }ステップ目で暗記しました。テストデータの正解率が{ $steps }ステップまでに{ $goal }に達したネットワークはありません。
finding-some-generalised = { $memorised }ステップ目で暗記しました。ネットワーク{ $networks }個のうち{ $reached }個で、テストデータの正解率が{ $goal }に達しました（{ $range }ステップ目）。
finding-both = 暗記は{ $memorised }ステップ目、汎化は{ $generalised }ステップ目。{ $times }倍かかりました。
finding-both-goal = 暗記は{ $memorised }ステップ目、汎化（テストデータの正解率{ $goal }）は{ $generalised }ステップ目。{ $times }倍かかりました。
finding-both-at-once = 暗記は{ $memorised }ステップ目、汎化は{ $generalised }ステップ目。
finding-generalised-first = テストデータの正解率は{ $generalised }ステップ目で{ $goal }に達しました。訓練データの正解率が99%に達したのは、その後の{ $memorised }ステップ目です。汎化の遅れはありません。
finding-spread-memorised = （{ $networks }個の中央値。範囲は{ $memorised }。）
finding-spread = （{ $networks }個の中央値。範囲は{ $memorised }と{ $generalised }。）
finding-spread-partial = （{ $networks }個の中央値。暗記は{ $memorised }個、汎化は{ $generalised }個。）
finding-peaked = テストデータの正解率は{ $step }ステップ目の{ $best }が最高で、今は{ $last }です。早く止めたほうが良い結果でした。
finding-configuration-both = { $name }では、暗記は{ $memorised }ステップ目、汎化は{ $generalised }ステップ目。
finding-configuration-memorised = { $name }では、暗記は{ $memorised }ステップ目、テストデータの正解率は{ $test }。
finding-configuration-neither = { $name }では、訓練データを暗記しておらず、テストデータの正解率は{ $test }。
finding-configuration-diverged = { $name }では発散しました。
finding-configurations = { $count }条件のうち、暗記したのは{ $memorised }条件、汎化したのは{ $generalised }条件です。
finding-steps = 暗記と汎化のステップ：{ $entries }。
finding-steps-entry = { $name }では{ $memorised }、{ $generalised }
finding-steps-diverged = { $name }：発散
finding-steps-next = { $first }／{ $second }
finding-onset = { $trend ->
    [none] どの{ $field }でも、{ $until }ステップまでに汎化していません。
    [one] 汎化するのは{ $field }が{ $first }のときだけで、{ $first-step }ステップ目です。
    [earlier] { $field }を{ $first }から{ $last }へ変えるにつれて、汎化は{ $first-step }ステップ目から{ $last-step }ステップ目へと早まります。
    [later] { $field }を{ $first }から{ $last }へ変えるにつれて、汎化は{ $first-step }ステップ目から{ $last-step }ステップ目へと遅れます。
   *[between] 汎化が最も早いのは{ $field }が{ $first }のとき（{ $first-step }ステップ目）、最も遅いのは{ $last }のとき（{ $last-step }ステップ目）です。
}
finding-onset-failed = { $until }ステップまでに汎化しないのは、{ $field }が{ $values }のときです。
finding-onset-memorised = 暗記は{ $spread ->
    [none] { $first }
   *[some] { $first }〜{ $last }
}ステップ目です。
finding-never = 到達せず
finding-not-yet = まだ
finding-by-median = （どれもネットワーク{ $networks }個の中央値。）
finding-loss = テストデータの損失は、始めが{ $start }、{ $step }ステップ目が{ $last }です。
finding-loss-peak = テストデータの損失は、{ $start }から始まって{ $low }（{ $low-step }ステップ目）まで下がり、{ $high }（{ $high-step }ステップ目）まで上がって、{ $step }ステップ目には{ $last }です。
finding-loss-rise = テストデータの損失は、{ $start }から始まって{ $low }（{ $low-step }ステップ目）まで下がり、{ $step }ステップ目には{ $last }です。
finding-descent = { $field }が増えるにつれてテストデータの誤り率は{ $left }（{ $left-at }のとき）まで下がり、{ $peak }（{ $peak-at }のとき）まで上がって、{ $right }（{ $right-at }のとき）までまた下がります。これが二重降下です。
finding-no-descent = テストデータの誤り率は、{ $field }が{ $lowest-at }のとき最小の{ $lowest }で、最後は{ $last }です。はっきりした2度目の降下はありません。
finding-so-far = テストデータの誤り率は今のところ{ $error }です（{ $field }{ $value }まで）。
finding-at-step = { $step }ステップの時点で、{ $finding }
finding-at-best = 各ネットワークを、テストデータで選んだ最良のステップで比べています。{ $finding }
finding-all-diverged = ネットワーク{ $networks }個すべてが発散しました。学習率を下げてください。
finding-diverged = { $step }ステップ目で学習が発散しました（{ $network }）。曲線はそこで終わります。学習率を下げてください。
finding-more-diverged = ほかに{ $count }個のネットワークが発散しました。
network-name = { $configuration }、シード{ $seed }
network-seed = シード{ $seed }

warning-saturated = { $curve }のI(X;T)は、上限に達しています。この分解能ではどのサンプルも区別でき、圧縮は見えません。
warning-saturated-layer = 第{ $layer }層は、上限に達しています。この分解能ではどのサンプルも区別でき、圧縮は見えません。
warning-saturated-outputs = 出力は、上限に達しています。この分解能ではどのサンプルも区別でき、圧縮は見えません。
warning-saturated-set = { $set ->
    [train] 訓練データ
    [test] テストデータ
   *[other] 全サンプル
}でのI(X;T)は、上限に達しています。この分解能ではどのサンプルも区別でき、圧縮は見えません。
warning-lone-samples = この分解能ではどのサンプルも区別できます（{ $curve }）。このときI(T;Y)は、でたらめなラベルでも、ラベルのエントロピーに等しくなります。
warning-labels-cut-off = I(T;Y)がラベルのエントロピーに達しています（{ $curve }）。最近傍法の推定値はこれを超えることがあるため、ここで打ち切っています。
warning-narrow-bins = ビンの範囲は−1〜1ですが、次の層の値はその外に出ることがあります：{ $layers }。範囲外の値は、すべて両端のビンに入ります。

# Whether layers compress.
label-compression = 圧縮
label-layer = 層
label-resolution = 分解能
label-map = マップに示す量
label-setting-map = 条件のマップ
label-setting-map-shows = マップに示す量
method-title = 何が厳密で、何が選択なのか
method-text = 入力は計測したサンプルだけなので、I(X;T)は推定法なしで計算できます。それは、どのサンプルを読み取ったかについての情報です。選んでいるのはノイズです。全ユニットのノイズの大きさが、分解能（dB）を決めます。ノイズが小さければ、ネットワークが何をしてもすべてのサンプルを区別でき、大きければ一つも区別できません。ノイズは乱数なので、標準誤差が残ります。どのステップのどのネットワークでも、同じ乱数を使います。
button-show-map = 分解能マップを表示
button-hide-map = 分解能マップを隠す
map-hint = 横軸は学習ステップ、縦軸は分解能です。上ほどノイズが小さく、細かな違いまで読み取れます。色が濃いほど、読み取れるビットが多くなります。左から右へ色が薄くなるところでは、圧縮しています。線は、残りがlog₂クラス数に等しいところ（「クラス」、I(X;T)の場合）と、上限の半分になるところ（「半分」）です。点線は、選んだ分解能です。
decibels = { $snr } dB
decibels-range = { $from }〜{ $to } dB
readout-map = { $layer ->
    [outputs] 出力
   *[other] 第{ $layer }層
}、{ $set ->
    [train] 訓練データ
   *[other] テストデータ
}、{ $step }ステップ、{ $snr } dB：I(X;T)は{ $inputs }ビット（ノイズの抽出による誤差{ $error }）、I(T;Y)は{ $labels }ビット。
compression-verdict = { $layer ->
    [outputs] 出力
   *[other] 第{ $layer }層
}：{ $train ->
    [none] 訓練データでは圧縮していません
   *[other] 訓練データでは{ $train }で圧縮しています
}。{ $test ->
    [none] テストデータでは圧縮していません
   *[other] テストデータでは{ $test }で圧縮しています
}。
compression-minimal = { $set ->
    [train] 訓練データ
   *[other] テストデータ
}では、{ $range }で、出力は正解についての情報だけをもち、入力についてのほかの情報をもちません。I(X;T)とI(T;Y)は、どちらもラベルのエントロピーとの差が0.1ビット以内です。
compression-diverged = 過半数のネットワークが発散したため、圧縮したかどうかは判定できません。
compression-unmemorised = { $step }ステップまでに暗記したネットワークは半数に満たないので、ここまでのI(X;T)の低下は第1段階のものです。
compression-lag = { $set ->
    [train] 訓練データ：{ $step }ステップで、下がり幅の半分に達します（暗記したステップの{ $factor }{ $order ->
        [before] 分の1
       *[after] 倍
    }）。
   *[other] テストデータ：{ $step }ステップで、下がり幅の半分に達します（汎化したステップの{ $factor }{ $order ->
        [before] 分の1
       *[after] 倍
    }）。
}

# Methods against a baseline.
label-versus = 方法の比較
versus-method = 方法
versus-memorised = 暗記（ステップ）
versus-generalised = 汎化（ステップ）
versus-times = 第2段階の速さ
versus-failed = 失敗
versus-accuracy = 最後のテスト正解率
versus-afterwards = その後
versus-cost = 1ステップのコスト
versus-control = 対照
versus-control-named = 対照：{ $method }
versus-range = { $median }（{ $range }）
versus-first = 一部だけ、{ $step }から
versus-not-by = { $step }ステップまでに到達せず
versus-diverged = 発散
versus-count = { $networks }個中{ $count }個
versus-n-times = { $times }倍
versus-at-least = { $times }倍以上
versus-cannot-tell = 判定できない
versus-stays = 保たれる
versus-collapse = { $count }で崩れた（{ $step }ステップ）。{ $recovered ->
    [open] まだ途中
    [0] 回復なし
   *[other] { $recovered }個は回復
}
versus-cost-in-time = { $cost }（第2段階を秒で測ると{ $change ->
    [longer] 長さは{ $times }倍
   *[shorter] { $times }倍速い
}）
versus-best = { $method }では、ネットワーク{ $networks }個中{ $count }個で、第2段階が{ $times }倍速く終わります。
versus-of-control = { $control ->
    [same] 学習率×重み減衰が同じ対照は、基準より速くなりません。
    [faster] 学習率×重み減衰が同じ対照も、基準より速くなります。
    [slower] 学習率×重み減衰が同じ対照は、基準より遅くなります。
    [unknown] 学習率×重み減衰が同じ対照が基準より速いかどうかは、判定できません。
   *[fails] 学習率×重み減衰が同じ対照は、ほとんどのネットワークで汎化しません。
}
versus-best-at-least = { $method }では、ネットワーク{ $networks }個中{ $count }個で、第2段階が{ $times }倍以上速く終わります。これらのシードでは、基準は最後のステップまでに汎化しません。
versus-none-clear = 第2段階をはっきりと短くし、しかも汎化を保った方法はありません。
versus-longer = { $method }では、第2段階の長さが{ $times }倍になります。
versus-collapsed = { $method }では{ $generalised }ステップ目で汎化しますが、ネットワーク{ $networks }個中{ $count }個で、その後に目標の半分を下回ります（{ $step }ステップ）。最後のテスト正解率は{ $accuracy }です。
versus-all-failed = { $step }ステップまでに汎化したネットワークがない方法：{ $methods }。
versus-no-control = 学習率×重み減衰を変えない対照がありません。方法が速いのは、この積が大きくなったためだけかもしれません。
versus-hint = どの方法も、シードごとに同じ分割と初期値から始めます。第2段階は、暗記から汎化までです。値は中央値（範囲）です。1.3倍未満は、はっきりした差とはみなしません。コストは、このプログラムでの1ステップの秒数を、基準と比べたものです。何度か測り、最も短いものを使います。
versus-ready = 「再生」を押すと比べます。
marker-collapsed = { $method }：崩れた、{ $step }ステップ
marker-collapsed-short = { $method }：崩れた

# What the first network answers.
legend-train = 訓練データ
legend-test = テストデータ
task-table = ネットワーク1個の答え
task-mod = a { $sign } b（mod { $p }）
task-images = テスト画像
task-images-note = 数字はネットワーク1個の答え
task-count = { $right } / { $all } 正解
task-count-none = –
task-summary = 訓練データは{ $of-train }問中{ $train }問、テストデータは{ $of-test }問中{ $test }問に正解しています。
task-summary-none = まだ学習していません。
ask-title = ネットワークに聞く
ask-first = 1つ目の数
ask-second = 2つ目の数
ask-answer = = { $answer }
ask-no-answer = = ？
ask-right-train = 正解です。学習に使った式です。
ask-right-test = 正解です。一度も見せていない式です。
ask-wrong-train = 不正解です。正しくは{ $right }。学習に使った式です。
ask-wrong-test = 不正解です。正しくは{ $right }。一度も見せていない式です。
ask-out-of-range = 0〜{ $max }の数を入れてください。
ask-not-trained = まだ学習していません。「再生」を押してください。
waves-title = 第1層の重み
waves-at = 隠れユニット3個、{ $step }ステップ
waves-hint = 上：隠れユニット3個の重みを、数の順に並べたもの。左下：最も強い周波数の平面に置いた数。右下：いちばん上のユニットでの各周波数の強さ。
waves-summary = { $step }ステップでの隠れユニット3個の重みです。最初のユニットでは、周波数{ $frequency }がパワーの{ $share }を占めます。
waves-summary-none = まだ学習していません。

# Questions to the reader.
question-guess = テストデータは、いつ解けるようになる？
question-hint = 予想してから再生。そのまま再生してもかまいません。
guess-never = 解けないまま
guess-soon = すぐに
guess-much-later = ずっと後で
question-decision = ここで止める？ それとも続ける？
finding-legend = 丸は学習に使う足し算、四角は一度も見せない足し算。
finding-stopped = ここで止めました。{ $scores }。
finding-information-fell = 第{ $layer }層のI(X;T)は、{ $start }から{ $high }ビット（{ $high-step }ステップ）まで上がり、{ $last }ビットまで下がります。この推定法では圧縮しています。
finding-information-did-not-fall = 第{ $layer }層のI(X;T)は{ $start }から{ $last }ビットへ動き、最大でも{ $high }ビット（{ $high-step }ステップ）です。この推定法では圧縮していません。
finding-recorded = 記録済みの学習：{ $scores }。
finding-guess = 予想は「{ $guess }」でした。{ $right ->
    [true] 当たりです。
   *[other] 実際は「{ $actual }」でした。
}

# Below a figure.
settings-line = 設定：{ $settings }
settings-mod = mod { $p }
settings-networks = ネットワーク{ $networks }個
link-lab = ラボで変える
link-table = 表で読む
table-step = ステップ
table-train-accuracy = 訓練データの正解率
table-test-accuracy = テストデータの正解率
table-train-loss = 訓練データの損失
table-test-loss = テストデータの損失
table-train-information = I(X;T)、訓練データ（ビット）
table-test-information = I(X;T)、テストデータ（ビット）
scores = { $step }ステップ：正解率は訓練データ{ $train }、テストデータ{ $test }
scores-none = { $step }ステップ
label-scrubber = 表示するステップ
measure-enlarge = 大きく表示：{ $title }
label-compare = 値を比べる
label-methods = 比べる方法
label-search = 設定を検索
search-empty = 該当する設定はありません。
runs-earlier = 前の実行：
run-remove = { $run }の実行を消す
run-pin = この実行を残す
