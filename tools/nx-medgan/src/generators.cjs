// Nx loads generators with require, which cannot load a module before Node 20.19.
exports.catalogue = async (tree) => (await import('./generators/catalogue.mjs')).remakeCatalogue(tree);

exports.experiment = async (tree, options) =>
  (await import('./generators/experiment.mjs')).scaffoldExperiment(tree, options);

for (const kind of ['architecture', 'objective', 'dataset', 'augmentation', 'metric']) {
  exports[kind] = async (tree, options) =>
    (await import('./generators/plugin.mjs')).scaffoldPlugin(tree, kind, options);
}
