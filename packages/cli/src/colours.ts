import picocolors from 'picocolors';

const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
const wanted = FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY === true && TERM !== 'dumb';

/** Colours where a terminal shows them. Left to itself, picocolors colours pipes too wherever `CI` is set. */
export default picocolors.createColors(!NO_COLOR && wanted);
