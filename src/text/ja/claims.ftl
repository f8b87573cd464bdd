# 論文の主張の検証。

claims-preface = デ・メロ・コックとゴッシュ（arXiv 2504.12700）は、深いネットワークがまず速く訓練データに合い、次にゆっくり圧縮し、この第2段階で汎化すると論じています。ここでは、数秒で学習できる小さなネットワークを3個か5個ずつ使い、その一つひとつを確かめます。小さなネットワークは、主張が一般には成り立たないことを示せます。一般に成り立つことは示せません。実験は、記事の図より短くしています。足し算の学習率は、ほとんどで0.003ではなく0.01です。情報量を測る数字の実験では、重み減衰が0.1ではなく0.3です。正二十面体の規則では、ステップ数が半分以下です。そのため、暗記や汎化のステップは図と異なります。論文が測らずに論じている点では、何を測るかは私たちの選択です。
claims-rules = あるデータで、ネットワークの{ $most }%以上で主張のとおりなら「成り立つ」とします。{ $few }%以下なら「ここでは見られない」、その間なら「一部」です。ネットワークが{ $networks }個より少なければ「判定できない」とします。2つの推定法が、すべての層とデータの組の{ $third }%以上で食い違えば「推定法による」とします。全体の判定では、判定できないデータを除きます。残りが{ $sets }種類より少なければ「判定できない」、一つでも推定法によるなら「推定法による」とします。すべてで成り立てば「成り立つ」、すべてで見られなければ「ここでは見られない」、それ以外は「一部」です。ネットワークの中央値と範囲は2 [1–3]のように書きます。

claim-wait = 訓練誤差がゼロになってから、ずっと後にテスト誤差が下がる。
claim-no-decay = 重み減衰がなくても汎化する。
claim-loss-twice = 学習ステップに沿って、テスト損失が二度下がる。
claim-error-twice = 学習ステップに沿って、テスト誤差が二度下がる。
claim-compression = どの層でも、訓練データに合う間はI(X;T)が上がり、その後に下がる。
claim-labels = I(X;T)が下がっても、I(T;Y)は下がらない。
claim-one-clock = 情報量、損失、局所複雑度、線形写像数が同じ時期に転じる。
claim-before = テストデータでは、ネットワークが汎化する前に出力が圧縮する。
claim-layers = どの層でも、同じステップで圧縮が始まる。
claim-pace = 第2段階の長さは、1 / （学習率 × 重み減衰）に比例する。
claim-more-decay = 重み減衰を強めると、汎化が早まる。
claim-too-much = 重み減衰が強すぎると、それが失われる。
claim-width = 幅に対して、テスト誤差の二重降下がある。
claim-samples = 訓練データの数に対して、テスト誤差の二重降下がある。

