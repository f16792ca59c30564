// @ts-check
// The choice of colours. Without scripts the page follows the system's, and what only a script can do does not show.
(() => {
  const root = document.documentElement;
  root.classList.add('js');

  const KEY = 'medgan-theme';
  /** @param {string} theme */
  const setTheme = (theme) => {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  let stored = 'auto';
  try {
    stored = localStorage.getItem(KEY) ?? 'auto';
  } catch {
    // A page that may store nothing starts as the system is set.
  }
  /** @type {NodeListOf<HTMLInputElement>} */
  const choices = document.querySelectorAll('input[name="theme"]');
  for (const choice of choices) {
    choice.checked = choice.value === stored;
    choice.addEventListener('change', () => {
      setTheme(choice.value);
      try {
        localStorage.setItem(KEY, choice.value);
      } catch {
        // Then the choice holds for this visit.
      }
    });
  }
  setTheme(stored);
})();
