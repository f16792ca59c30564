// Random numbers for tests: PCG32 (O'Neill, 2014), so that a seed names a case on every system.
#ifndef MEDGAN_TEST_RANDOM_H
#define MEDGAN_TEST_RANDOM_H

#include <math.h>
#include <stdint.h>

struct random {
  uint64_t state;
};

static inline uint32_t random_bits(struct random *random) {
  const uint64_t old = random->state;
  random->state = old * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  const uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);
  return mixed >> turn | mixed << (-turn & 31);
}

// An integer in low .. high.
static inline int random_int(struct random *random, int low, int high) {
  return low + (int)(random_bits(random) % (uint32_t)(high - low + 1));
}

// A standard normal number (Box and Muller, 1958).
static inline float random_normal(struct random *random) {
  const double u = (random_bits(random) + 1.0) / 4294967296.0, v = random_bits(random) / 4294967296.0;
  return (float)(sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

#endif
