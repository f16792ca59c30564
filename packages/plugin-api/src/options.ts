import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { MedganError } from '@medgan/files';
import { nearest } from './nearest.ts';

/** A JSON Schema (draft 7) of an object. Defaults live in it; unknown keys are refused. */
export type OptionsSchema = {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
};

/** One fault of a value against a schema, in words. */
export interface Fault {
  /** Path of keys from the top, such as `['labels', 'real']`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly cure?: string;
}

const ajv = new Ajv({ useDefaults: true, allErrors: true, strict: true, allowUnionTypes: true });
const compiled = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

/** Keys that the schema allows at `path`, for the nearest-key hint. */
function keysAt(schema: unknown, path: readonly string[]): string[] {
  let at = schema as { properties?: Record<string, unknown>; items?: unknown } | undefined;
  for (const key of path) at = (at?.properties?.[key] ?? at?.items) as typeof at;
  return Object.keys(at?.properties ?? {});
}

function faultOf(error: ErrorObject, schema: object): Fault {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = keysAt(schema, path);
      const guess = nearest(key, known);
      return {
        path: [...path, key],
        message: `unknown key ${JSON.stringify(key)}`,
        cure: guess ? `did you mean ${JSON.stringify(guess)}?` : `known keys: ${known.join(', ')}`,
      };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      return { path, message: `${JSON.stringify(key)} is missing`, cure: `add ${key}:` };
    }
    case 'enum':
      return { path, message: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}` };
    default:
      return { path, message: error.message ?? error.keyword };
  }
}

/**
 * Checks `value` against `schema`, filling in defaults on a copy.
 * `faults` is empty exactly when `value` is legal.
 */
export function validateOptions<T>(schema: object, value: unknown): { value: T; faults: Fault[] } {
  const copy: unknown = structuredClone(value);
  const validate = validatorOf(schema);
  if (validate(copy)) return { value: copy as T, faults: [] };
  return { value: copy, faults: (validate.errors ?? []).map((error) => faultOf(error, schema)) };
}

/** One error that lists every fault. */
export function optionsError(who: string, faults: readonly Fault[]): MedganError {
  const texts = faults.map((fault) => {
    const cure = fault.cure === undefined ? '' : ` (${fault.cure})`;
    return `${fault.path.join('.') || 'value'}: ${fault.message}${cure}`;
  });
  return new MedganError(`${who}: ${texts.join('; ')}`);
}

/** As `validateOptions`, but throws one MedganError listing every fault. */
export function parseOptions<T>(who: string, schema: object, value: unknown): T {
  const { value: parsed, faults } = validateOptions<T>(schema, value);
  if (faults.length > 0) throw optionsError(who, faults);
  return parsed;
}
