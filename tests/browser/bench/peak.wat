;; Twelve chains of a multiplication and an addition of four numbers: more than a core has latency to
;; hide, and few enough to stay in registers. Each turn is 12 * 2 * 4 = 96 operations.
(module
  (func (export "run") (param $turns i32) (result f32)
    (local $x v128) (local $y v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local $i v128) (local $j v128) (local $k v128) (local $l v128)
    (local.set $x (v128.const f32x4 0.999 0.998 0.997 0.996))
    (local.set $y (v128.const f32x4 0.001 0.002 0.003 0.004))
    (loop $turn
      (local.set $a (f32x4.add (f32x4.mul (local.get $a) (local.get $x)) (local.get $y)))
      (local.set $b (f32x4.add (f32x4.mul (local.get $b) (local.get $x)) (local.get $y)))
      (local.set $c (f32x4.add (f32x4.mul (local.get $c) (local.get $x)) (local.get $y)))
      (local.set $d (f32x4.add (f32x4.mul (local.get $d) (local.get $x)) (local.get $y)))
      (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $x)) (local.get $y)))
      (local.set $f (f32x4.add (f32x4.mul (local.get $f) (local.get $x)) (local.get $y)))
      (local.set $g (f32x4.add (f32x4.mul (local.get $g) (local.get $x)) (local.get $y)))
      (local.set $h (f32x4.add (f32x4.mul (local.get $h) (local.get $x)) (local.get $y)))
      (local.set $i (f32x4.add (f32x4.mul (local.get $i) (local.get $x)) (local.get $y)))
      (local.set $j (f32x4.add (f32x4.mul (local.get $j) (local.get $x)) (local.get $y)))
      (local.set $k (f32x4.add (f32x4.mul (local.get $k) (local.get $x)) (local.get $y)))
      (local.set $l (f32x4.add (f32x4.mul (local.get $l) (local.get $x)) (local.get $y)))
      (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
      (br_if $turn (local.get $turns)))
    ;; All of them are used, so that none can be left out.
    (f32x4.extract_lane 0
      (f32x4.add
        (f32x4.add
          (f32x4.add (local.get $a) (local.get $b))
          (f32x4.add (local.get $c) (local.get $d)))
        (f32x4.add
          (f32x4.add
            (f32x4.add (local.get $e) (local.get $f))
            (f32x4.add (local.get $g) (local.get $h)))
          (f32x4.add
            (f32x4.add (local.get $i) (local.get $j))
            (f32x4.add (local.get $k) (local.get $l))))))))
