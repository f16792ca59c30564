#include "winograd.h"
#include "winograd-lines.h"

// Longest side of a window: F(4, 3).
#define MAX_SIDE 6

// Applies a line to the columns and then to the rows of a square. `map`, `from` and `to` are constants in every caller.
ALWAYS_INLINE void transform_square(line *map, int from, int to, const vec *in, vec *out) {
  vec half[MAX_SIDE * MAX_SIDE];
  UNROLL
  for (int i = 0; i < MAX_SIDE; i++) {
    if (i < from) map(in + i, from, half + i, from);
  }
  UNROLL
  for (int i = 0; i < MAX_SIDE; i++) {
    if (i < to) map(half + i * from, 1, out + i * to, 1);
  }
}

ALWAYS_INLINE void load_all(int count, const float *const *sources, int channel, vec *values) {
  UNROLL
  for (int i = 0; i < MAX_POINTS; i++) {
    if (i < count) values[i] = vec_load(sources[i] + channel);
  }
}

ALWAYS_INLINE void store_all(int count, float *const *targets, int channel, const vec *values) {
  UNROLL
  for (int i = 0; i < MAX_POINTS; i++) {
    if (i < count) vec_store(targets[i] + channel, values[i]);
  }
}

ALWAYS_INLINE void load_planes(int count, const float *first, ptrdiff_t plane, vec *values) {
  UNROLL
  for (int i = 0; i < MAX_POINTS; i++) {
    if (i < count) values[i] = vec_load(first + i * plane);
  }
}

ALWAYS_INLINE void store_planes(int count, float *first, ptrdiff_t plane, const vec *values) {
  UNROLL
  for (int i = 0; i < MAX_POINTS; i++) {
    if (i < count) vec_store(first + i * plane, values[i]);
  }
}

// Pixels or taps to planes.
ALWAYS_INLINE void to_planes(line *map, int from, int to, const float *const *sources, int channels,
                             const struct planes *planes) {
  float *unit = planes->start;
  for (int first = 0; first < channels; first += planes->unit, unit += planes->unit_stride) {
    for (int j = 0; j < planes->unit && first + j < channels; j += VEC_WIDTH) {
      vec in[MAX_POINTS], out[MAX_POINTS];
      load_all(from * from, sources, first + j, in);
      transform_square(map, from, to, in, out);
      store_planes(to * to, unit + j, planes->plane, out);
    }
  }
}

// Planes to pixels or taps.
ALWAYS_INLINE void from_planes(line *map, int from, int to, const struct planes *planes, int channels,
                               float *const *targets) {
  const float *unit = planes->start;
  for (int first = 0; first < channels; first += planes->unit, unit += planes->unit_stride) {
    for (int j = 0; j < planes->unit && first + j < channels; j += VEC_WIDTH) {
      vec in[MAX_POINTS], out[MAX_POINTS];
      load_planes(from * from, unit + j, planes->plane, in);
      transform_square(map, from, to, in, out);
      store_all(to * to, targets, first + j, out);
    }
  }
}

ALWAYS_INLINE void taps_to_planes_transposed(line *map, int from, int to, const float *const *taps, int stride,
                                             const struct planes *planes) {
  vec squares[9][VEC_WIDTH];
  UNROLL
  for (int tap = 0; tap < 9; tap++) {
    if (tap >= from * from) continue;
    UNROLL
    for (int i = 0; i < VEC_WIDTH; i++) squares[tap][i] = vec_load(taps[tap] + (ptrdiff_t)i * stride);
    vec_transpose(squares[tap]);
  }
  for (int k = 0; k < VEC_WIDTH; k++) {
    vec in[MAX_POINTS], out[MAX_POINTS];
    UNROLL
    for (int tap = 0; tap < 9; tap++) {
      if (tap < from * from) in[tap] = squares[tap][k];
    }
    transform_square(map, from, to, in, out);
    store_planes(to * to, planes->start + k * planes->unit_stride, planes->plane, out);
  }
}

// The transforms of F(m x m, r x r) with n = m + r - 1.
#define KIND(m, r, n)                                                                                                  \
  static void to_data_##m##_##r(const float *const *pixels, int channels, const struct planes *planes) {               \
    to_planes(data_##m##_##r, n, n, pixels, channels, planes);                                                         \
  }                                                                                                                    \
  static void to_filter_##m##_##r(const float *const *taps, int channels, const struct planes *planes) {               \
    to_planes(filter_##m##_##r, r, n, taps, channels, planes);                                                         \
  }                                                                                                                    \
  static void to_filter_transposed_##m##_##r(const float *const *taps, int stride, const struct planes *planes) {      \
    taps_to_planes_transposed(filter_##m##_##r, r, n, taps, stride, planes);                                           \
  }                                                                                                                    \
  static void to_output_##m##_##r(const struct planes *planes, int channels, float *const *pixels) {                   \
    from_planes(output_##m##_##r, n, m, planes, channels, pixels);                                                     \
  }                                                                                                                    \
  static void to_gradient_##m##_##r(const float *const *pixels, int channels, const struct planes *planes) {           \
    to_planes(gradient_##m##_##r, m, n, pixels, channels, planes);                                                     \
  }                                                                                                                    \
  static void to_weights_##m##_##r(const struct planes *planes, int channels, float *const *taps) {                    \
    from_planes(weights_##m##_##r, n, r, planes, channels, taps);                                                      \
  }

KIND(2, 2, 3)
KIND(4, 2, 5)
KIND(2, 3, 4)
KIND(4, 3, 6)

#define ENTRY(m, r)                                                                                                    \
  {                                                                                                                    \
    m, r, to_data_##m##_##r, to_filter_##m##_##r, to_filter_transposed_##m##_##r, to_output_##m##_##r,                 \
        to_gradient_##m##_##r, to_weights_##m##_##r                                                                    \
  }

const struct winograd_kind PER_ISA(winograd_kinds)[2][2] = {
    {ENTRY(2, 2), ENTRY(2, 3)},
    {ENTRY(4, 2), ENTRY(4, 3)},
};
