// Made from the plugins in this folder: npx nx g @medgan/nx-medgan:catalogue
export { default as bce } from './bce.ts';
export { default as hinge } from './hinge.ts';
export { default as leastSquares } from './least-squares.ts';
export { default as wassersteinGp, type WassersteinOptions } from './wasserstein-gp.ts';
