/**
 * The native engine's kernels and the machine that runs flat programs, as a Node add-on.
 *
 * @module @medgan/native
 */

export { loadNative, type LoadedNative } from './load-native.ts';
export type { NativeAddon, NativeHandle, NativePool } from './addon.ts';
