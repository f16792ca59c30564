// 4 lanes: GNU C's vector types, which GCC and Clang translate for any processor.
#include <math.h>

#define VEC_WIDTH 4
typedef float vec __attribute__((vector_size(16)));

ALWAYS_INLINE vec vec_load_first(const float *p, size_t n) {
  vec v = {0, 0, 0, 0};
  memcpy(&v, p, n * sizeof(float));
  return v;
}
ALWAYS_INLINE void vec_store_first(float *p, vec v, size_t n) { memcpy(p, &v, n * sizeof(float)); }
ALWAYS_INLINE vec vec_load(const float *p) { return vec_load_first(p, VEC_WIDTH); }
ALWAYS_INLINE void vec_store(float *p, vec v) { vec_store_first(p, v, VEC_WIDTH); }
ALWAYS_INLINE vec vec_splat(float x) { return (vec){x, x, x, x}; }
ALWAYS_INLINE vec vec_zero(void) { return vec_splat(0); }
ALWAYS_INLINE vec vec_add(vec a, vec b) { return a + b; }
ALWAYS_INLINE vec vec_sub(vec a, vec b) { return a - b; }
ALWAYS_INLINE vec vec_mul(vec a, vec b) { return a * b; }
ALWAYS_INLINE vec vec_div(vec a, vec b) { return a / b; }

ALWAYS_INLINE vec vec_min(vec a, vec b) {
  vec v = b;
  for (int i = 0; i < VEC_WIDTH; i++) v[i] = a[i] < b[i] ? a[i] : b[i];
  return v;
}
ALWAYS_INLINE vec vec_max(vec a, vec b) {
  vec v = b;
  for (int i = 0; i < VEC_WIDTH; i++) v[i] = a[i] > b[i] ? a[i] : b[i];
  return v;
}
ALWAYS_INLINE vec vec_sqrt(vec a) {
  vec v = a;
  for (int i = 0; i < VEC_WIDTH; i++) v[i] = sqrtf(a[i]);
  return v;
}

// Without an instruction, fmaf is a slow library function; the product is then rounded before it is added.
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) {
#if defined(FP_FAST_FMAF)
  vec v = c;
  for (int i = 0; i < VEC_WIDTH; i++) v[i] = fmaf(a[i], b[i], c[i]);
  return v;
#else
  return a * b + c;
#endif
}

ALWAYS_INLINE void vec_transpose(vec rows[VEC_WIDTH]) {
  for (int i = 0; i < VEC_WIDTH; i++) {
    for (int j = 0; j < i; j++) {
      const float lane = rows[i][j];
      rows[i][j] = rows[j][i];
      rows[j][i] = lane;
    }
  }
}
