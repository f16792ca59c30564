// Memory at a multiple of a power of two.
#ifndef MEDGAN_ALIGNED_H
#define MEDGAN_ALIGNED_H

#include <stdlib.h>

#if defined(_WIN32)
#include <malloc.h>
static inline void *aligned_new(size_t alignment, size_t bytes) { return _aligned_malloc(bytes, alignment); }
static inline void aligned_free(void *memory) { _aligned_free(memory); }
#else
// `bytes` must be a multiple of `alignment`.
static inline void *aligned_new(size_t alignment, size_t bytes) { return aligned_alloc(alignment, bytes); }
static inline void aligned_free(void *memory) { free(memory); }
#endif

#endif
