export const name = '@medgan/nx-medgan';
export const createNodes = ['experiments/*.yaml', () => []];
