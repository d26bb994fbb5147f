// The API's description is whole and true to itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contract, at, newAjv, openApi, pointer } from '../support/openapi.mjs';

const contract = new Contract();
const ENGINE_IO = ['/socket.io/', '/api/socket/'];
const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'];

const operations = Object.entries(openApi.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ path, method, name: `${method} ${path}`, operation: item[method] })),
);

/** Calls visit(value, where) for everything in the document, except in the values of examples. */
function walk(visit, value = openApi, where = '') {
  visit(value, where);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const isExample = key === 'value' && /\/examples\/[^/]+$/.test(where);
    if (!isExample) walk(visit, inner, where + pointer(key));
  }
}

/** The response objects of an operation, behind their references. */
const responsesOf = ({ path, method, operation }) =>
  Object.keys(operation.responses).map((status) => ({
    status,
    ...contract.resolve(pointer('paths', path, method, 'responses', status)),
  }));

test('every reference leads somewhere', () => {
  const broken = [];
  walk((value, where) => {
    if (typeof value?.$ref === 'string' && at(openApi, value.$ref) === undefined) broken.push(`${where}: ${value.$ref}`);
  });
  assert.deepEqual(broken, []);
});

test('nothing is kept that nobody refers to', () => {
  const used = new Set();
  walk((value) => {
    if (typeof value?.$ref === 'string') used.add(value.$ref);
  });
  const unused = Object.entries(openApi.components)
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, named]) => Object.keys(named).map((name) => `#/components/${kind}/${name}`))
    .filter((reference) => !used.has(reference));
  assert.deepEqual(unused, []);
});

test('every schema is a valid one without unknown keywords', () => {
  const ajv = newAjv();
  ajv.addSchema(openApi, 'openapi.json', undefined, false);
  walk((value, where) => {
    const isSchema = /\/schema$/.test(where) || /^\/components\/schemas\/[^/]+$/.test(where);
    if (!isSchema) return;
    assert.ok(ajv.validateSchema(value), `${where}: ${ajv.errorsText()}`);
    assert.doesNotThrow(() => ajv.compile({ $ref: `openapi.json#${encodeURI(where)}` }), where);
  });
});

test('every object says whether it may have further fields', () => {
  // One that others are composed of leaves it to them.
  const parts = new Set();
  walk((value) => value?.allOf?.forEach(({ $ref }) => parts.add($ref)));
  const silent = [];
  walk((value, where) => {
    if (value?.type !== 'object' || value.properties === undefined || parts.has(`#${where}`)) return;
    if (!('additionalProperties' in value) && !('unevaluatedProperties' in value)) silent.push(where);
  });
  assert.deepEqual(silent, []);
});

test('no example has a field that its schema does not name, unless further ones are allowed', () => {
  // What leaves it open, by being silent, is read as closed here: so do the linters that people run.
  const closed = structuredClone(openApi);
  const parts = new Set();
  walk((value) => value?.allOf?.forEach(({ $ref }) => parts.add($ref)));
  walk((value, where) => {
    if (value?.type !== 'object' || value.properties === undefined || parts.has(`#${where}`)) return;
    if (!('additionalProperties' in value) && !('unevaluatedProperties' in value)) at(closed, where).unevaluatedProperties = false;
  });
  const strict = new Contract(closed);
  const places = [];
  walk((value, where) => {
    if (value?.schema === undefined) return;
    if ('example' in value) places.push([where, value.example]);
    for (const name of Object.keys(value.examples ?? {})) {
      places.push([where, strict.resolve(where + pointer('examples', name)).value.value]);
    }
  });
  assert.ok(places.length > 150, `${places.length} examples`);
  for (const [where, example] of places) assert.deepEqual(strict.schemaErrors(`${where}/schema`, example), [], where);
});

