// Resolves @medgan/* to their sources: adds the export condition that node --conditions would.
export function resolve(specifier, context, next) {
  if (!specifier.startsWith('@medgan/')) return next(specifier, context);
  return next(specifier, { ...context, conditions: [...context.conditions, '@medgan/source'] });
}
