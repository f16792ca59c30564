/** The dataset that a control file asks for: images in a folder where it names one, else the built-in ones. */
export const datasetName = ({
  dataset,
  path,
}: {
  readonly dataset?: unknown;
  readonly path?: unknown;
}): string =>
  typeof dataset === 'string' ? dataset : path === undefined ? 'synthetic-lesions' : 'image-folder';
