// Which instruction sets this build has and this processor runs.
#include <string.h>

#include "kernels.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdint.h>

extern const struct kernels kernels_avx512, kernels_avx2;

// Registers that the operating system saves and restores (XCR0): bits 1, 2 for AVX, and 5, 6, 7 for AVX-512.
static uint32_t saved_registers(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool has_avx2(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
  const uint32_t fma = 1u << 12, osxsave = 1u << 27;
  if ((c & fma) == 0 || (c & osxsave) == 0 || (saved_registers() & 0x06) != 0x06) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 5) != 0;
}

static bool has_avx512(void) {
  uint32_t a, b, c, d;
  if (!has_avx2() || (saved_registers() & 0xe6) != 0xe6) return false;
  // F, DQ, BW and VL, which all processors have but the first with AVX-512.
  const uint32_t wanted = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & wanted) == wanted;
}

static const struct kernels *usable(int index) {
  if (index == 0) return has_avx512() ? &kernels_avx512 : NULL;
  return has_avx2() ? &kernels_avx2 : NULL;
}
#define SETS 2

#elif defined(__aarch64__)

extern const struct kernels kernels_neon;
static const struct kernels *usable(int index) { return (void)index, &kernels_neon; }
#define SETS 1

#elif defined(__wasm_simd128__)

extern const struct kernels kernels_wasm;
static const struct kernels *usable(int index) { return (void)index, &kernels_wasm; }
#define SETS 1

#else

static const struct kernels *usable(int index) { return (void)index, NULL; }
#define SETS 0

#endif

extern const struct kernels kernels_plain;

const struct kernels *kernels_select(const char *name) {
  for (int i = 0; i < SETS; i++) { // the widest first
    const struct kernels *kernels = usable(i);
    if (kernels != NULL && (name == NULL || strcmp(name, kernels->name) == 0)) return kernels;
  }
  return name == NULL || strcmp(name, kernels_plain.name) == 0 ? &kernels_plain : NULL;
}
