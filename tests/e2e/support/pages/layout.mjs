// What is wrong with the layout of a page, measured in its boxes.

/** Lines to compare with nothing: what is beyond the edge, leaves its button, is cut off, or is set a letter per line. */
export function layoutFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    const root = document.documentElement;
    const name = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${element.textContent.trim().slice(0, 40)}`;
    const styles = new Map();
    const styleOf = (element) => {
      if (!styles.has(element)) styles.set(element, getComputedStyle(element));
      return styles.get(element);
    };
    const isForReaders = (element) => element.closest('.visually-hidden') !== null || styleOf(element).clipPath !== 'none';
    const boxesOf = (node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    };
    // What scrolls sideways is meant to be wider; what clips is not.
    const isWithin = (box, element) => {
      for (let at = element; at && at !== document.body; at = at.parentElement) {
        if (styleOf(at).position === 'fixed' || at.tagName === 'DIALOG') return true;
        const overflow = styleOf(at).overflowX;
        if (overflow === 'visible') continue;
        const edge = at.getBoundingClientRect();
        if (overflow !== 'hidden' && overflow !== 'clip') return true;
        if (box.right > edge.right + 1 || box.left < edge.left - 1) return false;
      }
      return true;
    };
    const isInScroller = (element) => {
      for (let at = element; at; at = at.parentElement) {
        if (/auto|scroll/.test(styleOf(at).overflowX) && at.scrollWidth > at.clientWidth + 1) return true;
      }
      return false;
    };
    if (root.scrollWidth > root.clientWidth) faults.push(`the page: ${root.scrollWidth} of ${root.clientWidth}`);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement;
      if (text.data.trim() === '' || !element.checkVisibility() || isForReaders(element)) continue;
      const boxes = boxesOf(text);
      if (boxes.length === 0) continue;
      if (!isInScroller(element) && boxes.some(({ left, right }) => right > root.clientWidth + 1 || left < -1)) faults.push(`beyond the edge: ${name(element)}`);
      if (boxes.some((box) => !isWithin(box, element))) faults.push(`cut off: ${name(element)}`);
      const lines = new Set(boxes.map(({ top }) => Math.round(top))).size;
      if (lines > 2 && text.data.trim().length / lines < 2.5 && styleOf(element).writingMode === 'horizontal-tb') faults.push(`a letter per line: ${name(element)}`);
      const button = element.closest('button');
      if (button) {
        const edge = button.getBoundingClientRect();
        const leaves = (box) => box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
        if (boxes.some(leaves)) faults.push(`leaves its button: ${name(button)}`);
      }
    }
    for (const button of document.querySelectorAll('button')) {
      if (button.checkVisibility() && button.getBoundingClientRect().height < 43) faults.push(`small: ${name(button)}`);
    }
    return [...new Set(faults)];
  });
}
