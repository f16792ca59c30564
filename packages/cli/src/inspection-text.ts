import { plural } from '@medgan/files';
import { asideTexts, type DuplicateGroup, type Inspection, type Spread } from '@medgan/data';

/** Lines of a list before the rest is counted. */
const SHOWN = 10;

/** A name on one line, whatever is in it. */
const printable = (name: string): string => (/[\p{C}]/u.test(name) ? JSON.stringify(name) : name);

const spread = ({ min, median, max }: Spread, digits = 0): string =>
  min === max
    ? min.toFixed(digits)
    : `${min.toFixed(digits)} … ${max.toFixed(digits)}, median ${median.toFixed(digits)}`;

const rgb = (values: readonly number[]): string =>
  values.map((value) => value.toFixed(0).padStart(3)).join(' ');

function listed<T>(items: readonly T[], line: (item: T) => string): string[] {
  const lines = items.slice(0, SHOWN).map((item) => `  ${line(item)}`);
  return items.length > SHOWN
    ? [...lines, `  and ${items.length - SHOWN} more (--json has them all)`]
    : lines;
}

function classLines({ classes }: Inspection): string[] {
  const width = Math.max(5, ...classes.map(({ name }) => name.length));
  return classes.map(({ name, images, groups, colour }) => {
    const facts = [
      plural(images, 'image'),
      ...(groups === undefined ? [] : [plural(groups, 'group')]),
      ...(colour ? [`mean RGB ${rgb(colour.mean)}`, `sd ${rgb(colour.sd)}`] : []),
    ];
    return `  ${printable(name).padEnd(width)}  ${facts.join(' · ')}`;
  });
}

function groupLines(what: string, groups: readonly DuplicateGroup[]): string[] {
  if (groups.length === 0) return [`${what}: none`];
  const conflicts = groups.filter(({ conflict }) => conflict);
  const across = conflicts.length > 0 ? `, ${conflicts.length} with labels that contradict each other` : '';
  const ordered = [...conflicts, ...groups.filter(({ conflict }) => !conflict)];
  return [
    `${what}: ${plural(groups.length, 'group')}${across}`,
    ...listed(ordered, ({ names, conflict }) => `${conflict ? '! ' : ''}${names.map(printable).join(' = ')}`),
  ];
}

/** An inspection for people. */
export function inspectionText(inspection: Inspection): string {
  const { images, sizes, formats, unreadable, leftAside, duplicates, nearDuplicates } = inspection;
  const frequent = sizes.frequent.map(({ width, height, images: n }) => `${width}×${height} (${n})`);
  return [
    `${plural(images, 'image')}, ${plural(inspection.classes.length, 'class', 'classes')}`,
    ...classLines(inspection),
    `width ${spread(sizes.width)}; height ${spread(sizes.height)}; width / height ${spread(sizes.aspect, 2)}`,
    ...(frequent.length > 0 ? [`most frequent: ${frequent.join(', ')}`] : []),
    ...formats.map(({ name, images: n, misnamed }) =>
      misnamed > 0 ? `${name}: ${n}, ${misnamed} of them under another extension` : `${name}: ${n}`,
    ),
    ...(unreadable.length === 0
      ? ['unreadable: none']
      : [
          `unreadable: ${unreadable.length}`,
          ...listed(unreadable, ({ name, reason }) => `${printable(name)}: ${reason}`),
        ]),
    ...(leftAside === undefined ? [] : [`left aside: ${asideTexts(leftAside).join('; ') || 'none'}`]),
    ...groupLines('equal files', duplicates),
    ...groupLines('images that look alike', nearDuplicates),
  ].join('\n');
}
