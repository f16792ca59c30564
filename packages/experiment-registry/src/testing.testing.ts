/** A study with records and figures, for tests of what shows studies. */

export { exampleStudy, finishedResult, recordsOf } from './summary/example-study.testing.ts';
