// Depthwise convolutions. Channels are the lanes of the vectors, so that each lane sums over taps or pixels by itself.
#ifndef MEDGAN_DEPTHWISE_H
#define MEDGAN_DEPTHWISE_H

#include "../kernels.h"
#include "../vec.h"

size_t PER_ISA(depthwise_scratch)(const struct conv *conv, int threads);
void PER_ISA(depthwise)(struct pool *pool, const struct conv *conv, const struct operands *operands);

// The same with one filter per channel (out_channels equals channels).
void PER_ISA(depthwise_gather)(struct pool *pool, const struct conv *conv, const struct operands *operands);
size_t PER_ISA(depthwise_weights_scratch)(const struct conv *conv);
void PER_ISA(depthwise_weights)(struct pool *pool, const struct conv *conv, const struct operands *operands);

#endif