test('every operation with a body says that it can be refused', () => {
  for (const { path, method, name, operation } of operations) {
    if (!operation.requestBody) continue;
    const responses = pointer('paths', path, method, 'responses');
    const codesOf = (status) => {
      const { value } = contract.resolve(responses + pointer(status));
      return value?.content['application/problem+json'].schema.properties.code.enum ?? [];
    };
    assert.ok(codesOf('400').includes('malformed_json'), `${name}: malformed_json`);
    assert.ok(codesOf('415').includes('unsupported_media_type'), `${name}: unsupported_media_type`);
    for (const code of ['body_not_object', 'invalid_fields']) assert.ok(codesOf('422').includes(code), `${name}: ${code}`);
  }
});

test('every operation that takes an Idempotency-Key says what a key can be refused for', () => {
  for (const { path, method, name, operation } of operations) {
    const takesKey = (operation.parameters ?? []).some(({ $ref }) => $ref?.endsWith('/idempotencyKey'));
    if (!takesKey) continue;
    const codes = (status) =>
      contract.resolve(pointer('paths', path, method, 'responses', status)).value.content['application/problem+json'].schema.properties.code.enum;
    assert.ok(codes('422').includes('idempotency_key_reused'), name);
    assert.ok(codes('409').includes('idempotency_key_in_use'), name);
  }
});

test('every operation has a unique id, a known tag, a summary, its path parameters and an error response', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length, 'operationId is unique');
  const tags = new Set(openApi.tags.map(({ name }) => name));
  for (const each of operations) {
    const { name, path, operation } = each;
    assert.ok(operation.operationId && operation.summary && Array.isArray(operation.security), name);
    assert.ok(operation.tags.length === 1 && tags.has(operation.tags[0]), name);
    const parameters = (operation.parameters ?? []).map((parameter) => (parameter.$ref ? at(openApi, parameter.$ref) : parameter));
    assert.equal(new Set(parameters.map((p) => `${p.in} ${p.name}`)).size, parameters.length, `${name}: a parameter twice`);
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    const inTemplate = [...path.matchAll(/{([^}]+)}/g)].map(([, parameter]) => parameter);
    assert.deepEqual(inPath.sort(), inTemplate.sort(), name);
    const statuses = Object.keys(operation.responses);
    assert.ok(statuses.some((status) => /^[123]/.test(status)), `${name}: no success`);
    assert.ok(statuses.some((status) => /^[45]|default/.test(status)), `${name}: no error`);
  }
});

test('every error is a problem document with its codes', () => {
  for (const each of operations) {
    for (const { status, value, where } of responsesOf(each)) {
      if (!/^[45]|default/.test(status)) continue;
      // Engine.IO's clients read its own form, and no other.
      if (status === '400' && ENGINE_IO.includes(each.path)) continue;
      const schema = value.content?.['application/problem+json']?.schema;
      assert.equal(schema?.$ref, '#/components/schemas/Problem', `${each.name} ${status} ${where}`);
      assert.ok(schema.properties.code.enum.length > 0, `${each.name} ${status}`);
    }
  }
});

test('every request and every answer has an example, and all are valid', () => {
  const contents = operations.flatMap((each) => {
    const body = each.operation.requestBody ? [{ ...contract.resolve(pointer('paths', each.path, each.method, 'requestBody')), status: 'request' }] : [];
    return [...body, ...responsesOf(each)].map((place) => ({ ...place, name: `${each.name} ${place.status}` }));
  });
  let count = 0;
  for (const { name, value, where } of contents) {
    for (const type of Object.keys(value.content ?? {})) {
      if (type === '*/*') continue;
      const place = where + pointer('content', type);
      const examples = Object.keys(at(openApi, place).examples ?? {});
      assert.ok(examples.length > 0, `${name} has no example`);
      for (const example of examples) {
        const { value: found } = contract.resolve(place + pointer('examples', example));
        assert.deepEqual(contract.schemaErrors(`${place}/schema`, found.value), [], `${name}, example ${example}`);
        count++;
      }
    }
  }
  assert.ok(count > 100, `${count} examples`);
});

test('examples of parameters and headers are valid', () => {
  for (const kind of ['parameters', 'headers']) {
    for (const [name, { example }] of Object.entries(openApi.components[kind])) {
      if (example !== undefined) {
        assert.deepEqual(contract.schemaErrors(pointer('components', kind, name, 'schema'), example), [], name);
      }
    }
  }
});
