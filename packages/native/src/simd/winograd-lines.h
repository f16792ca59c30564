// Winograd's minimal filtering in one dimension: F(m, r) yields m outputs y[i] = sum of d[i + a] * g[a] of a filter
// with r taps from m + r - 1 products instead of m * r (A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural
// Networks", 2015). Data and filter are polynomials; they are evaluated at m + r - 2 points and at infinity, multiplied
// point by point, and the outputs are interpolated:
//
//   y = output(data(d) * filter(g))
//
// Each map is a small constant matrix. A weight gradient is the transposed problem, in which the output gradient takes
// the filter's place: dw = weights(data(d) * gradient(dy)), where `gradient` is the transpose of `output` and `weights`
// that of `filter`.
//
// F(2, 2): points 0, -1, infinity; its matrices hold 0, 1 and -1 only, so that it adds little error.
// F(4, 2): points 0, 1, -1, 2, infinity.
// F(2, 3): points 0, 1, -1, infinity.
// F(4, 3): points 0, 1, -1, 2, -2, infinity.
//
// A line reads in[0], in[from_step], ... and writes out[0], out[to_step], ...
#ifndef MEDGAN_WINOGRAD_LINES_H
#define MEDGAN_WINOGRAD_LINES_H

#include "../vec.h"

typedef void line(const vec *in, int from_step, vec *out, int to_step);

#define IN(i) in[(i)*from_step]
#define OUT(i) out[(i)*to_step]

// x * a + b for a constant x.
ALWAYS_INLINE vec scale_add(float x, vec a, vec b) { return vec_fma(vec_splat(x), a, b); }
ALWAYS_INLINE vec scale(float x, vec a) { return vec_mul(vec_splat(x), a); }

ALWAYS_INLINE void data_2_2(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = vec_sub(IN(0), IN(1));
  OUT(1) = IN(1);
  OUT(2) = vec_sub(IN(1), IN(2));
}

ALWAYS_INLINE void filter_2_2(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = IN(0);
  OUT(1) = vec_add(IN(0), IN(1));
  OUT(2) = IN(1);
}

ALWAYS_INLINE void output_2_2(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = vec_add(IN(0), IN(1));
  OUT(1) = vec_sub(IN(1), IN(2));
}

ALWAYS_INLINE void gradient_2_2(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = IN(0);
  OUT(1) = vec_add(IN(0), IN(1));
  OUT(2) = vec_sub(vec_zero(), IN(1));
}

ALWAYS_INLINE void weights_2_2(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = vec_add(IN(0), IN(1));
  OUT(1) = vec_add(IN(1), IN(2));
}

ALWAYS_INLINE void data_4_2(const vec *in, int from_step, vec *out, int to_step) {
  const vec difference02 = vec_sub(IN(0), IN(2)), difference13 = vec_sub(IN(1), IN(3));
  const vec difference23 = vec_sub(IN(2), IN(3)), difference24 = vec_sub(IN(2), IN(4));
  OUT(0) = scale_add(2, difference02, vec_sub(vec_zero(), difference13));
  OUT(1) = scale_add(2, IN(1), difference23);
  OUT(2) = scale_add(3, IN(2), scale_add(-2, IN(1), vec_sub(vec_zero(), IN(3))));
  OUT(3) = vec_sub(vec_zero(), difference13);
  OUT(4) = scale_add(2, difference13, vec_sub(vec_zero(), difference24));
}

ALWAYS_INLINE void filter_4_2(const vec *in, int from_step, vec *out, int to_step) {
  const vec half0 = scale(0.5f, IN(0));
  const vec sixth0 = scale(1.0f / 6, IN(0));
  OUT(0) = half0;
  OUT(1) = scale_add(0.5f, IN(1), half0);
  OUT(2) = scale_add(-1.0f / 6, IN(1), sixth0);
  OUT(3) = scale_add(1.0f / 3, IN(1), sixth0);
  OUT(4) = IN(1);
}

ALWAYS_INLINE void output_4_2(const vec *in, int from_step, vec *out, int to_step) {
  const vec sum = vec_add(IN(1), IN(2)), difference = vec_sub(IN(1), IN(2));
  OUT(0) = vec_add(IN(0), vec_add(sum, IN(3)));
  OUT(1) = scale_add(2, IN(3), difference);
  OUT(2) = scale_add(4, IN(3), sum);
  OUT(3) = scale_add(8, IN(3), vec_add(difference, IN(4)));
}

ALWAYS_INLINE void gradient_4_2(const vec *in, int from_step, vec *out, int to_step) {
  const vec even = vec_add(IN(0), IN(2)), odd = vec_add(IN(1), IN(3));
  OUT(0) = IN(0);
  OUT(1) = vec_add(even, odd);
  OUT(2) = vec_sub(even, odd);
  OUT(3) = scale_add(2, scale_add(4, IN(3), IN(1)), scale_add(4, IN(2), IN(0)));
  OUT(4) = IN(3);
}

