import type { ParameterScope } from '@medgan/plugin-api';

/** What `build` makes in `parameters`, and its number of trainable values. */
export function counted<T>(
  parameters: ParameterScope,
  build: (parameters: ParameterScope) => T,
): { readonly made: T; readonly parameters: number } {
  let trained = 0;
  const counting = (scope: ParameterScope): ParameterScope => ({
    scope: (name) => counting(scope.scope(name)),
    parameter(name, spec) {
      if (spec.trainable !== false) trained += spec.shape.reduce((product, n) => product * n, 1);
      return scope.parameter(name, spec);
    },
    counter: (name) => scope.counter(name),
  });
  return { made: build(counting(parameters)), parameters: trained };
}
