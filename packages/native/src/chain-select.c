#include <string.h>

#include "chain.h"

extern const struct chain_kernels chain_kernels_plain;
#if defined(__x86_64__)
extern const struct chain_kernels chain_kernels_avx2, chain_kernels_avx512;
#elif defined(__aarch64__)
extern const struct chain_kernels chain_kernels_neon;
#elif defined(__wasm_simd128__)
extern const struct chain_kernels chain_kernels_wasm;
#endif

const struct chain_kernels *chain_kernels_select(const char *name) {
#if defined(__x86_64__)
  if (strcmp(name, "avx512") == 0) return &chain_kernels_avx512;
  if (strcmp(name, "avx2") == 0) return &chain_kernels_avx2;
#elif defined(__aarch64__)
  if (strcmp(name, "neon") == 0) return &chain_kernels_neon;
#elif defined(__wasm_simd128__)
  if (strcmp(name, "wasm") == 0) return &chain_kernels_wasm;
#endif
  return &chain_kernels_plain;
}
