/** Writes a value as YAML. By itself, because only files of one kind are written anew. */
export { dump } from 'js-yaml';
