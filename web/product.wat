;; The heavy arithmetic of a net, four float32 numbers at a time. product.js holds this module assembled, in base64, and
;; the same arithmetic in plain JavaScript, operation by operation: both give the same bits. Only additions,
;; multiplications and divisions that round alike everywhere are used, so no relaxed multiply-add.
;;
;; After a change: tests/test_web.py assembles this file and shows the base64 that belongs into product.js.
(module
  (memory (export "memory") 1)

  ;; out [rows][B] = matrix [rows][columns] x input [columns][B], or added to out if $add. rows is a multiple of 4, B of
  ;; 8. The matrix lies in panels: of each four rows the first column, then the second, and so on. All addresses in bytes.
  (func (export "multiply")
    (param $panel i32) (param $rows i32) (param $columns i32) (param $input i32) (param $B i32) (param $out i32)
    (param $add i32)
    (local $stride i32) (local $b i32) (local $w i32) (local $end i32) (local $x i32) (local $o i32)
    (local $x0 v128) (local $x1 v128) (local $s v128)
    (local $a0 v128) (local $b0 v128) (local $a1 v128) (local $b1 v128)
    (local $a2 v128) (local $b2 v128) (local $a3 v128) (local $b3 v128)
    (local.set $stride (i32.shl (local.get $B) (i32.const 2)))
    (loop $each_panel
      (local.set $end (i32.add (local.get $panel) (i32.shl (local.get $columns) (i32.const 4))))
      (local.set $b (i32.const 0))
      (loop $each_eight ;; of the B drawings
        (local.set $a0 (v128.const i32x4 0 0 0 0)) (local.set $b0 (v128.const i32x4 0 0 0 0))
        (local.set $a1 (v128.const i32x4 0 0 0 0)) (local.set $b1 (v128.const i32x4 0 0 0 0))
        (local.set $a2 (v128.const i32x4 0 0 0 0)) (local.set $b2 (v128.const i32x4 0 0 0 0))
        (local.set $a3 (v128.const i32x4 0 0 0 0)) (local.set $b3 (v128.const i32x4 0 0 0 0))
        (local.set $w (local.get $panel))
        (local.set $x (i32.add (local.get $input) (local.get $b)))
        (loop $each_column
          (local.set $x0 (v128.load (local.get $x)))
          (local.set $x1 (v128.load offset=16 (local.get $x)))
          (local.set $s (v128.load32_splat (local.get $w)))
          (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $s) (local.get $x0))))
          (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $s) (local.get $x1))))
          (local.set $s (v128.load32_splat offset=4 (local.get $w)))
          (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $s) (local.get $x0))))
          (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $s) (local.get $x1))))
          (local.set $s (v128.load32_splat offset=8 (local.get $w)))
          (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $s) (local.get $x0))))
          (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $s) (local.get $x1))))
          (local.set $s (v128.load32_splat offset=12 (local.get $w)))
          (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $s) (local.get $x0))))
          (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $s) (local.get $x1))))
          (local.set $x (i32.add (local.get $x) (local.get $stride)))
          (local.set $w (i32.add (local.get $w) (i32.const 16)))
          (br_if $each_column (i32.lt_u (local.get $w) (local.get $end))))
        (local.set $o (i32.add (local.get $out) (local.get $b)))
        (call $put (local.get $o) (local.get $add) (local.get $a0) (local.get $b0))
        (local.set $o (i32.add (local.get $o) (local.get $stride)))
        (call $put (local.get $o) (local.get $add) (local.get $a1) (local.get $b1))
        (local.set $o (i32.add (local.get $o) (local.get $stride)))
        (call $put (local.get $o) (local.get $add) (local.get $a2) (local.get $b2))
        (local.set $o (i32.add (local.get $o) (local.get $stride)))
        (call $put (local.get $o) (local.get $add) (local.get $a3) (local.get $b3))
        (local.set $b (i32.add (local.get $b) (i32.const 32)))
        (br_if $each_eight (i32.lt_u (local.get $b) (local.get $stride))))
      (local.set $panel (local.get $end))
      (local.set $out (i32.add (local.get $out) (i32.shl (local.get $stride) (i32.const 2))))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 4)))
      (br_if $each_panel (local.get $rows))))

  (func $put (param $at i32) (param $add i32) (param $a v128) (param $b v128)
    (if (local.get $add)
      (then
        (local.set $a (f32x4.add (v128.load (local.get $at)) (local.get $a)))
        (local.set $b (f32x4.add (v128.load offset=16 (local.get $at)) (local.get $b)))))
    (v128.store (local.get $at) (local.get $a))
    (v128.store offset=16 (local.get $at) (local.get $b)))

  ;; Each of $count numbers x, a multiple of 4, becomes plus + times / (1 + exp(scale x)): the logistic function with
  ;; scale -1, times 1, plus 0, and tanh with 2, -2, 1. exp z = 2^n exp r with z = n ln 2 + r; |z| is held at 87, and for
  ;; |r| <= ln 2 / 2 the series of seven terms is right to float32.
  (func (export "squash") (param $at i32) (param $count i32) (param $scale f32) (param $times f32) (param $plus f32)
    (local $end i32) (local $z v128) (local $n v128) (local $p v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each_four
      (local.set $z (f32x4.mul (f32x4.splat (local.get $scale)) (v128.load (local.get $at))))
      (local.set $z (f32x4.max (v128.const f32x4 -87 -87 -87 -87) (f32x4.min (v128.const f32x4 87 87 87 87) (local.get $z))))
      (local.set $n (f32x4.nearest (f32x4.mul (local.get $z)
        (v128.const f32x4 1.4426950408889634 1.4426950408889634 1.4426950408889634 1.4426950408889634))))
      (local.set $z (f32x4.sub (local.get $z) (f32x4.mul (local.get $n)
        (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375))))
      (local.set $z (f32x4.sub (local.get $z) (f32x4.mul (local.get $n)
        (v128.const f32x4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.splat (f32.const 1.984126984126984e-4)))) ;; 1 / 7!
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 1.388888888888889e-3)))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 8.333333333333333e-3)))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 4.1666666666666664e-2)))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 0.16666666666666666)))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 0.5)))))
      (local.set $p (f32x4.mul (local.get $z) (f32x4.add (local.get $p) (f32x4.splat (f32.const 1)))))
      (local.set $p (f32x4.add (local.get $p) (f32x4.splat (f32.const 1))))
      ;; 2^n, made of its exponent's bits
      (local.set $n (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (i32x4.splat (i32.const 127))) (i32.const 23)))
      (local.set $p (f32x4.add (f32x4.splat (f32.const 1)) (f32x4.mul (local.get $p) (local.get $n))))
      (v128.store (local.get $at)
        (f32x4.add (f32x4.splat (local.get $plus)) (f32x4.div (f32x4.splat (local.get $times)) (local.get $p))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each_four (i32.lt_u (local.get $at) (local.get $end))))))
