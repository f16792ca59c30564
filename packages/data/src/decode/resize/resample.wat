;; The two passes of Pillow's resampling of 8-bit samples, four sums at a time.
;;
;; A sample of the output is a weighted sum of neighbouring samples of the input. Weights are integers with 22 bits after
;; the point; a sum begins at one half, and its bits before the point are the sample. Taps are a list of records, one for
;; each output position: the first input position, how many weights there are (at least one), the weights; `record` bytes
;; apart. Numbers are i32, addresses and lengths in bytes.
(module
  (memory (export "memory") 1)

  ;; Rows of pixels of 1 or 3 channels. [rows, rowBytes] -> [rows, outBytes], of which wanted * channels are filled.
  ;; All channels of a pixel are summed side by side, and what stands beside them too: up to three bytes are read and
  ;; written after the last pixel.
  (func (export "across")
    (param $in i32) (param $rows i32) (param $rowBytes i32) (param $channels i32)
    (param $taps i32) (param $record i32) (param $wanted i32)
    (param $out i32) (param $outBytes i32)
    (local $tap i32) (local $tapsEnd i32) (local $from i32) (local $to i32) (local $weight i32) (local $weightsEnd i32)
    (local $sum v128)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $record) (local.get $wanted))))
    (loop $row
      (local.set $tap (local.get $taps))
      (local.set $to (local.get $out))
      (loop $position
        (local.set $from
          (i32.add (local.get $in) (i32.mul (i32.load (local.get $tap)) (local.get $channels))))
        (local.set $weight (i32.add (local.get $tap) (i32.const 8)))
        (local.set $weightsEnd
          (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $tap)) (i32.const 2))))
        (local.set $sum (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (loop $sample
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.mul
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from))))
                (v128.load32_splat (local.get $weight)))))
          (local.set $from (i32.add (local.get $from) (local.get $channels)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $sample (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
        (local.set $sum (i32x4.shr_u (local.get $sum) (i32.const 22)))
        (v128.store32_lane 0
          (local.get $to)
          (i8x16.shuffle 0 4 8 12 0 4 8 12 0 4 8 12 0 4 8 12 (local.get $sum) (local.get $sum)))
        (local.set $to (i32.add (local.get $to) (local.get $channels)))
        (local.set $tap (i32.add (local.get $tap) (local.get $record)))
        (br_if $position (i32.lt_u (local.get $tap) (local.get $tapsEnd))))
      (local.set $in (i32.add (local.get $in) (local.get $rowBytes)))
      (local.set $out (i32.add (local.get $out) (local.get $outBytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows))))

  ;; Columns of bytes, sixteen side by side: [any, rowBytes] -> [wanted, rowBytes]; rowBytes is a multiple of 16.
  ;; `in` is where row 0 lies, or would lie if it were there.
  (func (export "down")
    (param $in i32) (param $rowBytes i32)
    (param $taps i32) (param $record i32) (param $wanted i32)
    (param $out i32)
    (local $tapsEnd i32) (local $x i32) (local $from i32) (local $weight i32) (local $weightsEnd i32)
    (local $samples v128) (local $eight v128) (local $w v128)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $record) (local.get $wanted))))
    (loop $row
      (local.set $weightsEnd
        (i32.add
          (i32.add (local.get $taps) (i32.const 8))
          (i32.shl (i32.load offset=4 (local.get $taps)) (i32.const 2))))
      (local.set $x (i32.const 0))
      (loop $columns
        (local.set $from
          (i32.add
            (i32.add (local.get $in) (local.get $x))
            (i32.mul (i32.load (local.get $taps)) (local.get $rowBytes))))
        (local.set $weight (i32.add (local.get $taps) (i32.const 8)))
        (local.set $sum0 (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $sum1 (local.get $sum0))
        (local.set $sum2 (local.get $sum0))
        (local.set $sum3 (local.get $sum0))
        (loop $sample
          (local.set $samples (v128.load (local.get $from)))
          (local.set $w (v128.load32_splat (local.get $weight)))
          (local.set $eight (i16x8.extend_low_i8x16_u (local.get $samples)))
          (local.set $sum0
            (i32x4.add (local.get $sum0) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $eight)) (local.get $w))))
          (local.set $sum1
            (i32x4.add (local.get $sum1) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $eight)) (local.get $w))))
          (local.set $eight (i16x8.extend_high_i8x16_u (local.get $samples)))
          (local.set $sum2
            (i32x4.add (local.get $sum2) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $eight)) (local.get $w))))
          (local.set $sum3
            (i32x4.add (local.get $sum3) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $eight)) (local.get $w))))
          (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $sample (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
        (v128.store
          (i32.add (local.get $out) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_u
              (i32x4.shr_u (local.get $sum0) (i32.const 22))
              (i32x4.shr_u (local.get $sum1) (i32.const 22)))
            (i16x8.narrow_i32x4_u
              (i32x4.shr_u (local.get $sum2) (i32.const 22))
              (i32x4.shr_u (local.get $sum3) (i32.const 22)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $columns (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $out (i32.add (local.get $out) (local.get $rowBytes)))
      (local.set $taps (i32.add (local.get $taps) (local.get $record)))
      (br_if $row (i32.lt_u (local.get $taps) (local.get $tapsEnd))))))
