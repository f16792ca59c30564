// @ts-check
// Without this script every operation is there, folded by parts; with it they can be searched.
(() => {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const parts = document.querySelectorAll('details.part');
  const lists = [...parts].map((part) => ({
    part,
    rows: [...part.querySelectorAll('tbody tr')].map((row) => ({
      row: /** @type {HTMLElement} */ (row),
      text: (row.textContent ?? '').replace(/\s+/g, ' ').toLowerCase(),
    })),
  }));
  const total = lists.reduce((sum, { rows }) => sum + rows.length, 0);
  const found = /** @type {HTMLElement} */ (document.getElementById('found'));
  const search = /** @type {HTMLInputElement} */ (document.getElementById('search'));

  /** Shows the operations that hold every word, and opens the parts they are in. */
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { part, rows } of lists) {
      let inPart = 0;
      for (const { row, text } of rows) {
        const matches = words.every((word) => text.includes(word));
        row.hidden = !matches;
        if (matches) inPart++;
      }
      part.hidden = inPart === 0;
      part.open = words.length > 0 && inPart > 0;
      shown += inPart;
    }
    found.textContent = `${words.length > 0 ? `${shown.toLocaleString('en')} of ` : ''}${total.toLocaleString('en')} operations`;
  };
  search.addEventListener('input', filter);
  search.form?.addEventListener('submit', (event) => event.preventDefault());
  for (const button of document.querySelectorAll('button[data-fold]')) {
    button.addEventListener('click', () => {
      for (const part of parts) part.open = button.getAttribute('data-fold') === 'open';
    });
  }

  /** A link to an operation or a part opens what it lies in, and ends a search that hides it. */
  const reveal = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    const part = target?.closest('details.part');
    if (!target || !(part instanceof HTMLDetailsElement)) return;
    if (part.hidden || target.hidden) {
      search.value = '';
      filter();
    }
    part.open = true;
    target.scrollIntoView({ block: 'start' });
    const focus = target === part ? part.querySelector('summary') : target;
    if (focus instanceof HTMLElement) {
      if (focus === target) focus.tabIndex = -1;
      focus.focus({ preventScroll: true });
    }
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