claim-rule-wait = 反証：暗記しながら汎化するネットワーク。暗記したときに最初のテスト誤差の{ $left }%以上が残り、その{ $factor }倍以上のステップで汎化すれば、待つと数えます。終わりまでに汎化しないネットワークは数えません。2つの条件で試し、両方で待つ場合だけ成り立つとします。暗記とは、訓練データの正解率が99%に達することです。
claim-rule-no-decay = 反証：重み減衰がなく、暗記しても終わりまでに汎化しないネットワーク。汎化したネットワークを数えます。
claim-rule-loss-twice = 反証：一度だけ下がるテスト損失、または上がったままのテスト損失。それぞれ{ $percent }%以上、下がり、上がり、上がる前より低くまた下がるネットワークを数えます。上がって元に戻るだけなら一部とします。上下は、バッチ学習をしないネットワークの損失の対数で探します。
claim-rule-error-twice = 反証：一度だけ下がるテスト誤差、または上がったままのテスト誤差。それぞれ{ $points }ポイント以上、下がり、上がり、上がる前より低くまた下がるネットワークを数えます。上がって元に戻るだけなら一部とします。二度目の下降が起こりやすいように、訓練ラベルの一部を誤りにしています。
claim-rule-compression = 反証：I(X;T)が上がらずに下がる層、または下がらない層。各層を訓練データとテストデータのそれぞれで読みます。{ $bits }ビットを超え、誤差の2倍も超える変化を数え、厳密な値では隣り合う2つの分解能で見えることを求めます。下がるだけの場合や、一部の層だけの場合は一部とします。1つのビンに1つのデータしか入らなければ、何も言えません。
claim-rule-labels = 反証：両方が下がる場合。I(X;T)が下がる分解能で、I(T;Y)をI(X;T)の頂点と終わりで比べます。{ $bits }ビットを超え、誤差の2倍も超える下降を数えます。
claim-rule-one-clock = 反証：テストデータの正解率が上がる時期に下がらない量。各量の下降の半分の時点を、テストデータの正解率の上昇の半分の時点と比べます。{ $factor }倍以内なら同じ時期とし、そこから{ $apart }倍までは判定しません。4つとも正解率と同じ時期のネットワークを数えます。1つでも離れていれば反証です。I(X;T)はテストデータでの出力のもので、最も大きく下がる分解能で読みます。
claim-rule-before = 反証：後から圧縮する出力。テストデータでのI(X;T)の下降の半分の時点を、テストデータの正解率の上昇の半分の時点と比べます。2つの時点が{ $apart }倍以上離れたネットワークのうち、先に圧縮するものを数えます。
claim-rule-layers = 反証：次々に圧縮が始まる層。テストデータでのI(X;T)の下降が{ $begun }%進んだ時点を始まりとし、最も大きく下がる分解能で読みます。{ $factor }倍以内なら同じステップとし、そこから{ $apart }倍までは判定しません。
claim-rule-pace = 反証：ほかの指数。シードごとに、暗記から汎化までの長さが学習率と重み減衰の何乗に反比例するかを、最小二乗法で求めます。どちらも1になるはずです。両方が{ $factor }倍以内で1に近いシードを数えます。両方が0よりはっきり大きければ一部とします。
claim-rule-more-decay = 反証：早く汎化しないネットワーク。同じシードどうしを比べます。{ $factor }倍以上早ければ、早いとします。終わりまでに汎化しないネットワークは、それより後に汎化するものとみなします。
claim-rule-too-much = 反証：重み減衰を10倍以上にしても正解率を保つネットワーク。同じシードどうしを終わりで比べます。テストデータの正解率が{ $points }ポイント以上下がるネットワークを数えます。
claim-rule-width = 反証：幅とともに下がるだけ、または上がるだけの誤差。終わりの誤差に、両側の低い値より{ $points }ポイント以上高い山があるシードを数えます。{ $percent }%以上高い山が損失だけにあれば、一部とします。訓練ラベルの一部を誤りにしています。
claim-rule-samples = 反証：データが増えると下がるだけの誤差。終わりの誤差に、両側の低い値より{ $points }ポイント以上高い山があるシードを数えます。{ $percent }%以上高い山が損失だけにあれば、一部とします。訓練ラベルの一部を誤りにしています。

claims-data-addition = 足し算
claims-data-digits = 数字
claims-data-icosahedron = 正二十面体の規則

claims-verdict-holds = 成り立つ
claims-verdict-partly = 一部
claims-verdict-not-here = ここでは見られない
claims-verdict-estimator = 推定法による
claims-verdict-cannot-tell = 判定できない

claims-setting-addition-usual = 表の半分で学習
claims-setting-addition-other = 表の90%で学習
claims-setting-digits-usual = 大きな初期重みから
claims-setting-digits-other = 普通の大きさの初期重みから
claims-setting-icosahedron-usual = パターンの30%で学習
claims-setting-icosahedron-other = パターンの85%でバッチ学習

