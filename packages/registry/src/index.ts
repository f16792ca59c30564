export { checkYaml, faultsError, type YamlCheck } from './yaml/check-yaml.ts';
export { parseYaml, type YamlDocument } from './yaml/parse-yaml.ts';
