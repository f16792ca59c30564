// Made from the plugins in this folder: npx nx g @medgan/nx-medgan:catalogue
export { default as dcgan, type DcganOptions } from './dcgan.ts';
export { default as fastgan } from './fastgan.ts';
export { default as resnetSngan } from './resnet-sngan.ts';
export { default as sngan } from './sngan.ts';
export { default as wganGp } from './wgan-gp.ts';
