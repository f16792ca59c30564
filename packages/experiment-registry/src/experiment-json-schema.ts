import { experimentSchema } from './experiment-schema.ts';

/** Where `experiment.schema.json` lies, seen from the repository root; each experiment file points to it. */
export const SCHEMA_FILE = 'experiments/experiment.schema.json';

/** A JSON Schema of an object, as far as it is looked into here. */
interface ControlSchema {
  readonly properties: Readonly<Record<string, object>>;
}

/** Keys of a control file that the study decides. */
const GIVEN: readonly string[] = ['seed', 'out', 'run'];

/**
 * The text of the JSON Schema for editors (draft 7). `control` is the schema of a control file: its keys are completed
 * and described wherever an experiment sets them, dotted ones (`labels.real`) too. Nothing is required, as a fragment
 * may hold any part; `medgan` checks the whole.
 */
export function experimentJsonSchema(control: ControlSchema): string {
  const keys = controlKeys(control.properties);
  const within = openKeys(control.properties);
  const lists = (of: Readonly<Record<string, object>>): object =>
    Object.fromEntries(
      Object.entries(of).map(([key, items]) => [key, { type: 'array', minItems: 1, items }]),
    );
  const { required: _, ...schema } = experimentSchema({
    // A draft 7 `$ref` hides what stands beside it.
    control: { type: 'object', allOf: [{ $ref: '#/definitions/control' }] },
    varied: { type: 'object', allOf: [{ $ref: '#/definitions/varied' }] },
  });
  const text = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'MedImageGAN experiment',
    description: 'One study: a question, a base config, what varies, and what was published.',
    ...schema,
    definitions: {
      control: {
        type: 'object',
        additionalProperties: false,
        properties: keys,
        patternProperties: within,
      },
      varied: {
        type: 'object',
        additionalProperties: false,
        properties: lists(keys),
        patternProperties: lists(within),
      },
    },
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** The keys an experiment may set, those inside nested mappings as dotted keys too. */
function controlKeys(properties: ControlSchema['properties']): Record<string, object> {
  const settable = Object.entries(properties).filter(([key]) => !GIVEN.includes(key));
  const dotted = settable.flatMap(([key, schema]) =>
    'properties' in schema
      ? Object.entries(schema.properties as ControlSchema['properties']).map(
          ([inner, innerSchema]) => [`${key}.${inner}`, innerSchema] as const,
        )
      : [],
  );
  return Object.fromEntries([...settable, ...dotted]);
}

/** Patterns of the dotted keys that reach into mappings of any keys, such as the options of a plugin. */
function openKeys(properties: ControlSchema['properties']): Record<string, object> {
  const open = Object.entries(properties).filter(
    ([, schema]) => 'type' in schema && schema.type === 'object' && !('properties' in schema),
  );
  return Object.fromEntries(open.map(([key]) => [`^${key}\\.`, {}]));
}
