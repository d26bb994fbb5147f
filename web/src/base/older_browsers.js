// Runs before the page, in any browser: says so in plain words where the page cannot work. Written for browsers of 2012.
(function () {
  'use strict';

  /** Promise.any came with Chrome 85, Safari 14 and Firefox 79: none that the page is built for lacks it. */
  var isYoungEnough =
    'noModule' in document.createElement('script') && typeof Promise === 'function' && typeof Promise.any === 'function';

  var TEXTS = {
    en: 'This browser is too old for this page. It needs Chrome 90, Safari 14, Firefox 90 or a later one: please update the browser, or use another device.',
    de: 'Dieser Browser ist zu alt f\u00fcr diese Seite. Sie braucht Chrome 90, Safari 14, Firefox 90 oder neuer: bitte den Browser aktualisieren oder ein anderes Ger\u00e4t verwenden.',
  };

  function tell() {
    var page = document.getElementById('page');
    if (!page || page.firstChild) return;
    var language = String(navigator.language || 'en').slice(0, 2);
    var text = document.createElement('p');
    text.className = 'too-old';
    text.setAttribute('role', 'alert');
    text.setAttribute('lang', TEXTS[language] ? language : 'en');
    text.appendChild(document.createTextNode(TEXTS[language] || TEXTS.en));
    page.appendChild(text);
  }

  if (!isYoungEnough) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', tell);
    else tell();
    return;
  }
  // A browser that passes and still does not understand the page's own scripts.
  window.addEventListener('error', function (event) {
    if (event.error instanceof SyntaxError) tell();
  });
})();
