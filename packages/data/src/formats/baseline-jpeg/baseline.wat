;; Decodes the one scan of a baseline JPEG whose components are sampled alike (ITU-T T.81): Huffman codes, the inverse
;; transform and YCbCr -> RGB, in the integer arithmetic of libjpeg (jidctint.c, jdcolor.c), several sums at a time. The
;; caller has read the markers, and lays tables and data out in the memory (decode-baseline.ts).
(module
  (memory (export "memory") 1)

  ;; Where the compressed data, without their stuffed zeros, are read next; the bits taken from there, the next one uppermost
  ;; and zeros after the last; how many they are.
  (global $at (mut i32) (i32.const 0))
  (global $bits (mut i64) (i64.const 0))
  (global $left (mut i32) (i32.const 0))

  ;; The next four bytes as a number, the first of them uppermost.
  (func $word (param $at i32) (result i64)
    (local $word i32)
    (local.set $word (i32.load (local.get $at)))
    (i64.extend_i32_u
      (i32.or
        (i32.and (i32.rotl (local.get $word) (i32.const 8)) (i32.const 0x00ff00ff))
        (i32.and (i32.rotr (local.get $word) (i32.const 8)) (i32.const 0xff00ff00)))))

  ;; The code of more than 9 bits that `bits` begin with: length << 8 | symbol; 0 where there is none. A table holds 512 u16,
  ;; that of each code of at most 9 bits, by the next 9 bits; for each length 0 ... 16 an i32, the first 16 bits beyond its
  ;; codes; for each an i32, what leads from a code to its symbol's place; the symbols.
  (func $longCode (param $table i32) (param $bits i64) (result i32)
    (local $next i32) (local $length i32) (local $entry i32)
    (local.set $next (i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 48))))
    (local.set $length (i32.const 10))
    (loop $longer
      (local.set $entry (i32.add (local.get $table) (i32.shl (local.get $length) (i32.const 2))))
      (if (i32.lt_u (local.get $next) (i32.load offset=1024 (local.get $entry)))
        (then
          (return
            (i32.or
              (i32.shl (local.get $length) (i32.const 8))
              (i32.load8_u offset=1160
                (i32.add
                  (local.get $table)
                  (i32.add
                    (i32.shr_u (local.get $next) (i32.sub (i32.const 16) (local.get $length)))
                    (i32.load offset=1092 (local.get $entry)))))))))
      (local.set $length (i32.add (local.get $length) (i32.const 1)))
      (br_if $longer (i32.le_u (local.get $length) (i32.const 16))))
    (i32.const 0))

  ;; Reads a block's coefficients, times their quantisation steps, into `block`: i16 [8, 8], zero before. `dc` is where the
  ;; component's last DC value is kept; `steps` i32 [64] and `order` u8 [64] are in the order of the zigzag. Gives how far
  ;; along it a coefficient stands: 1 where there is only the DC value, 0 where the data are damaged.
  (func $coefficients
    (param $dcTable i32) (param $acTable i32) (param $dc i32) (param $steps i32) (param $order i32) (param $block i32)
    (result i32)
    (local $at i32) (local $bits i64) (local $left i32)
    (local $table i32) (local $code i32) (local $size i32) (local $value i32) (local $k i32) (local $reach i32)
    (local.set $at (global.get $at))
    (local.set $bits (global.get $bits))
    (local.set $left (global.get $left))
    (local.set $table (local.get $dcTable))
    (block $done
      (loop $next
        ;; The longest code and its number take 31 bits.
        (if (i32.lt_u (local.get $left) (i32.const 32))
          (then
            (local.set $bits
              (i64.or
                (local.get $bits)
                (i64.shl
                  (call $word (local.get $at))
                  (i64.extend_i32_u (i32.sub (i32.const 32) (local.get $left))))))
            (local.set $at (i32.add (local.get $at) (i32.const 4)))
            (local.set $left (i32.add (local.get $left) (i32.const 32)))))
        (local.set $code
          (i32.load16_u
            (i32.add
              (local.get $table)
              (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $bits) (i64.const 55))) (i32.const 1)))))
        (if (i32.eqz (local.get $code))
          (then
            (local.set $code (call $longCode (local.get $table) (local.get $bits)))
            (if (i32.eqz (local.get $code)) (then (return (i32.const 0))))))
        (local.set $bits
          (i64.shl (local.get $bits) (i64.extend_i32_u (i32.shr_u (local.get $code) (i32.const 8)))))
        (local.set $left (i32.sub (local.get $left) (i32.shr_u (local.get $code) (i32.const 8))))
        (local.set $size (i32.and (local.get $code) (i32.const 15)))
        ;; The number that the next bits stand for (T.81, F.2.2.1): the uppermost bit says whether it is positive.
        (local.set $value
          (i32.sub
            (i32.wrap_i64
              (i64.shr_u
                (i64.shr_u (local.get $bits) (i64.const 1))
                (i64.extend_i32_u (i32.sub (i32.const 63) (local.get $size)))))
            (select
              (i32.const 0)
              (i32.sub (i32.shl (i32.const 1) (local.get $size)) (i32.const 1))
              (i64.lt_s (local.get $bits) (i64.const 0)))))
        (local.set $bits (i64.shl (local.get $bits) (i64.extend_i32_u (local.get $size))))
        (local.set $left (i32.sub (local.get $left) (local.get $size)))
        (if (local.get $k)
          (then
            (local.set $k
              (i32.add (local.get $k) (i32.and (i32.shr_u (local.get $code) (i32.const 4)) (i32.const 15))))
            (if (local.get $size)
              (then
                (if (i32.gt_u (local.get $k) (i32.const 63)) (then (return (i32.const 0))))
                (i32.store16
                  (i32.add
                    (local.get $block)
                    (i32.shl (i32.load8_u (i32.add (local.get $order) (local.get $k))) (i32.const 1)))
                  (i32.mul
                    (local.get $value)
                    (i32.load (i32.add (local.get $steps) (i32.shl (local.get $k) (i32.const 2))))))
                (local.set $reach (i32.add (local.get $k) (i32.const 1))))
              (else
                (br_if $done (i32.ne (i32.and (local.get $code) (i32.const 255)) (i32.const 0xf0))))))
          (else
            (if (i32.gt_u (i32.and (local.get $code) (i32.const 255)) (i32.const 11))
              (then (return (i32.const 0))))
            (if (local.get $size)
              (then
                (i32.store (local.get $dc) (i32.add (i32.load (local.get $dc)) (local.get $value)))))
            (i32.store16 (local.get $block) (i32.mul (i32.load (local.get $dc)) (i32.load (local.get $steps))))
            (local.set $reach (i32.const 1))
            (local.set $table (local.get $acTable))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $k) (i32.const 64)))))
    (global.set $at (local.get $at))
    (global.set $bits (local.get $bits))
    (global.set $left (local.get $left))
    (local.get $reach))

  ;; The one-dimensional transform of the columns of i16 [8, 8]; the results are divided by 2 ** shift. Loeffler, Ligtenberg
  ;; and Moschytz (1989) as jidctint.c has it, 13 bits after the point; each rotation is multiplied out, so that it is a sum
  ;; of two products.
  (func $transform (param $in i32) (param $out i32) (param $shift i32)
    (local $half v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $even0 v128) (local $even1 v128) (local $even2 v128) (local $even3 v128)
    (local $odd0 v128) (local $odd1 v128) (local $odd2 v128) (local $odd3 v128)
    (local $out0 v128) (local $out1 v128) (local $out2 v128) (local $out3 v128)
    (local $out4 v128) (local $out5 v128) (local $out6 v128) (local $out7 v128)
    (local.set $half (i32x4.splat (i32.shl (i32.const 1) (i32.sub (local.get $shift) (i32.const 1)))))
    ;; Columns 0 ... 3: rows 0 and 4, 2 and 6, then the odd ones.
    (local.set $a (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load (local.get $in)) (v128.load offset=64 (local.get $in))))
    (local.set $b (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=32 (local.get $in)) (v128.load offset=96 (local.get $in))))
    (local.set $c (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 8192 8192 8192 8192 8192 8192 8192 8192)) (local.get $half)))
    (local.set $d (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 8192 -8192 8192 -8192 8192 -8192 8192 -8192)) (local.get $half)))
    (local.set $a (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 10703 4433 10703 4433 10703 4433 10703 4433)))
    (local.set $b (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 4433 -10704 4433 -10704 4433 -10704 4433 -10704)))
    (local.set $even0 (i32x4.add (local.get $c) (local.get $a)))
    (local.set $even3 (i32x4.sub (local.get $c) (local.get $a)))
    (local.set $even1 (i32x4.add (local.get $d) (local.get $b)))
    (local.set $even2 (i32x4.sub (local.get $d) (local.get $b)))
    (local.set $a
      (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
        (i16x8.add (v128.load offset=112 (local.get $in)) (v128.load offset=48 (local.get $in)))
        (i16x8.add (v128.load offset=80 (local.get $in)) (v128.load offset=16 (local.get $in)))))
    (local.set $c (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -6436 9633 -6436 9633 -6436 9633 -6436 9633)))
    (local.set $d (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 9633 6437 9633 6437 9633 6437 9633 6437)))
    (local.set $a (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=112 (local.get $in)) (v128.load offset=16 (local.get $in))))
    (local.set $b (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=80 (local.get $in)) (v128.load offset=48 (local.get $in))))
    (local.set $odd3 (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -4927 -7373 -4927 -7373 -4927 -7373 -4927 -7373)) (local.get $c)))
    (local.set $odd0 (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -7373 4926 -7373 4926 -7373 4926 -7373 4926)) (local.get $d)))
    (local.set $odd2 (i32x4.add (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 -4176 -20995 -4176 -20995 -4176 -20995 -4176 -20995)) (local.get $d)))
    (local.set $odd1 (i32x4.add (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 -20995 4177 -20995 4177 -20995 4177 -20995 4177)) (local.get $c)))
    (local.set $out0 (i32x4.shr_s (i32x4.add (local.get $even0) (local.get $odd0)) (local.get $shift)))
    (local.set $out7 (i32x4.shr_s (i32x4.sub (local.get $even0) (local.get $odd0)) (local.get $shift)))
    (local.set $out1 (i32x4.shr_s (i32x4.add (local.get $even1) (local.get $odd1)) (local.get $shift)))
    (local.set $out6 (i32x4.shr_s (i32x4.sub (local.get $even1) (local.get $odd1)) (local.get $shift)))
    (local.set $out2 (i32x4.shr_s (i32x4.add (local.get $even2) (local.get $odd2)) (local.get $shift)))
    (local.set $out5 (i32x4.shr_s (i32x4.sub (local.get $even2) (local.get $odd2)) (local.get $shift)))
    (local.set $out3 (i32x4.shr_s (i32x4.add (local.get $even3) (local.get $odd3)) (local.get $shift)))
    (local.set $out4 (i32x4.shr_s (i32x4.sub (local.get $even3) (local.get $odd3)) (local.get $shift)))
    ;; Columns 4 ... 7: rows 0 and 4, 2 and 6, then the odd ones.
    (local.set $a (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load (local.get $in)) (v128.load offset=64 (local.get $in))))
    (local.set $b (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=32 (local.get $in)) (v128.load offset=96 (local.get $in))))
    (local.set $c (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 8192 8192 8192 8192 8192 8192 8192 8192)) (local.get $half)))
    (local.set $d (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 8192 -8192 8192 -8192 8192 -8192 8192 -8192)) (local.get $half)))
    (local.set $a (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 10703 4433 10703 4433 10703 4433 10703 4433)))
    (local.set $b (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 4433 -10704 4433 -10704 4433 -10704 4433 -10704)))
    (local.set $even0 (i32x4.add (local.get $c) (local.get $a)))
    (local.set $even3 (i32x4.sub (local.get $c) (local.get $a)))
    (local.set $even1 (i32x4.add (local.get $d) (local.get $b)))
    (local.set $even2 (i32x4.sub (local.get $d) (local.get $b)))
    (local.set $a
      (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
        (i16x8.add (v128.load offset=112 (local.get $in)) (v128.load offset=48 (local.get $in)))
        (i16x8.add (v128.load offset=80 (local.get $in)) (v128.load offset=16 (local.get $in)))))
    (local.set $c (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -6436 9633 -6436 9633 -6436 9633 -6436 9633)))
    (local.set $d (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 9633 6437 9633 6437 9633 6437 9633 6437)))
    (local.set $a (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=112 (local.get $in)) (v128.load offset=16 (local.get $in))))
    (local.set $b (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=80 (local.get $in)) (v128.load offset=48 (local.get $in))))
    (local.set $odd3 (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -4927 -7373 -4927 -7373 -4927 -7373 -4927 -7373)) (local.get $c)))
    (local.set $odd0 (i32x4.add (i32x4.dot_i16x8_s (local.get $a) (v128.const i16x8 -7373 4926 -7373 4926 -7373 4926 -7373 4926)) (local.get $d)))
    (local.set $odd2 (i32x4.add (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 -4176 -20995 -4176 -20995 -4176 -20995 -4176 -20995)) (local.get $d)))
    (local.set $odd1 (i32x4.add (i32x4.dot_i16x8_s (local.get $b) (v128.const i16x8 -20995 4177 -20995 4177 -20995 4177 -20995 4177)) (local.get $c)))
    (v128.store (local.get $out) (i16x8.narrow_i32x4_s (local.get $out0) (i32x4.shr_s (i32x4.add (local.get $even0) (local.get $odd0)) (local.get $shift))))
    (v128.store offset=112 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out7) (i32x4.shr_s (i32x4.sub (local.get $even0) (local.get $odd0)) (local.get $shift))))
    (v128.store offset=16 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out1) (i32x4.shr_s (i32x4.add (local.get $even1) (local.get $odd1)) (local.get $shift))))
    (v128.store offset=96 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out6) (i32x4.shr_s (i32x4.sub (local.get $even1) (local.get $odd1)) (local.get $shift))))
    (v128.store offset=32 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out2) (i32x4.shr_s (i32x4.add (local.get $even2) (local.get $odd2)) (local.get $shift))))
    (v128.store offset=80 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out5) (i32x4.shr_s (i32x4.sub (local.get $even2) (local.get $odd2)) (local.get $shift))))
    (v128.store offset=48 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out3) (i32x4.shr_s (i32x4.add (local.get $even3) (local.get $odd3)) (local.get $shift))))
    (v128.store offset=64 (local.get $out) (i16x8.narrow_i32x4_s (local.get $out4) (i32x4.shr_s (i32x4.sub (local.get $even3) (local.get $odd3)) (local.get $shift)))))

  ;; Turns i16 [8, 8] over its diagonal.
  (func $turn (param $in i32) (param $out i32)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $a4 v128) (local $a5 v128) (local $a6 v128) (local $a7 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local $b4 v128) (local $b5 v128) (local $b6 v128) (local $b7 v128)
    (local.set $a0 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load (local.get $in)) (v128.load offset=16 (local.get $in))))
    (local.set $a1 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load (local.get $in)) (v128.load offset=16 (local.get $in))))
    (local.set $a2 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=32 (local.get $in)) (v128.load offset=48 (local.get $in))))
    (local.set $a3 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=32 (local.get $in)) (v128.load offset=48 (local.get $in))))
    (local.set $a4 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=64 (local.get $in)) (v128.load offset=80 (local.get $in))))
    (local.set $a5 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=64 (local.get $in)) (v128.load offset=80 (local.get $in))))
    (local.set $a6 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (v128.load offset=96 (local.get $in)) (v128.load offset=112 (local.get $in))))
    (local.set $a7 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (v128.load offset=96 (local.get $in)) (v128.load offset=112 (local.get $in))))
    (local.set $b0 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a0) (local.get $a2)))
    (local.set $b1 (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a0) (local.get $a2)))
    (local.set $b2 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a1) (local.get $a3)))
    (local.set $b3 (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a1) (local.get $a3)))
    (local.set $b4 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a4) (local.get $a6)))
    (local.set $b5 (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a4) (local.get $a6)))
    (local.set $b6 (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a5) (local.get $a7)))
    (local.set $b7 (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a5) (local.get $a7)))
    (v128.store (local.get $out) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b0) (local.get $b4)))
    (v128.store offset=16 (local.get $out) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b0) (local.get $b4)))
    (v128.store offset=32 (local.get $out) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b1) (local.get $b5)))
    (v128.store offset=48 (local.get $out) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b1) (local.get $b5)))
    (v128.store offset=64 (local.get $out) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b2) (local.get $b6)))
    (v128.store offset=80 (local.get $out) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b2) (local.get $b6)))
    (v128.store offset=96 (local.get $out) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $b3) (local.get $b7)))
    (v128.store offset=112 (local.get $out) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $b3) (local.get $b7))))

  ;; Two lines of samples, less 128 as i16, to bytes.
  (func $bytes (param $in i32) (result v128)
    (i8x16.narrow_i16x8_u
      (i16x8.add_sat_s (v128.load (local.get $in)) (v128.const i16x8 128 128 128 128 128 128 128 128))
      (i16x8.add_sat_s (v128.load offset=16 (local.get $in)) (v128.const i16x8 128 128 128 128 128 128 128 128))))

  ;; A block's samples, u8 [8, 8] in rows `lineBytes` apart: columns first, then rows, as libjpeg rounds in between. The
  ;; block is zeros afterwards; 128 bytes after it are room to work in.
  (func $samples (param $block i32) (param $out i32) (param $lineBytes i32)
    (local $room i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $room (i32.add (local.get $block) (i32.const 128)))
    (call $transform (local.get $block) (local.get $room) (i32.const 11))
    (call $turn (local.get $room) (local.get $block))
    (call $transform (local.get $block) (local.get $room) (i32.const 18))
    (memory.fill (local.get $block) (i32.const 0) (i32.const 128))
    ;; Columns 0 ... 3 of lines 0 ... 3 and 4 ... 7, and columns 4 ... 7.
    (local.set $b (call $bytes (local.get $room)))
    (local.set $d (call $bytes (i32.add (local.get $room) (i32.const 32))))
    (local.set $a (i8x16.shuffle 0 8 16 24 1 9 17 25 2 10 18 26 3 11 19 27 (local.get $b) (local.get $d)))
    (local.set $b (i8x16.shuffle 4 12 20 28 5 13 21 29 6 14 22 30 7 15 23 31 (local.get $b) (local.get $d)))
    (local.set $d (call $bytes (i32.add (local.get $room) (i32.const 64))))
    (local.set $c
      (i8x16.shuffle 0 8 16 24 1 9 17 25 2 10 18 26 3 11 19 27
        (local.get $d) (call $bytes (i32.add (local.get $room) (i32.const 96)))))
    (local.set $d
      (i8x16.shuffle 4 12 20 28 5 13 21 29 6 14 22 30 7 15 23 31
        (local.get $d) (call $bytes (i32.add (local.get $room) (i32.const 96)))))
    (local.set $out
      (call $fourLines
        (local.get $out) (local.get $lineBytes)
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $c))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $c))))
    (drop
      (call $fourLines
        (local.get $out) (local.get $lineBytes)
        (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $b) (local.get $d))
        (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $b) (local.get $d)))))

  ;; Writes four lines of eight bytes; gives where the fifth belongs.
  (func $fourLines (param $out i32) (param $lineBytes i32) (param $first v128) (param $second v128) (result i32)
    (v128.store64_lane 0 (local.get $out) (local.get $first))
    (v128.store64_lane 1 (local.tee $out (i32.add (local.get $out) (local.get $lineBytes))) (local.get $first))
    (v128.store64_lane 0 (local.tee $out (i32.add (local.get $out) (local.get $lineBytes))) (local.get $second))
    (v128.store64_lane 1 (local.tee $out (i32.add (local.get $out) (local.get $lineBytes))) (local.get $second))
    (i32.add (local.get $out) (local.get $lineBytes)))

  ;; A block of one value, as the transform would give it; the block is zeros afterwards.
  (func $flat (param $block i32) (param $out i32) (param $lineBytes i32)
    (local $value i32) (local $line i32)
    (local.set $value
      (i32.add
        (i32.shr_s (i32.add (i32.load16_s (local.get $block)) (i32.const 4)) (i32.const 3))
        (i32.const 128)))
    (local.set $value (select (i32.const 0) (local.get $value) (i32.lt_s (local.get $value) (i32.const 0))))
    (local.set $value (select (i32.const 255) (local.get $value) (i32.gt_s (local.get $value) (i32.const 255))))
    (i32.store16 (local.get $block) (i32.const 0))
    (local.set $line (i32.const 8))
    (loop $next
      (v128.store64_lane 0 (local.get $out) (i8x16.splat (local.get $value)))
      (local.set $out (i32.add (local.get $out) (local.get $lineBytes)))
      (local.set $line (i32.sub (local.get $line) (i32.const 1)))
      (br_if $next (local.get $line))))

  ;; A line of samples, `plane` bytes apart for Y, Cb and Cr, to RGB; in eights, so up to 21 bytes too many are written.
  ;; The factors 1.402, 1.772, 0.34414 and 0.71414 have 16 bits after the point, whole parts taken out so that they fit 16:
  ;; red is y + cr + (26345 cr + half), green y - cr + (18734 cr - 22554 cb + half), blue y + 2 cb + (half - 14942 cb).
  (func $colours (param $in i32) (param $plane i32) (param $width i32) (param $out i32)
    (local $x i32)
    (local $y v128) (local $cb v128) (local $cr v128) (local $low v128) (local $high v128)
    (local $red v128) (local $green v128) (local $blue v128)
    (loop $eight
      (local.set $y (v128.load8x8_u (local.get $in)))
      (local.set $cb
        (i16x8.sub
          (v128.load8x8_u (i32.add (local.get $in) (local.get $plane)))
          (v128.const i16x8 128 128 128 128 128 128 128 128)))
      (local.set $cr
        (i16x8.sub
          (v128.load8x8_u (i32.add (local.get $in) (i32.shl (local.get $plane) (i32.const 1))))
          (v128.const i16x8 128 128 128 128 128 128 128 128)))
      ;; Each sample beside a 2: a half is 2 * 16384.
      (local.set $low
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (local.get $cr) (v128.const i16x8 2 2 2 2 2 2 2 2)))
      (local.set $high
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
          (local.get $cr) (v128.const i16x8 2 2 2 2 2 2 2 2)))
      (local.set $red
        (i16x8.narrow_i32x4_s
          (i32x4.shr_s
            (i32x4.dot_i16x8_s
              (local.get $low)
              (v128.const i16x8 26345 16384 26345 16384 26345 16384 26345 16384))
            (i32.const 16))
          (i32x4.shr_s
            (i32x4.dot_i16x8_s
              (local.get $high)
              (v128.const i16x8 26345 16384 26345 16384 26345 16384 26345 16384))
            (i32.const 16))))
      (local.set $low
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (local.get $cb) (v128.const i16x8 2 2 2 2 2 2 2 2)))
      (local.set $high
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31
          (local.get $cb) (v128.const i16x8 2 2 2 2 2 2 2 2)))
      (local.set $blue
        (i16x8.narrow_i32x4_s
          (i32x4.shr_s
            (i32x4.dot_i16x8_s
              (local.get $low)
              (v128.const i16x8 -14942 16384 -14942 16384 -14942 16384 -14942 16384))
            (i32.const 16))
          (i32x4.shr_s
            (i32x4.dot_i16x8_s
              (local.get $high)
              (v128.const i16x8 -14942 16384 -14942 16384 -14942 16384 -14942 16384))
            (i32.const 16))))
      (local.set $low
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $cb) (local.get $cr)))
      (local.set $high
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $cb) (local.get $cr)))
      (local.set $green
        (i16x8.narrow_i32x4_s
          (i32x4.shr_s
            (i32x4.add
              (i32x4.dot_i16x8_s
                (local.get $low)
                (v128.const i16x8 -22554 18734 -22554 18734 -22554 18734 -22554 18734))
              (v128.const i32x4 32768 32768 32768 32768))
            (i32.const 16))
          (i32x4.shr_s
            (i32x4.add
              (i32x4.dot_i16x8_s
                (local.get $high)
                (v128.const i16x8 -22554 18734 -22554 18734 -22554 18734 -22554 18734))
              (v128.const i32x4 32768 32768 32768 32768))
            (i32.const 16))))
      (local.set $red (i16x8.add (i16x8.add (local.get $y) (local.get $cr)) (local.get $red)))
      (local.set $green (i16x8.add (i16x8.sub (local.get $y) (local.get $cr)) (local.get $green)))
      (local.set $blue
        (i16x8.add
          (i16x8.add (local.get $y) (i16x8.add (local.get $cb) (local.get $cb)))
          (local.get $blue)))
      (local.set $red (i8x16.narrow_i16x8_u (local.get $red) (local.get $green)))
      (local.set $blue (i8x16.narrow_i16x8_u (local.get $blue) (local.get $blue)))
      (v128.store
        (local.get $out)
        (i8x16.shuffle 0 8 16 1 9 17 2 10 18 3 11 19 4 12 20 5 (local.get $red) (local.get $blue)))
      (v128.store64_lane offset=16 0
        (local.get $out)
        (i8x16.shuffle 13 21 6 14 22 7 15 23 13 21 6 14 22 7 15 23 (local.get $red) (local.get $blue)))
      (local.set $in (i32.add (local.get $in) (i32.const 8)))
      (local.set $out (i32.add (local.get $out) (i32.const 24)))
      (local.set $x (i32.add (local.get $x) (i32.const 8)))
      (br_if $eight (i32.lt_u (local.get $x) (local.get $width)))))

  ;; RGB of the whole image, u8 [height, width, 3] at `out`. `components` is a list of records for 1 or 3 components: the
  ;; addresses of its table for DC, its table for AC, its quantisation steps; its last DC value. `lines` is room for eight
  ;; lines of each component; where there is one, the caller has filled those of the others with 128. Gives 1; 0 where the
  ;; data from `data` to `dataEnd` are damaged, or more, or fewer than the image takes.
  (func (export "decode")
    (param $data i32) (param $dataEnd i32) (param $width i32) (param $height i32)
    (param $components i32) (param $count i32) (param $order i32) (param $block i32)
    (param $lines i32) (param $out i32)
    (result i32)
    (local $lineBytes i32) (local $plane i32) (local $x i32) (local $y i32) (local $line i32)
    (local $component i32) (local $componentsEnd i32) (local $to i32) (local $reach i32) (local $surplus i32)
    (global.set $at (local.get $data))
    (global.set $bits (i64.const 0))
    (global.set $left (i32.const 0))
    (local.set $lineBytes (i32.and (i32.add (local.get $width) (i32.const 7)) (i32.const -8)))
    (local.set $plane (i32.shl (local.get $lineBytes) (i32.const 3)))
    (local.set $componentsEnd (i32.add (local.get $components) (i32.shl (local.get $count) (i32.const 4))))
    (loop $rows
      (local.set $x (i32.const 0))
      (loop $columns
        (local.set $component (local.get $components))
        (local.set $to (i32.add (local.get $lines) (local.get $x)))
        (loop $each
          (local.set $reach
            (call $coefficients
              (i32.load (local.get $component)) (i32.load offset=4 (local.get $component))
              (i32.add (local.get $component) (i32.const 12)) (i32.load offset=8 (local.get $component))
              (local.get $order) (local.get $block)))
          (if (i32.eqz (local.get $reach)) (then (return (i32.const 0))))
          (if (i32.eq (local.get $reach) (i32.const 1))
            (then (call $flat (local.get $block) (local.get $to) (local.get $lineBytes)))
            (else (call $samples (local.get $block) (local.get $to) (local.get $lineBytes))))
          (local.set $to (i32.add (local.get $to) (local.get $plane)))
          (local.set $component (i32.add (local.get $component) (i32.const 16)))
          (br_if $each (i32.lt_u (local.get $component) (local.get $componentsEnd))))
        ;; Eight bytes may have been read ahead.
        (if (i32.gt_u (global.get $at) (i32.add (local.get $dataEnd) (i32.const 8)))
          (then (return (i32.const 0))))
        (local.set $x (i32.add (local.get $x) (i32.const 8)))
        (br_if $columns (i32.lt_u (local.get $x) (local.get $lineBytes))))
      (local.set $line (local.get $lines))
      (loop $eight
        (call $colours (local.get $line) (local.get $plane) (local.get $width) (local.get $out))
        (local.set $out (i32.add (local.get $out) (i32.mul (local.get $width) (i32.const 3))))
        (local.set $line (i32.add (local.get $line) (local.get $lineBytes)))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br_if $eight
          (i32.and
            (i32.lt_u (local.get $y) (local.get $height))
            (i32.ne (i32.and (local.get $y) (i32.const 7)) (i32.const 0)))))
      (br_if $rows (i32.lt_u (local.get $y) (local.get $height))))
    ;; What is left are the bits that fill the last byte.
    (local.set $surplus
      (i32.add
        (i32.shl (i32.sub (local.get $dataEnd) (global.get $at)) (i32.const 3))
        (global.get $left)))
    (i32.lt_u (local.get $surplus) (i32.const 8)))
)
