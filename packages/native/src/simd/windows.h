#ifndef MEDGAN_WINDOWS_H
#define MEDGAN_WINDOWS_H

#include "narrow.h"
#include "product.h"
#include "window.h"

// pack_left of an operation whose rows are the windows of product->windows.
void PER_ISA(pack_windows)(const struct product *product, struct range rows, struct range inner, float *packed);
// find_left of a narrow operation, alike.
void PER_ISA(find_windows)(const struct narrow_product *narrow, struct range rows, const float *left[][NARROW_ROWS]);

#endif
