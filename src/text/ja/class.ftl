# 授業の画面：1画面に1場面の授業、座席ごとの学習、全座席の結果。

class-lesson = 授業案
class-exercise = 演習シート

class-beat-ask = 問い
class-beat-run = 学習
class-beat-predict = 予想
class-beat-reveal = 答え
class-beat-changed = 何が変わったか
class-beat-collect = 集計

class-ask = 足し算の半分だけを見せます。残りの半分も、いつか解けるようになる？
class-ask-decay = 重み減衰は、ステップごとにすべての重みを少し小さくします。3倍にすると、汎化はいつ？
class-ask-no-decay = 重み減衰をなくすと？
class-ask-gap = 今度は足し算の10分の9を学習に使います。それでも待つことになる？
class-never = 汎化しない
class-soon = すぐに
class-much-later = ずっと後で
class-sooner = 早くなる
class-later = 遅くなる
class-gap-as-long = 同じくらい待つ
class-gap-shorter = 待つが、短くなる
class-gap-hardly = ほとんど待たない
class-undo = 取り消す

class-running = 5個のネットワークが学習しています。
class-memorised = 暗記しました。{ $scores }。
class-predict = テストデータの正解率は、このあとどうなる？
class-predict-hint = ペン、指、マウスで描いてください。キーなら、Nは「汎化しない」、Sは「すぐに」、Mは「ずっと後で」。
class-drawn = みんなの予想
class-going-on = 学習を続けます。
class-revealed = 暗記の{ $times }倍のステップで汎化しました。
class-revealed-never = { $steps }ステップでは汎化しませんでした。
class-revealed-sooner = 早くなりました。{ $other }ステップ目ではなく、{ $asked }ステップ目です。
class-revealed-later = 遅くなりました。{ $other }ステップ目ではなく、{ $asked }ステップ目です。
class-revealed-gap = 暗記の{ $asked }倍のステップで汎化しました。半分のときは{ $other }倍でした。
class-changed = { $first }〜{ $second }ステップ目に、何が変わった？
class-changed-unknown = 暗記してから汎化するまでに、何が変わった？
class-changed-hint = 訓練データは、すでに正解でした。重みは、そのあとも変わり続けました。

class-tally-entry = { $answer } { $count }
class-tally-right = { $all }人中{ $right }人が正解

class-pace = 速さ
class-pace-seconds = { $seconds }秒

class-seat = 座席{ $seat }：シード{ $seed }
class-seat-hint = ネットワーク1個、{ $steps }ステップ。予想を書いてから再生してください。
class-seat-both = 暗記は{ $memorised }ステップ目、汎化は{ $generalised }ステップ目です。
class-seat-memorised = 暗記は{ $memorised }ステップ目です。{ $steps }ステップでは汎化しませんでした。
class-seat-neither = { $steps }ステップでは暗記しませんでした。
class-code = あなたのコード
class-code-none = コードは通常の条件のときだけ出ます。この結果は、演習4の表に書いてください。

class-collect = 全員のコードを入力してください。
class-codes = 座席のコード。空白か改行で区切ります
class-take = 追加
class-collected-both = ネットワーク{ $count }個：暗記は{ $memorised }ステップ目、汎化は{ $generalised }ステップ目です。
class-collected-memorised = ネットワーク{ $count }個：暗記は{ $memorised }ステップ目です。最後のステップまでには汎化しませんでした。
class-collected-neither = ネットワーク{ $count }個：最後のステップまでには暗記しませんでした。
class-collected-ranges = 値は中央値です。範囲は、暗記が{ $memorised }、汎化が{ $generalised }です。{ $never ->
    [0] すべて汎化しました。
   *[other] { $never }個は汎化しませんでした。
}
class-code-length = 「{ $code }」は{ $length }文字ではありません。
class-code-character = 「{ $code }」にある「{ $character }」は、コードに使わない文字です。
class-code-check = 「{ $code }」には、違う文字か、入れ替わった2文字があります。座席の人に聞き直してください。
class-code-replaced = 座席{ $seat }のコードはすでにありました。新しいコードに置き換えました。
