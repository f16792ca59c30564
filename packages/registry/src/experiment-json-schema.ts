import { experimentSchema } from './experiment-schema.ts';

/** Where `experiment.schema.json` lies, seen from the repository root; each experiment file points to it. */
export const SCHEMA_FILE = 'experiments/experiment.schema.json';

/** The text of the JSON Schema for editors; `control` is the schema of control-file keys, where one is to hand. */
export function experimentJsonSchema(control?: object): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'MedImageGAN experiment',
    description: 'One study: a question, a base config, what varies, and what was published.',
    ...experimentSchema(control),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