claims-unseen = 見られず
claims-spread = { $median } [{ $low }–{ $high }]
claims-waited = { $setting }：{ $of }個のうち{ $seen }個が待つ。暗記はステップ{ $memorised }で、テスト誤差の{ $left }が残る。汎化はステップ{ $generalised }。
claims-without-decay = { $of }個のうち{ $seen }個が{ $steps }ステップ以内に汎化する。終わりのテストデータの正解率は{ $accuracy }。
claims-twice = { $of }個のうち{ $seen }個で二度下がり、{ $peaks }個で上がって元に戻る。中央値は、最初が{ $start }、上がる前は{ $low }、山は{ $high }、終わりは{ $end }。
claims-estimate-exact = 厳密な値
claims-estimate-fixed-bins = −1〜1のビン
claims-estimate-step-bins = 各ステップの範囲のビン
claims-reading = { $estimator }：層とデータの組{ $places }個のうち{ $told }個で判定でき、{ $both }個で上がって下がり、{ $falls }個で下がるだけ。
claims-contradictions = すべての層とデータの組{ $places }個のうち{ $of }個で、2つの推定法が判定できる。食い違うのは{ $seen }個で、全体の{ $percent }。
claims-bits = テストデータでの出力の厳密な値：最初は{ $start }ビット、頂点は{ $top }ビット、終わりは{ $end }ビット。
claims-labels = I(X;T)が下がる層とデータの組{ $of }個のうち、{ $seen }個でI(T;Y)は下がらない。
claims-labels-bits = テストデータでの出力：{ $before }ビットから{ $after }ビットへ。
claims-measure-information = 出力のI(X;T)
claims-measure-loss = テスト損失
claims-measure-local-complexity = 局所複雑度
claims-measure-linear-maps = 線形写像数
claims-one-clock = { $of ->
    [0] 4つとも同じ時期かどうかが決まるネットワークはない。
   *[other] { $of }個のうち{ $seen }個で、4つとも同じ時期。
}
claims-hand = { $measure }：{ $of ->
    [0] 同じ時期ともはっきり離れているとも言えるネットワークはない。
   *[other] { $of }個のうち{ $seen }個で同じ時期。
}正解率のステップの{ $ratio }倍。
claims-hand-unseen = { $measure }：ほとんどのネットワークで下がらない。
claims-before = { $of ->
    [0] 2つの時点がはっきり離れたネットワークはない。
   *[other] 2つの時点がはっきり離れた{ $of }個のうち、{ $seen }個で先に圧縮する。
}圧縮したすべてのネットワークでは、正解率のステップの{ $ratio }倍。
claims-layers = { $layers }層が圧縮する。{ $of ->
    [0] 同じステップに始まるかどうかが決まるネットワークはない。
   *[other] { $of }個のうち{ $seen }個で同じステップに始まる。
}最も遅い層は、最も早い層の{ $ratio }倍のステップで始まる。
claims-few-layers = テストデータで圧縮する層は{ $layers }層なので、比べるものがない。
claims-pace = { $of }シードのうち{ $seen }シードで、どちらの指数も1に近い。学習率は{ $rate }乗、重み減衰は{ $decay }乗。
claims-not-timed = { $of }個のうち{ $seen }個しか待たない。暗記したステップ{ $memorised }で、テスト誤差は{ $left }しか残らない。計る第2段階がない。
claims-more-decay = { $of }個のうち{ $seen }個で早まる。重み減衰が{ $weak }ではなく{ $strong }なら{ $faster }倍。
claims-too-much = { $of }個のうち{ $seen }個で正解率が下がる。重み減衰{ $strong }では{ $after }、{ $weak }では{ $before }。
claims-sizes = { $of }シードのうち{ $seen }シードで誤差に山があり、{ $losses }シードで損失に山がある。{ $at }の前後で、誤差は{ $before }、{ $peak }、{ $after }、損失は{ $loss-before }、{ $loss-peak }、{ $loss-after }。

# The table on the page.
claims-run = ここで確かめる
claims-stop = 停止
claims-seeds = 最初のシード
claims-seed-changed = 最初のシードは0から{ $max }までの整数です。{ $first }としました。
claims-head-claim = 主張
claims-head-verdict = 判定
claims-details = 測ったものと判定の基準
claims-rules-title = 判定のしかた
claims-waiting = –
claims-source = { $date }に、シード{ $first }〜{ $last }で記録したものです（コミット{ $commit }）。もう一度確かめるには、2コアで約2分かかります。
claims-source-missing = 記録済みの表を読み込めませんでした。ここで確かめることはできます。2コアで約2分かかります。
claims-state-running = 実験{ $index } / { $count }：シード{ $first }〜{ $last }
claims-state-done = { $recorded ->
    [yes] シード{ $first }〜{ $last }でここで確かめました。総合の判定は{ $all }件中{ $same }件、データごとの判定は{ $all-cells }件中{ $same-cells }件が記録と同じです。
   *[no] シード{ $first }〜{ $last }でここで確かめました。
}
claims-state-stopped = { $count }個中{ $index }個の実験で停止しました。「記録」と付いた判定は、ここでは確かめていません。
claims-state-failed = { $count }個中{ $index }個目の実験で学習に失敗しました。もう一度試すか、ラボでCPUを選んでください。
claims-recorded = 記録：{ $verdict }
claims-not-tested = 記録
claims-cell = { $data }：{ $measured }
