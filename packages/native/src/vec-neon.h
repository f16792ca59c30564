// 4 lanes: NEON of AArch64.
#include <arm_neon.h>

#define VEC_WIDTH 4
typedef float32x4_t vec;

ALWAYS_INLINE vec vec_load(const float *p) { return vld1q_f32(p); }
ALWAYS_INLINE void vec_store(float *p, vec v) { vst1q_f32(p, v); }
ALWAYS_INLINE vec vec_load_first(const float *p, size_t n) {
  float lanes[VEC_WIDTH] = {0};
  memcpy(lanes, p, n * sizeof(float));
  return vld1q_f32(lanes);
}
ALWAYS_INLINE void vec_store_first(float *p, vec v, size_t n) {
  float lanes[VEC_WIDTH];
  vst1q_f32(lanes, v);
  memcpy(p, lanes, n * sizeof(float));
}
ALWAYS_INLINE vec vec_splat(float x) { return vdupq_n_f32(x); }
ALWAYS_INLINE vec vec_zero(void) { return vdupq_n_f32(0); }
ALWAYS_INLINE vec vec_add(vec a, vec b) { return vaddq_f32(a, b); }
ALWAYS_INLINE vec vec_sub(vec a, vec b) { return vsubq_f32(a, b); }
ALWAYS_INLINE vec vec_mul(vec a, vec b) { return vmulq_f32(a, b); }
ALWAYS_INLINE vec vec_div(vec a, vec b) { return vdivq_f32(a, b); }
ALWAYS_INLINE vec vec_min(vec a, vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
ALWAYS_INLINE vec vec_max(vec a, vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
ALWAYS_INLINE vec vec_sqrt(vec a) { return vsqrtq_f32(a); }
ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }

ALWAYS_INLINE void vec_transpose(vec rows[VEC_WIDTH]) {
  const float32x4x2_t pair01 = vtrnq_f32(rows[0], rows[1]);
  const float32x4x2_t pair23 = vtrnq_f32(rows[2], rows[3]);
  rows[0] = vcombine_f32(vget_low_f32(pair01.val[0]), vget_low_f32(pair23.val[0]));
  rows[1] = vcombine_f32(vget_low_f32(pair01.val[1]), vget_low_f32(pair23.val[1]));
  rows[2] = vcombine_f32(vget_high_f32(pair01.val[0]), vget_high_f32(pair23.val[0]));
  rows[3] = vcombine_f32(vget_high_f32(pair01.val[1]), vget_high_f32(pair23.val[1]));
}
