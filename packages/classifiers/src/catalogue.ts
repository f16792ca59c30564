// Made from the plugins in this folder: npx nx g @medgan/nx-medgan:catalogue
export { default as efficientnet, type EfficientnetOptions } from './efficientnet.ts';
