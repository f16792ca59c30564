// Vectors of floats: the few operations that the kernels need, over AVX-512, AVX2 with FMA, NEON, WebAssembly SIMD and
// GNU C. The compiler's flags choose the instruction set; -DVEC_PLAIN chooses GNU C whatever the flags.
//
// Each operation acts on every lane alone and rounds as IEEE 754 says, and vec_fma rounds once. A kernel that gives
// each lane the same chain of operations therefore yields the same bits at every width. Two sets may differ in vec_fma:
// WebAssembly's relaxed multiply-add rounds once or twice as the processor does, and plain C rounds twice where the
// processor has no fused multiply-add. Compile with -ffp-contract=off, so that the compiler fuses nothing by itself.
#ifndef MEDGAN_VEC_H
#define MEDGAN_VEC_H

#include <stddef.h>
#include <string.h>

#if defined(VEC_PLAIN)
#define VEC_ISA plain
#elif defined(__AVX512F__)
#define VEC_ISA avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define VEC_ISA avx2
#elif defined(__ARM_NEON) && defined(__aarch64__)
#define VEC_ISA neon
#elif defined(__wasm_simd128__)
#define VEC_ISA wasm
#else
#define VEC_PLAIN
#define VEC_ISA plain
#endif

// The name of a function as compiled for this instruction set: PER_ISA(gemm) is gemm_avx2 under -mavx2 -mfma.
#define VEC_PASTE_NAMES(name, isa) name##_##isa
#define VEC_EXPAND_NAMES(name, isa) VEC_PASTE_NAMES(name, isa)
#define PER_ISA(name) VEC_EXPAND_NAMES(name, VEC_ISA)
#define VEC_QUOTE(name) #name
#define VEC_EXPAND_QUOTE(name) VEC_QUOTE(name)
#define VEC_ISA_NAME VEC_EXPAND_QUOTE(VEC_ISA)

#define ALWAYS_INLINE static inline __attribute__((always_inline))
// Unrolls the loop that follows, whose count is a constant: arrays of vectors then live in registers.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

#if defined(VEC_PLAIN)
#include "vec-plain.h"
#elif defined(__AVX512F__)
#include "vec-avx512.h"
#elif defined(__AVX2__)
#include "vec-avx2.h"
#elif defined(__ARM_NEON)
#include "vec-neon.h"
#else
#include "vec-wasm.h"
#endif

// Each header above defines, for vectors of VEC_WIDTH lanes:
//   vec_load(p), vec_store(p, v)                  any alignment
//   vec_load_first(p, n), vec_store_first(p, v, n) the first n lanes, 0 <= n <= VEC_WIDTH; the others load as 0 and are
//                                                  neither read from nor written to memory
//   vec_splat(x), vec_zero()
//   vec_add, vec_sub, vec_mul, vec_div, vec_min, vec_max, vec_sqrt
//   vec_fma(a, b, c)                               a * b + c
//   vec_transpose(rows)                            VEC_WIDTH vectors as a square matrix, in place

#endif
