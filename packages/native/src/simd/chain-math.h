// Functions of one number, in additions and multiplications that compilers turn into vectors. Every instruction set does
// the same operations in the same order, without fused multiply-adds, so that all give the same bits.
// Polynomials: Cephes, single precision (Moshier, https://www.netlib.org/cephes/). Errors are about 1 unit in the last
// place, for tanh and its like 2 to 3.
#ifndef MEDGAN_CHAIN_MATH_H
#define MEDGAN_CHAIN_MATH_H

#include <math.h>
#include <stdint.h>

#include "../program.h"

static inline float as_float(int32_t i) { return ((union word){.i = i}).f; }
static inline int32_t as_int(float f) { return ((union word){.f = f}).i; }

// 2^n in two factors, so that results near the ends of the range are reached.
static inline float times_power_of_two(float x, int32_t n) {
  int32_t half = n >> 1;
  return x * as_float((half + 127) << 23) * as_float((n - half + 127) << 23);
}

static inline float exp_of(float given) {
  float x = given > 89.0f ? 89.0f : given;
  x = x < -104.0f ? -104.0f : x;
  float whole = floorf(x * 1.44269504088896341f + 0.5f);
  float r = x - whole * 0.693359375f;
  r = r - whole * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  float y = p * r * r + r + 1.0f;
  return times_power_of_two(y, whole == whole ? (int32_t)whole : 0);
}

static inline float log_of(float x) {
  int32_t bits = as_int(x);
  // Mantissa in [sqrt(1/2), sqrt(2)).
  int32_t e = ((bits >> 23) & 255) - 126;
  float m = as_float((bits & 0x007fffff) | 0x3f000000);
  int32_t low = m < 0.707106781186547524f;
  float exponent = (float)(e - low);
  m = (low ? m + m : m) - 1.0f;
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = p * m * z;
  y = y + exponent * -2.12194440e-4f;
  y = y - 0.5f * z;
  y = m + y + exponent * 0.693359375f;
  y = x == INFINITY ? x : y;
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f || x != x ? NAN : y;
}

static inline float tanh_of(float x) {
  float a = fabsf(x);
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = p * z * x + x;
  float far = 1.0f - 2.0f / (exp_of(a + a) + 1.0f);
  far = x < 0.0f ? -far : far;
  return a < 0.625f ? near : far;
}

// tanh(x/2) (e^x + 1) keeps the digits that e^x - 1 drops near 0.
static inline float expm1_of(float x) { return tanh_of(0.5f * x) * (exp_of(x) + 1.0f); }

// Corrects ln(1 + x) for what 1 + x has rounded off (Kahan; see Goldberg 1991, theorem 4).
static inline float log1p_of(float x) {
  float u = 1.0f + x;
  float y = log_of(u) * (x / (u - 1.0f));
  y = u == 1.0f ? x : y;
  return u == INFINITY ? u : y;
}

static inline float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

static inline float softplus_of(float x) { return (x > 0.0f ? x : 0.0f) + log1p_of(exp_of(-fabsf(x))); }

static inline float sign_of(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }

// To the nearest whole number, halves to the even one.
static inline float round_of(float x) {
  float shifted = fabsf(x) + 8388608.0f;
  float y = shifted - 8388608.0f;
  y = fabsf(x) < 8388608.0f ? y : fabsf(x);
  return x < 0.0f ? -y : y;
}

// Towards zero; what no whole number of 32 bits is near becomes the nearest one, and NaN becomes 0.
static inline int32_t int_of(float x) {
  float bounded = x > 2147483520.0f ? 2147483520.0f : x;
  bounded = bounded < -2147483648.0f ? -2147483648.0f : bounded;
  return bounded == bounded ? (int32_t)bounded : 0;
}

// Quotients are rounded towards minus infinity, the rest has the sign of the divisor. Dividing by 0 gives 0.
static inline int32_t floor_quotient(int32_t a, int32_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int32_t)(0u - (uint32_t)a);
  int32_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static inline int32_t floor_rest(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)floor_quotient(a, b) * (uint32_t)b);
}

static inline int32_t int_power(int32_t base, int32_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
  uint32_t power = 1, factor = (uint32_t)base;
  for (; exponent != 0; exponent >>= 1, factor *= factor) if (exponent & 1) power *= factor;
  return (int32_t)power;
}

#endif
