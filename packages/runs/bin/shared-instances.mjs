// A plugin must use medgan's own TensorFlow.js and contracts: two copies of TensorFlow.js know nothing of each other's
// tensors. Whatever a plugin has installed, or has not, these names lead to the copies medgan itself uses.
const SHARED =
  /^(@tensorflow\/tfjs-core|@medgan\/(plugin-api|engine|files|layers|models|classifiers|objectives|metrics|data|experiment-registry|testing))(\/|$)/;
const TYPESCRIPT = /\.m?ts(\?|$)/;

let home;
export function initialize(data) {
  home = data.home;
}

export async function resolve(specifier, context, next) {
  if (SHARED.test(specifier)) return next(specifier, { ...context, parentURL: home });
  const found = await next(specifier, context);
  // A lone .ts file beside a control file has no package.json that calls it a module; plugins are modules.
  return TYPESCRIPT.test(found.url) ? { ...found, format: 'module' } : found;
}
