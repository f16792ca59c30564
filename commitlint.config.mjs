/** Conventional commits; the scope is a package (`feat(trainer): …`). `npm run commits` checks what is not on main yet. */
export default {
  extends: ['@commitlint/config-conventional'],
  rules: {
    'header-max-length': [2, 'always', 110],
    'body-max-line-length': [0],
  },
};
