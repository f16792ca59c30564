import { WeightsError } from './errors.ts';
import type { TensorData, TensorOf } from './tensor-data.ts';

/**
 * A floating-point tensor as float32: F16 and BF16 exactly (with their NaNs), F64 rounded to the nearest, F32 itself.
 * @throws WeightsError for integers and booleans, which are counters and masks
 */
export function toFloat32(tensor: TensorData): TensorOf<'F32'> {
  const { shape } = tensor;
  if (tensor.dtype === 'F32') return tensor;
  if (tensor.dtype === 'F64') return { dtype: 'F32', shape, data: Float32Array.from(tensor.data) };
  if (tensor.dtype === 'F16') return { dtype: 'F32', shape, data: fromBits(tensor.data, bitsOfHalf) };
  if (tensor.dtype === 'BF16')
    return { dtype: 'F32', shape, data: fromBits(tensor.data, (bits) => bits << 16) };
  throw new WeightsError(`a tensor of ${tensor.dtype} is no floating-point tensor`, {
    cure: 'convert only F16, BF16, F32 and F64',
  });
}

function fromBits(data: Uint16Array, widen: (bits: number) => number): Float32Array {
  const bits = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) bits[i] = widen(data[i]!);
  return new Float32Array(bits.buffer);
}

/** The float32 bits of a float16: exponent bias 15 becomes 127, fraction 10 bits become 23. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal in float16, normal in float32: shift the fraction up to its leading one.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
