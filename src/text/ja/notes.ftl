# Notices about addresses, sweeps and values. { $allowed } is a noun.

allowed-number = { $min }〜{ $max }の数
allowed-whole = { $min }〜{ $max }の整数
allowed-prime = { $min }〜{ $max }の素数
allowed-range = 整数か0..9のような範囲
allowed-choice = { $choices }のどれか
allowed-key-backend = auto、fastest、gpu、cpuのどれか
allowed-key-workers = 1〜64の整数
allowed-key-embed = 0か1
allowed-key-play = 0か1
allowed-key-speed = maxか毎秒のステップ数
allowed-key-axis = logかlinear
allowed-key-shown = train、test、allのどれか
allowed-key-lang = enかja
allowed-layers = 「none」か、「24tanh-12relu」のような{ $layers }層までの指定（1層は{ $units }ユニットまで）

note-address-too-long = アドレスの設定が{ $kilobytes }kBあり、実験に必要な量をはるかに超えています。無視して、既定の実験を開きました。
note-unknown-preset = 「{ $given }」という実験はありません。「{ $used }」を開きました。
note-unknown-keys = { $keys }という設定はありません。無視しました。
note-other-version = このアドレスはページの版「{ $given }」で作られました。ここは版{ $version }で、設定の意味が違うことがあります。
note-invalid = 「{ $key }」に指定できるのは{ $allowed }です。「{ $given }」のかわりに{ $used }を使います。
note-left-out = 「{ $key }」に指定できるのは{ $allowed }です。「{ $given }」は除きました。
note-unchanged = 「{ $key }」に指定できるのは{ $allowed }です。「{ $given }」は使えないため、何も変えていません。
note-one-value = 「{ $key }」は全ネットワークに共通で、値は一つだけです。「{ $given }」のかわりに{ $used }を使います。
note-too-many-values = 「{ $key }」に指定できる値は{ $max }個までです。残りは除きました。
note-too-many-members = 一度に実行できるネットワークは{ $max }個までです。{ $asked }個のかわりに{ $used }個にしました。
note-too-little-memory = { $samples }サンプルで{ $units }ユニットのネットワーク{ $asked }個には、ブラウザのメモリが足りません。{ $used }個にしました。
note-seeds-limited = シードは{ $max }までなので、最初のシードを{ $first }にしました。
note-option = 「{ $key }」に指定できるのは{ $allowed }です。「{ $got }」は無視しました。
note-unknown-parts = { $names }という図の部品はありません。無視しました。
note-nearest-speed = 選べる速度のうち最も近いのは、{ $speed }です。
note-sweep-seeds = 「seeds」に指定できるのは、シードの数か0..9のような範囲です。「{ $given }」のような並びは使えません。
note-sweep-too-long = スイープの設定は{ $max }バイトまでです。
note-sweep-too-large = スイープのネットワークは{ $max }個までです。
note-more = 同様のお知らせが、ほかに{ $count }件あります。
quoted = 「{ $text }」
