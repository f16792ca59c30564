// 4 lanes: WebAssembly SIMD, with relaxed SIMD's multiply-add where the build enables it.
#include <wasm_simd128.h>

#define VEC_WIDTH 4
typedef v128_t vec;

ALWAYS_INLINE vec vec_load(const float *p) { return wasm_v128_load(p); }
ALWAYS_INLINE void vec_store(float *p, vec v) { wasm_v128_store(p, v); }
ALWAYS_INLINE vec vec_load_first(const float *p, size_t n) {
  float lanes[VEC_WIDTH] = {0};
  memcpy(lanes, p, n * sizeof(float));
  return wasm_v128_load(lanes);
}
ALWAYS_INLINE void vec_store_first(float *p, vec v, size_t n) {
  float lanes[VEC_WIDTH];
  wasm_v128_store(lanes, v);
  memcpy(p, lanes, n * sizeof(float));
}
ALWAYS_INLINE vec vec_splat(float x) { return wasm_f32x4_splat(x); }
ALWAYS_INLINE vec vec_zero(void) { return wasm_f32x4_const_splat(0); }
ALWAYS_INLINE vec vec_add(vec a, vec b) { return wasm_f32x4_add(a, b); }
ALWAYS_INLINE vec vec_sub(vec a, vec b) { return wasm_f32x4_sub(a, b); }
ALWAYS_INLINE vec vec_mul(vec a, vec b) { return wasm_f32x4_mul(a, b); }
ALWAYS_INLINE vec vec_div(vec a, vec b) { return wasm_f32x4_div(a, b); }
// pmin(a, b) is b < a ? b : a, so the operands swap places to return b where either is not a number, as x86 does.
ALWAYS_INLINE vec vec_min(vec a, vec b) { return wasm_f32x4_pmin(b, a); }
ALWAYS_INLINE vec vec_max(vec a, vec b) { return wasm_f32x4_pmax(b, a); }
ALWAYS_INLINE vec vec_sqrt(vec a) { return wasm_f32x4_sqrt(a); }
#if defined(__wasm_relaxed_simd__)
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) { return wasm_f32x4_relaxed_madd(a, b, c); }
#else
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) { return wasm_f32x4_add(wasm_f32x4_mul(a, b), c); }
#endif

ALWAYS_INLINE void vec_transpose(vec rows[VEC_WIDTH]) {
  const vec low01 = wasm_i32x4_shuffle(rows[0], rows[1], 0, 4, 1, 5);
  const vec high01 = wasm_i32x4_shuffle(rows[0], rows[1], 2, 6, 3, 7);
  const vec low23 = wasm_i32x4_shuffle(rows[2], rows[3], 0, 4, 1, 5);
  const vec high23 = wasm_i32x4_shuffle(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = wasm_i64x2_shuffle(low01, low23, 0, 2);
  rows[1] = wasm_i64x2_shuffle(low01, low23, 1, 3);
  rows[2] = wasm_i64x2_shuffle(high01, high23, 0, 2);
  rows[3] = wasm_i64x2_shuffle(high01, high23, 1, 3);
}
