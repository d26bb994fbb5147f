// The text format of Prometheus, version 0.0.4, read strictly.

const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"[^"]*")*)\})? (\+Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="([^"\\\n]*)"(?:,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram'];

function labelsOf(text, line) {
  const labels = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (!found) throw new Error(`not a label: ${line}`);
    if (found[1] in labels) throw new Error(`a duplicate label: ${line}`);
    labels[found[1]] = found[2];
  }
  return labels;
}

const isOf = (name, family, type) =>
  name === family || (type === 'histogram' && ['_bucket', '_sum', '_count'].some((end) => name === family + end));

/** {types, samples: [{name, labels, value}…]}. Throws for what is not in the format. */
export function parseMetrics(text) {
  if (!text.endsWith('\n')) throw new Error('the last line is not terminated');
  const types = {};
  const samples = [];
  const seen = new Set();
  let family;
  for (const line of text.slice(0, -1).split('\n')) {
    const head = HEAD.exec(line);
    if (head) {
      const [, kind, name, rest] = head;
      if (kind === 'TYPE' && (name in types || !TYPES.includes(rest))) throw new Error(`an unexpected type: ${line}`);
      if (kind === 'TYPE') types[name] = rest;
      family = name;
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (!sample) throw new Error(`not in the format: ${line}`);
    const [, name, labelText = '', value] = sample;
    if (!isOf(name, family, types[family])) throw new Error(`a sample outside its family: ${line}`);
    const key = `${name}{${labelText}}`;
    if (seen.has(key)) throw new Error(`a duplicate sample: ${line}`);
    seen.add(key);
    samples.push({ name, labels: labelsOf(labelText, line), value: value === '+Inf' ? Infinity : Number(value) });
  }
  return { types, samples };
}

/** The value of the one sample of that name with these labels among its own; undefined if there is none. */
export function metricValue({ samples }, name, labels = {}) {
  const found = samples.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} is not one sample`);
  return found[0]?.value;
}
