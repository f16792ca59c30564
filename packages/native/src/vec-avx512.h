// 16 lanes: AVX-512F.
#include <immintrin.h>

#define VEC_WIDTH 16
typedef __m512 vec;

ALWAYS_INLINE vec vec_load(const float *p) { return _mm512_loadu_ps(p); }
ALWAYS_INLINE void vec_store(float *p, vec v) { _mm512_storeu_ps(p, v); }
ALWAYS_INLINE __mmask16 vec_first(size_t n) { return (__mmask16)((1u << n) - 1); }
ALWAYS_INLINE vec vec_load_first(const float *p, size_t n) { return _mm512_maskz_loadu_ps(vec_first(n), p); }
ALWAYS_INLINE void vec_store_first(float *p, vec v, size_t n) { _mm512_mask_storeu_ps(p, vec_first(n), v); }
ALWAYS_INLINE vec vec_splat(float x) { return _mm512_set1_ps(x); }
ALWAYS_INLINE vec vec_zero(void) { return _mm512_setzero_ps(); }
ALWAYS_INLINE vec vec_add(vec a, vec b) { return _mm512_add_ps(a, b); }
ALWAYS_INLINE vec vec_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
ALWAYS_INLINE vec vec_mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
ALWAYS_INLINE vec vec_div(vec a, vec b) { return _mm512_div_ps(a, b); }
ALWAYS_INLINE vec vec_min(vec a, vec b) { return _mm512_min_ps(a, b); }
ALWAYS_INLINE vec vec_max(vec a, vec b) { return _mm512_max_ps(a, b); }
ALWAYS_INLINE vec vec_sqrt(vec a) { return _mm512_sqrt_ps(a); }
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }

// Transposes 4x4 blocks within the 128-bit quarters of four rows: row j of the result holds, in quarter q, column 4q +
// j.
ALWAYS_INLINE void vec_transpose_quarters(vec *rows) {
  const __m512d low01 = _mm512_castps_pd(_mm512_unpacklo_ps(rows[0], rows[1]));
  const __m512d high01 = _mm512_castps_pd(_mm512_unpackhi_ps(rows[0], rows[1]));
  const __m512d low23 = _mm512_castps_pd(_mm512_unpacklo_ps(rows[2], rows[3]));
  const __m512d high23 = _mm512_castps_pd(_mm512_unpackhi_ps(rows[2], rows[3]));
  rows[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(low01, low23));
  rows[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low01, low23));
  rows[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high01, high23));
  rows[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high01, high23));
}

ALWAYS_INLINE void vec_transpose(vec rows[VEC_WIDTH]) {
  UNROLL
  for (int i = 0; i < 4; i++) vec_transpose_quarters(rows + 4 * i);
  UNROLL
  for (int j = 0; j < 4; j++) { // gathers quarter q of rows j, 4 + j, 8 + j, 12 + j into row 4q + j
    const vec even0 = _mm512_shuffle_f32x4(rows[j], rows[4 + j], 0x88);
    const vec odd0 = _mm512_shuffle_f32x4(rows[j], rows[4 + j], 0xdd);
    const vec even1 = _mm512_shuffle_f32x4(rows[8 + j], rows[12 + j], 0x88);
    const vec odd1 = _mm512_shuffle_f32x4(rows[8 + j], rows[12 + j], 0xdd);
    rows[j] = _mm512_shuffle_f32x4(even0, even1, 0x88);
    rows[4 + j] = _mm512_shuffle_f32x4(odd0, odd1, 0x88);
    rows[8 + j] = _mm512_shuffle_f32x4(even0, even1, 0xdd);
    rows[12 + j] = _mm512_shuffle_f32x4(odd0, odd1, 0xdd);
  }
}
