// Whether the thread's processor replaces denormal operands and results by zero.
#ifndef MEDGAN_FLOAT_MODE_H
#define MEDGAN_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)

#include <xmmintrin.h>

typedef uint32_t float_mode;

// Flushes denormals from now on; returns the mode as it was.
static inline float_mode float_mode_flush(void) {
  const uint32_t mode = _mm_getcsr();
  _mm_setcsr(mode | 0x8040); // FTZ and DAZ of MXCSR
  return mode;
}
static inline void float_mode_restore(float_mode mode) { _mm_setcsr(mode); }

#elif defined(__aarch64__)

typedef uint64_t float_mode;

static inline float_mode float_mode_flush(void) {
  uint64_t mode;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(mode));
  __asm__ __volatile__("msr fpcr, %0" : : "r"(mode | UINT64_C(1) << 24)); // FZ
  return mode;
}
static inline void float_mode_restore(float_mode mode) { __asm__ __volatile__("msr fpcr, %0" : : "r"(mode)); }

#else

typedef int float_mode;

static inline float_mode float_mode_flush(void) { return 0; }
static inline void float_mode_restore(float_mode mode) { (void)mode; }

#endif

#endif
