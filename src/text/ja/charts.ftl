# Titles, axes, curves and levels of charts. Short: a title has one line, a name stands beside a curve
# and has room for three characters.

axis-steps = 学習ステップ
axis-steps-short = ステップ
axis-samples = サンプル数
axis-features = 特徴数
    .inline = 特徴数

chart-accuracy = 正解率
chart-sign = 符号の正解率
chart-error = 誤り率
chart-sign-error = 符号の誤り率
chart-loss = 損失（{ $loss ->
    [cross-entropy] 交差エントロピー、ナット
    [stablemax] StableMax、ナット
   *[other] 二乗誤差
}）
chart-map-error = { $field }ごとのテストデータの誤り率
chart-map-loss = { $field }ごとのテストデータの損失
at-step = { $step }ステップでの{ $what }
at-best-step = { $what }、各ネットワークの最良ステップ（{ $step }まで）
chart-with-set = { $title }、{ $set ->
    [train] 訓練データ
    [test] テストデータ
   *[other] 全サンプル
}
chart-input-information = I(X;T)（ビット）
chart-label-information = I(T;Y)（ビット）
chart-compression = { $snr } dBでの{ $layer }のI(X;T)（ビット）
chart-map = { $layer }の{ $quantity ->
    [label-information] I(T;Y)
   *[other] I(X;T)
}
map-note = 縦軸：分解能（dB）、最も濃い色：{ $bits }ビット
contour-classes = クラス
contour-half = 半分
chart-class-variance = クラス内分散：クラス内 ÷ 全体
chart-local-complexity = 局所複雑度（1サンプルあたりのユニット数）
chart-linear-mapping-number = 線形写像数
chart-weight-norm = 重みのノルム
chart-effective-rank = 重みの実効ランク
chart-singular-value = 層ごとの重みの特異値
chart-fourier-share = 強い周波数（全ユニットの合計）
chart-fourier-concentration = 第1層の重みのフーリエ集中度
chart-truncated-accuracy = 重みを低ランクにしたテストデータの正解率
estimate-title = 推定値（ビット）、平均 ± 標準偏差
plane-title = 縦軸：I(T;Y)、横軸：I(X;T)（ビット）

# The estimator behind a title.
estimator-title = { $title }、{ $estimator ->
    [exact] { $snr } dBでの厳密値
    [binning] ビン分割
    [kernel] ペア距離の上下界
    [neighbours] 最近傍法
    [contrastive] 対照学習の下界
    [renyi] { $snr } dBでのレニーエントロピー
    [sliced] { $snr } dBでのスライス
    [coding-rate] { $snr } dBでの符号化レート
   *[other] 計測しない
}

curve-train = 訓練
curve-train-baseline = 訓練（基準）
curve-test = テスト
curve-with-value = { $value } { $name }
curve-all = 全体
curve-random = 乱数
curve-shuffled = 並べ替え
curve-theory = 理論
curve-layer = 第{ $layer }層
curve-outputs = 出力
curve-rank = ランク{ $rank }
curve-frequency = { $rank }位
curve-singular-value = { $layer }：σ{ $rank }
curve-bins = ビン
curve-upper = 上界
curve-lower = 下界
curve-neighbours = 最近傍
curve-critic = 対照
curve-exact = 厳密
curve-renyi = レニー
curve-sliced = スライス
curve-coding-rate = 符号化

estimator-bins = ビン分割
estimator-upper = 上界
estimator-lower = 下界
estimator-neighbours = 最近傍法
estimator-critic = 対照学習
estimator-exact = 厳密値
estimator-renyi = レニーエントロピー
estimator-sliced = スライス
estimator-coding-rate = 符号化レート

# A configuration among several: 重み減衰3; titled where a setting has its label only: 損失：
# 二乗誤差. In short where there is little room.
configuration = { $field }{ $value }
configuration-titled = { $field }：{ $value }
configuration-short = { $first } { $second }
configuration-baseline = 基準
configuration-compared = 比較相手：{ $methods }
configuration-alone = 比較相手なし

marker-memorised = 暗記 { $step }ステップ
marker-memorised-short = 暗記
marker-generalised = 汎化 { $step }ステップ
marker-generalised-short = 汎化
marker-step = { $step }ステップ
times-later = { $times }倍の時間
phase-1 = 第1段階：暗記
phase-1-short = 第1段階
phase-2 = 第2段階：汎化
phase-2-short = 第2段階
chart-band = ネットワーク{ $networks }個の中央値と範囲
marker-weights-short = 補間しきい値
marker-weights = 補間しきい値 { $count }
marker-features-short = 補間しきい値
marker-features = 補間しきい値 { $count }

level-classes = log₂クラス数 { $bits }
level-samples = 上限、log₂サンプル数 { $bits }
level-batch = 上限、log₂バッチサイズ { $bits }
level-truth = 真の値 { $bits }ビット

