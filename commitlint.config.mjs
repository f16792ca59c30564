/** Conventional commits; the scope is a package (`feat(trainer): …`). `npm run commits` checks them. */
export default {
  extends: ['@commitlint/config-conventional'],
  // On main since before CI checked.
  ignores: [(message) => message.startsWith('fix(cli): draw studies without flicker, ')],
  rules: {
    'header-max-length': [2, 'always', 110],
    'body-max-line-length': [0],
  },
};
