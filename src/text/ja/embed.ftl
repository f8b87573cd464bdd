# ほかのページのフレームの中の図。

allowed-key-figure = 記事の節の名前
allowed-key-theme = auto、light、darkのどれか
allowed-key-caption = 0か1
allowed-key-autoplay = 0か1
allowed-key-hide = { $names }から選んだもの

note-unknown-figure = 「{ $got }」という節に図はありません。{ $known }から選んでください。

waiting-for-frame = 待機中：ほかの図が学習しています。
paused-out-of-sight = 画面の外にあるため、一時停止しました。
embed-too-many-messages = 1秒間に200件を超える要求が届いたため、この要求は無視しました。
embed-unknown-request = この図は「{ $got }」という要求を知りません。
embed-nothing-to-seek = まだ学習していないので、移動できるステップがありません。
embed-seek-needs-step = 要求「seek」には、0以上のステップ数が必要です。
embed-set-needs-query = 要求「set」には、wd=3&seeds=5のような文字列が必要です。
embed-theme-needs-name = 要求「theme」に指定できるのは、auto、light、darkのどれかです。
embed-picture-needs-format = 要求「picture」に指定できる形式は、pngかsvgです。

# The title of an embed whose task is a table, half of which is the test set.
embed-title = 見せていない半分も、いつか解けるようになるのか
