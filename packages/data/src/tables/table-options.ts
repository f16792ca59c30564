/** JSON Schema of the options that every dataset with a table has. */
export const TABLE_SCHEMAS = {
  encoding: {
    type: 'string',
    minLength: 1,
    description: 'encoding of the tables, where they are not UTF-8: windows-1252, gbk, shift_jis …',
  },
  ungrouped: {
    enum: ['error', 'alone'],
    default: 'error',
    description:
      'error: refuse to split by groups that most images lack; alone: an image without a group is a lesion of its own',
  },
} as const;