ALWAYS_INLINE void weights_4_2(const vec *in, int from_step, vec *out, int to_step) {
  const vec half1 = scale(0.5f, IN(1));
  OUT(0) = scale_add(1.0f / 6, vec_add(IN(2), IN(3)), scale_add(0.5f, IN(0), half1));
  OUT(1) = vec_add(scale_add(1.0f / 3, IN(3), scale_add(-1.0f / 6, IN(2), half1)), IN(4));
}

ALWAYS_INLINE void data_2_3(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = vec_sub(IN(0), IN(2));
  OUT(1) = vec_add(IN(1), IN(2));
  OUT(2) = vec_sub(IN(2), IN(1));
  OUT(3) = vec_sub(IN(1), IN(3));
}

ALWAYS_INLINE void filter_2_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec even = vec_add(IN(0), IN(2));
  OUT(0) = IN(0);
  OUT(1) = scale(0.5f, vec_add(even, IN(1)));
  OUT(2) = scale(0.5f, vec_sub(even, IN(1)));
  OUT(3) = IN(2);
}

ALWAYS_INLINE void output_2_3(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = vec_add(IN(0), vec_add(IN(1), IN(2)));
  OUT(1) = vec_sub(vec_sub(IN(1), IN(2)), IN(3));
}

ALWAYS_INLINE void gradient_2_3(const vec *in, int from_step, vec *out, int to_step) {
  OUT(0) = IN(0);
  OUT(1) = vec_add(IN(0), IN(1));
  OUT(2) = vec_sub(IN(0), IN(1));
  OUT(3) = vec_sub(vec_zero(), IN(1));
}

ALWAYS_INLINE void weights_2_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec sum = vec_add(IN(1), IN(2)), difference = vec_sub(IN(1), IN(2));
  OUT(0) = scale_add(0.5f, sum, IN(0));
  OUT(1) = scale(0.5f, difference);
  OUT(2) = scale_add(0.5f, sum, IN(3));
}

ALWAYS_INLINE void data_4_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec even1 = scale_add(-4, IN(2), IN(4)), odd1 = scale_add(-4, IN(1), IN(3)); // points 1 and -1
  const vec even2 = vec_sub(IN(4), IN(2)), odd2 = vec_sub(IN(3), IN(1));             // points 2 and -2
  OUT(0) = scale_add(4, IN(0), scale_add(-5, IN(2), IN(4)));
  OUT(1) = vec_add(even1, odd1);
  OUT(2) = vec_sub(even1, odd1);
  OUT(3) = scale_add(2, odd2, even2);
  OUT(4) = scale_add(-2, odd2, even2);
  OUT(5) = scale_add(4, IN(1), scale_add(-5, IN(3), IN(5)));
}

ALWAYS_INLINE void filter_4_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec even1 = scale(-1.0f / 6, vec_add(IN(0), IN(2)));
  const vec even2 = scale_add(1.0f / 24, IN(0), scale(1.0f / 6, IN(2)));
  OUT(0) = scale(0.25f, IN(0));
  OUT(1) = scale_add(-1.0f / 6, IN(1), even1);
  OUT(2) = scale_add(1.0f / 6, IN(1), even1);
  OUT(3) = scale_add(1.0f / 12, IN(1), even2);
  OUT(4) = scale_add(-1.0f / 12, IN(1), even2);
  OUT(5) = IN(2);
}

ALWAYS_INLINE void output_4_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec sum1 = vec_add(IN(1), IN(2)), difference1 = vec_sub(IN(1), IN(2));
  const vec sum2 = vec_add(IN(3), IN(4)), difference2 = vec_sub(IN(3), IN(4));
  OUT(0) = vec_add(IN(0), vec_add(sum1, sum2));
  OUT(1) = scale_add(2, difference2, difference1);
  OUT(2) = scale_add(4, sum2, sum1);
  OUT(3) = scale_add(8, difference2, vec_add(difference1, IN(5)));
}

ALWAYS_INLINE void gradient_4_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec even1 = vec_add(IN(0), IN(2)), odd1 = vec_add(IN(1), IN(3));
  const vec even2 = scale_add(4, IN(2), IN(0)), odd2 = scale_add(4, IN(3), IN(1));
  OUT(0) = IN(0);
  OUT(1) = vec_add(even1, odd1);
  OUT(2) = vec_sub(even1, odd1);
  OUT(3) = scale_add(2, odd2, even2);
  OUT(4) = scale_add(-2, odd2, even2);
  OUT(5) = IN(3);
}

ALWAYS_INLINE void weights_4_3(const vec *in, int from_step, vec *out, int to_step) {
  const vec sum1 = vec_add(IN(1), IN(2)), difference1 = vec_sub(IN(2), IN(1));
  const vec sum2 = vec_add(IN(3), IN(4)), difference2 = vec_sub(IN(3), IN(4));
  OUT(0) = scale_add(0.25f, IN(0), scale_add(-1.0f / 6, sum1, scale(1.0f / 24, sum2)));
  OUT(1) = scale_add(1.0f / 6, difference1, scale(1.0f / 12, difference2));
  OUT(2) = scale_add(1.0f / 6, vec_sub(sum2, sum1), IN(5));
}

#undef IN
#undef OUT

#endif
