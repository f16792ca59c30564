/**
 * The command line `medgan`, as a function and as the tree of its commands.
 *
 * @module @medgan/cli
 */

export { main } from './main.ts';
export { medganProgram } from './program/medgan.ts';