# One clock: changes of accuracy, loss and measures.
axis-memorised = ステップ ÷ 暗記したステップ
axis-decay = 学習率 × 重み減衰 × ステップ
clock-button = { $clock ->
    [steps] ステップ
    [memorised] ÷ 暗記
   *[decay] lr × wd × ステップ
}
label-clock = 一つの時計
clock-choice = 時間の数え方
clock-measures = 時計に表示するもの
clock-chart = 変化がどこまで進んだか
clock-note = ネットワーク{ $networks }個の中央値
signal = { $quantity ->
    [accuracy] 正解率
    [loss] 損失
    [input-information] I(X;T)
    [label-information] I(T;Y)
    [class-variance] クラス内分散
    [local-complexity] 局所複雑度
    [linear-mapping-number] 線形写像数
    [weight-norm] 重みのノルム
    [effective-rank] 実効ランク
   *[fourier-concentration] フーリエ集中度
}{ $layer ->
    [none] {""}
   *[other] （{ $layer }）
}{ $set ->
    [train] 、訓練データ
    [test] 、テストデータ
    [all] 、両方のデータ
    [random] 、乱数の入力
   *[none] {""}
}
clock-lane = { $name }：半分は{ $clock ->
    [steps] { $half }ステップ
    [memorised] 暗記の{ $half }倍
   *[decay] { $half }
}（{ $high ->
    [none] { $low }以上
   *[other] { $low }〜{ $high }
}{ $ended ->
    [no] 、まだ変化中
   *[yes] {""}
}）
clock-hint = 太い棒は変化の10%から90%まで、印は半分の時点です。細い線は、典型的なネットワークで半分に達する時点の90%区間です。
clock-hint-one = 太い棒は変化の10%から90%まで、印は半分の時点です。細い線は、半分に達した時点を挟む、計測したステップの区間です。
clock-waits = 学習が止まり、計測が終わると表示します。
clock-waits-for-figure = ほかの図の学習を待っています。この学習が止まり、計測が終わると、変化を表示します。
clock-measures-now = 計測が終わると表示します。計測は続いています。ほかの図が学習している間は時間がかかります。
clock-crowded = 一つの時計：方法が4つ以上の学習は計測しないため、正解率と比べるものがありません。方法を3つまで減らしてください。
clock-still = { $name ->
    [none] {""}
   *[other] { $name }：
}{ $why ->
    [decay] 重み減衰がないので、この時計は進みません。
   *[memorised] 暗記したネットワークが半数に満たないため、この時計は始まりません。
}
clock-goes-on = 「まだ変化中」では、100%は最後のステップの値で、変化の終わりではありません。
clock-sentence = { $order ->
    [flat] { $set ->
        [train] 訓練データ
       *[test] テストデータ
    }では、{ $step }ステップまで、暗記のあとに出力は圧縮されません。
    [alone] { $set ->
        [train] 訓練データ
       *[test] テストデータ
    }では出力が圧縮されますが、{ $step }ステップまでに汎化しません。
    [mixed] { $set ->
        [train] 訓練データ
       *[test] テストデータ
    }では、{ $all }個中{ $before }個で出力がテストデータの正解率より先に、{ $after }個で後に圧縮されます。
    [after] { $set ->
        [train] 訓練データ
       *[test] テストデータ
    }では、{ $all }個中{ $after }個のネットワークで、テストデータの正解率が上がったあとに出力が圧縮されます。低下の半分に達するのは、上昇の半分に達したステップの{ $times }倍です。
   *[before] { $set ->
        [train] 訓練データ
       *[test] テストデータ
    }では、{ $all }個中{ $before }個のネットワークで、テストデータの正解率が上がる前に出力が圧縮されます。低下の半分に達するのは、上昇の半分に達したステップの{ $times }分の1です。
}
lag-title = テストデータの正解率からの遅れ
lag-hint = 半分に達したステップ ÷ テストデータの正解率の上昇が半分に達したステップ。1より小さければ先です。符号検定は、これほど一方に偏る順序が偶然に起こる確率です。ネットワークが少ないと、小さな値にはなりません。
lag-head-measure = 測るもの
lag-head-change = 変化
lag-head-half = 遅れ
lag-head-range = 範囲
lag-head-order = 先 / 後
lag-head-sign = 符号検定
lag-change = { $from } → { $to }
lag-range = { $low }〜{ $high }
lag-order = { $all }個中 { $before } / { $after }{ $going ->
    [0] {""}
   *[other] 、{ $going }個はまだ変化中
}
lag-sign-least = { $value }（{ $networks }個での最小値）
lag-none = –
# Steps of both phases over a setting, and over two settings.
chart-onsets = 暗記と汎化までの学習ステップ
curve-memorised = 暗記
curve-generalised = 汎化
lane-not-by = { $step }ステップまでに到達せず
chart-setting-map = { $shows ->
    [length] 汎化のステップ ÷ 暗記のステップ
   *[onset] 汎化した学習ステップ
}
chart-median = { $networks }個の中央値
map-shows = { $shows ->
    [length] 比
   *[onset] 時期
}
map-times = { $times }倍
map-never = 未到達
map-not-yet = …
map-scale = { $shows ->
    [nothing] 色：汎化の時期
    [length] 小さい順：{ $first }〜{ $last }
   *[onset] 早い順：{ $first }〜{ $last }ステップ
}
map-key-not-yet = 暗記したが、まだ汎化していない
map-key-never = { $step }ステップまでに汎化せず
map-key-not-memorised = { $step }ステップまでに暗記せず
map-key-product = 線：{ $first } × { $second }
