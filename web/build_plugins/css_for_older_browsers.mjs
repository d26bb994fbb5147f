// Rewrites what browsers of 2021 do not know in CSS: light-dark() in the tokens of :root, and the unit dvh.

const LIGHT_DARK = 'light-dark(';

/** The two colours of a value that is light-dark(a, b) and nothing else. */
function coloursOf(declaration) {
  const { value } = declaration;
  if (!value.startsWith(LIGHT_DARK) || !value.endsWith(')')) throw declaration.error('light-dark() is the whole value of a token');
  const inside = value.slice(LIGHT_DARK.length, -1);
  let depth = 0;
  for (let at = 0; at < inside.length; at++) {
    if (inside[at] === '(') depth++;
    if (inside[at] === ')') depth--;
    if (inside[at] === ',' && depth === 0) return [inside.slice(0, at).trim(), inside.slice(at + 1).trim()];
  }
  throw declaration.error('light-dark() takes two colours');
}

/** The rule has the light colours; behind it stand the dark ones, for the device's setting and for the page's own. */
function splitColours(rule, { AtRule, Rule }) {
  const dark = [];
  rule.walkDecls((declaration) => {
    if (!declaration.value.includes(LIGHT_DARK)) return;
    if (!rule.selectors.every((selector) => selector.startsWith(':root'))) throw declaration.error('light-dark() stands in tokens of :root only');
    const [light, other] = coloursOf(declaration);
    declaration.value = light;
    dark.push({ prop: declaration.prop, value: other, source: declaration.source });
  });
  if (dark.length === 0) return;
  const darkRule = (suffix) => {
    const made = new Rule({ selectors: rule.selectors.map((selector) => selector + suffix), source: rule.source });
    for (const declaration of dark) made.append(declaration);
    return made;
  };
  const onDarkDevices = new AtRule({ name: 'media', params: '(prefers-color-scheme: dark)', source: rule.source });
  onDarkDevices.append(darkRule(":not([data-theme='light'])"));
  rule.after(darkRule("[data-theme='dark']"));
  rule.after(onDarkDevices);
}

export function cssForOlderBrowsers() {
  return {
    postcssPlugin: 'css-for-older-browsers',
    Once(root, helpers) {
      const rules = [];
      root.walkRules((rule) => void rules.push(rule));
      for (const rule of rules) splitColours(rule, helpers);
      root.walkDecls((declaration) => {
        if (/\ddvh\b/.test(declaration.value)) declaration.cloneBefore({ value: declaration.value.replace(/(\d)dvh\b/g, '$1vh') });
      });
    },
  };
}
