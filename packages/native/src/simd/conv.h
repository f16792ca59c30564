#ifndef MEDGAN_CONV_H
#define MEDGAN_CONV_H

#include "../kernels.h"
#include "../vec.h"

size_t PER_ISA(conv_scratch)(const struct conv *conv, int threads);
void PER_ISA(conv)(struct pool *pool, const struct conv *conv, const struct operands *operands);

#endif
