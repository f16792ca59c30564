// Runs one case on every instruction set of the machine with several thread counts, and compares.
#ifndef MEDGAN_TEST_CHECK_H
#define MEDGAN_TEST_CHECK_H

#include "random.h"
#include "reference.h"

struct check {
  struct random random;
  struct pool *pools[4]; // of 1, 2, 3 and 16 threads
  int cases, failures;
};

struct check check_open(uint64_t seed);
void check_close(struct check *check);

// Largest root mean square error of a result against double precision, relative to the root mean square of the result.
double conv_bound(const struct conv *conv);

void check_conv(struct check *check, const struct conv *conv, bool depthwise);
void check_gemm(struct check *check, const struct gemm *gemm);

#endif
