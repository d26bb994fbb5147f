// The documented API, docs/openapi/openapi.json, and whether an answer conforms to it.

import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FILE = new URL('../../../docs/openapi/openapi.json', import.meta.url);
const ROOT = 'openapi.json';

export const openApi = JSON.parse(readFileSync(FILE, 'utf8'));

/** A validator that knows dialect and formats, and takes no keyword it does not know. */
export function newAjv() {
  const ajv = new Ajv2020.default({ allErrors: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
  addFormats.default(ajv);
  // The document is no schema, but it holds schemas whose references start at its root.
  ajv.addVocabulary(Object.keys(openApi));
  return ajv;
}

export const errorMessages = (validate) =>
  (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);

/** The steps as a JSON pointer. */
export const pointer = (...steps) =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What stands at a JSON pointer ("/a/b", "#/a/b"); undefined if nothing does. */
export function at(document, text) {
  const steps = text.replace(/^#/, '').split('/').slice(1);
  return steps.reduce(
    (place, step) => place?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
}

/** Validates answers against an OpenAPI 3.1 document. */
export class Contract {
  #ajv = newAjv();
  #validators = new Map();

  constructor(document = openApi) {
    this.document = document;
    this.#ajv.addSchema(document, ROOT, undefined, false);
  }

  /** The place behind references: {value, where}. */
  resolve(where) {
    let value = at(this.document, where);
    while (value?.$ref && Object.keys(value).length === 1) {
      where = value.$ref.slice(1);
      value = at(this.document, where);
    }
    return { value, where };
  }

  /** What is wrong with a value by the schema at a JSON pointer. */
  schemaErrors(where, value) {
    let validate = this.#validators.get(where);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `${ROOT}#${encodeURI(where)}` });
      this.#validators.set(where, validate);
    }
    return validate(value) ? [] : errorMessages(validate);
  }

  /** {template, method, where} of the operation that a request meets; `methods` where only the path is known. */
  operationOf(method, path) {
    const given = path.split('?')[0].split('/');
    const templates = Object.keys(this.document.paths).filter((template) => {
      const wanted = template.split('/');
      return wanted.length === given.length && wanted.every((step, i) => (step.startsWith('{') ? given[i] !== '' : step === given[i]));
    });
    const isLiteral = (template) => !template.includes('{');
    const template = templates.find(isLiteral) ?? templates[0];
    if (!template) return undefined;
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const found = [template, ...templates].find((each) => this.document.paths[each][name]);
    if (!found) return { template, methods: Object.keys(this.document.paths[template]) };
    return { template: found, method: name, where: pointer('paths', found, name) };
  }

  /** What is wrong with an answer: [text…]. `headers` as fetch gives them, `body` parsed where it is JSON. */
  answerErrors(method, path, { status, headers, body }) {
    if (method === 'OPTIONS') return status === 204 ? [] : [`OPTIONS answered ${status}`];
    const operation = this.operationOf(method, path);
    if (!operation) return this.#refusalErrors(body, status, 404, 'not_found');
    if (!operation.where) return this.#refusalErrors(body, status, 405, 'method_not_allowed');
    const responses = `${operation.where}/responses`;
    const isListed = at(this.document, responses)[status] !== undefined;
    const { value, where } = this.resolve(`${responses}/${isListed ? status : 'default'}`);
    if (!value) return [`status ${status} is not documented`];
    return [
      ...this.#headerErrors(where, value.headers, headers),
      ...this.#bodyErrors(where, value.content, headers, body, method === 'HEAD'),
    ];
  }

  #refusalErrors(body, status, wantedStatus, code) {
    if (status !== wantedStatus || body?.code !== code) return [`is not documented, yet answered ${status} ${body?.code ?? ''}`];
    return this.schemaErrors('/components/schemas/Problem', body);
  }

  #headerErrors(where, documented = {}, headers) {
    return Object.keys(documented).flatMap((name) => {
      const { value, where: place } = this.resolve(where + pointer('headers', name));
      const given = headers.get(name);
      if (given === null) return value.required ? [`header ${name} is missing`] : [];
      return this.schemaErrors(`${place}/schema`, given).map((error) => `header ${name}: ${error}`);
    });
  }

  #bodyErrors(where, content, headers, body, isHead) {
    if (isHead) return [];
    if (!content) return body === '' ? [] : ['has a body, and none is documented'];
    const given = (headers.get('content-type') ?? '').split(';')[0].trim();
    const type = content[given] ? given : Object.keys(content).find((each) => each === '*/*');
    if (!type) return [`media type "${given}" is not documented`];
    return this.schemaErrors(where + pointer('content', type, 'schema'), body).map((error) => `body: ${error}`);
  }
}
