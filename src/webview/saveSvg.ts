import { svg } from './dom';

/** The whole drawing as a file of its own: colours of the theme written in, nothing interactive left. */
export function standaloneSvg(body: SVGSVGElement, width: number): string {
  const copy = body.cloneNode(true) as SVGSVGElement;
  const [x = 0, y = 0, w = width, height = 0] = (body.dataset.whole ?? '').split(' ').map(Number);
  copy.setAttribute('viewBox', `${x} ${y} ${w} ${height}`);
  copy.setAttribute('width', String(w));
  copy.setAttribute('height', String(height));
  for (const group of copy.querySelectorAll('.item')) {
    group.classList.remove('dim', 'selected');
    for (const name of ['tabindex', 'role', 'aria-selected']) group.removeAttribute(name);
  }
  for (const hit of copy.querySelectorAll('.hit')) hit.remove();
  for (const name of ['role', 'style', 'class', 'data-whole', 'tabindex']) copy.removeAttribute(name);
  copy.setAttribute('role', 'img');
  const theme = getComputedStyle(document.body);
  for (const style of copy.querySelectorAll('style')) style.textContent = withValues(style.textContent, theme);
  const back = svg('rect', { x, y, width: w, height, fill: theme.getPropertyValue('--vscode-editor-background').trim() || 'white' });
  copy.querySelector('style')?.after(back);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** Replaces var(--name, fallback), from the inside out. */
function withValues(css: string, theme: CSSStyleDeclaration): string {
  let text = css;
  for (let depth = 0; depth < 5 && text.includes('var('); depth++) {
    text = text.replace(/var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*(?:\([^()]*\)[^()]*)*))?\)/g, (_, name: string, fallback: string | undefined) => theme.getPropertyValue(name).trim() || (fallback ?? 'currentColor').trim());
  }
  return text;
}
