// Resolves our own packages to their sources: adds the export condition that node --conditions would.
export function resolve(specifier, context, next) {
  if (!/^(@medgan|mlflow-ts-client)(\/|$)/.test(specifier)) return next(specifier, context);
  return next(specifier, { ...context, conditions: [...context.conditions, '@medgan/source'] });
}
