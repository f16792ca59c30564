// The phases of a strided convolution's input.
//
// With stride s, an input row y is read by output rows i with i * s = y + pad - ky * dilation. Which taps ky have a
// solution depends on y + pad modulo s only. Rows of one remainder form a phase: within it, the input gradient is a
// convolution with stride 1 of the output gradient with those taps. Columns alike.
#ifndef MEDGAN_PHASE_H
#define MEDGAN_PHASE_H

// One axis of one phase. Taps are listed in the order of the output positions that they read, which is the reverse of
// their order in the kernel.
struct phase_axis {
  int first, count;              // positions first, first + stride, ... of the input axis
  int first_tap, tap_step, taps; // kernel taps that meet this phase; tap_step is negative
  int first_source, source_step; // output position that tap 0 reads at position `first`, and from tap to tap
};

struct phase {
  struct phase_axis y, x;
};

static inline int floor_modulo(int a, int b) { return (a % b + b) % b; }

struct axis_shape {
  int size, kernel, stride, dilation, pad;
};

static inline struct phase_axis find_phase(struct axis_shape axis, int remainder) {
  struct phase_axis phase = {.tap_step = -1, .source_step = 1};
  phase.first = floor_modulo(remainder - axis.pad, axis.stride);
  phase.count = phase.first < axis.size ? (axis.size - phase.first + axis.stride - 1) / axis.stride : 0;
  for (int tap = axis.kernel - 1; tap >= 0; tap--) {
    if ((tap * axis.dilation - remainder) % axis.stride != 0) continue;
    if (phase.taps == 0) phase.first_tap = tap;
    if (phase.taps == 1) phase.tap_step = tap - phase.first_tap;
    phase.taps++;
  }
  if (phase.taps == 0) return phase;
  phase.first_source = (phase.first + axis.pad - phase.first_tap * axis.dilation) / axis.stride;
  if (phase.taps > 1) phase.source_step = -phase.tap_step * axis.dilation / axis.stride;
  return phase;
}

#endif
