// 8 lanes: AVX2 with FMA.
#include <immintrin.h>

#define VEC_WIDTH 8
typedef __m256 vec;

ALWAYS_INLINE vec vec_load(const float *p) { return _mm256_loadu_ps(p); }
ALWAYS_INLINE void vec_store(float *p, vec v) { _mm256_storeu_ps(p, v); }
ALWAYS_INLINE __m256i vec_first(size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
ALWAYS_INLINE vec vec_load_first(const float *p, size_t n) { return _mm256_maskload_ps(p, vec_first(n)); }
ALWAYS_INLINE void vec_store_first(float *p, vec v, size_t n) { _mm256_maskstore_ps(p, vec_first(n), v); }
ALWAYS_INLINE vec vec_splat(float x) { return _mm256_set1_ps(x); }
ALWAYS_INLINE vec vec_zero(void) { return _mm256_setzero_ps(); }
ALWAYS_INLINE vec vec_add(vec a, vec b) { return _mm256_add_ps(a, b); }
ALWAYS_INLINE vec vec_sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
ALWAYS_INLINE vec vec_mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
ALWAYS_INLINE vec vec_div(vec a, vec b) { return _mm256_div_ps(a, b); }
ALWAYS_INLINE vec vec_min(vec a, vec b) { return _mm256_min_ps(a, b); }
ALWAYS_INLINE vec vec_max(vec a, vec b) { return _mm256_max_ps(a, b); }
ALWAYS_INLINE vec vec_sqrt(vec a) { return _mm256_sqrt_ps(a); }
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }

// Transposes 4x4 blocks within the 128-bit halves of four rows: row j of the result holds, in half h, column 4h + j.
ALWAYS_INLINE void vec_transpose_halves(vec *rows) {
  const __m256d low01 = _mm256_castps_pd(_mm256_unpacklo_ps(rows[0], rows[1]));
  const __m256d high01 = _mm256_castps_pd(_mm256_unpackhi_ps(rows[0], rows[1]));
  const __m256d low23 = _mm256_castps_pd(_mm256_unpacklo_ps(rows[2], rows[3]));
  const __m256d high23 = _mm256_castps_pd(_mm256_unpackhi_ps(rows[2], rows[3]));
  rows[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(low01, low23));
  rows[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low01, low23));
  rows[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high01, high23));
  rows[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high01, high23));
}

ALWAYS_INLINE void vec_transpose(vec rows[VEC_WIDTH]) {
  vec_transpose_halves(rows);
  vec_transpose_halves(rows + 4);
  UNROLL
  for (int j = 0; j < 4; j++) {
    const vec low = _mm256_permute2f128_ps(rows[j], rows[4 + j], 0x20);
    rows[4 + j] = _mm256_permute2f128_ps(rows[j], rows[4 + j], 0x31);
    rows[j] = low;
  }
}
