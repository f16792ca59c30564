/**
 * The command line `medgan`, as a function.
 *
 * @module @medgan/cli
 */

export { main } from './main.ts';
