/** Names of columns as published tables have them, in lower case, the likeliest first. */
export const FILE_COLUMNS: readonly string[] = [
  'file',
  'filename',
  'file_name',
  'image',
  'image_id',
  'image_name',
  'isic_id',
  'name',
  'path',
];

export const LABEL_COLUMNS: readonly string[] = [
  'label',
  'class',
  'cls',
  'dx',
  'diagnosis',
  'diagnosis_1',
  'category',
  'target',
];

/** Patients before lesions: a patient may have several. */
export const GROUP_COLUMNS: readonly string[] = ['group', 'patient_id', 'patient', 'lesion_id', 'lesion'];

/** What tables of 0 and 1 for each class hold beside the classes. */
export const METADATA_COLUMNS: ReadonlySet<string> = new Set([
  ...['age', 'age_approx', 'sex', 'gender', 'localization', 'anatom_site', 'anatom_site_general'],
  ...['attribution', 'copyright_license', 'dataset', 'source', 'dx_type', 'diagnosis_confirm_type'],
  ...['split', 'fold', 'set', 'part', 'score_weight', 'validation_weight', 'width', 'height', 'index'],
]);
