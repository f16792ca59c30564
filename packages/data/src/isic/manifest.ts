import { existsSync } from 'node:fs';
import { appendFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, MedganError, readText, writeFileAtomically } from '@medgan/files';
import { sha256Of } from './download-file.ts';
import type { ManifestEntry } from './manifest-entry.ts';
import { attributionCsv, licencesPage, metadataCsv } from './attribution-files.ts';

const NAME = 'manifest.jsonl';
const METADATA = 'metadata.csv';
const ATTRIBUTION = 'ATTRIBUTION.csv';
const LICENCES = 'LICENSES.md';
/** At most one folder and a file named by the id: a manifest from elsewhere cannot lead out. */
const FILE = /^([^/\\]+\/)?ISIC_\d{7}\.(jpg|png|tif)$/;

function parseEntry(line: string): ManifestEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<ManifestEntry>;
    const { file, id } = entry;
    const safe = typeof file === 'string' && FILE.test(file) && !/^\.{1,2}\//.test(file);
    return safe && typeof id === 'string' && typeof entry.bytes === 'number'
      ? (entry as ManifestEntry)
      : undefined;
  } catch {
    // The last line of a download that was cut off.
    return undefined;
  }
}

/** Refuses a folder without a manifest whose tables somebody else wrote. */
function refuseOtherFiles(dir: string): void {
  const others = [METADATA, ATTRIBUTION, LICENCES].filter((name) => existsSync(join(dir, name)));
  if (others.length === 0) return;
  throw new MedganError(`${dir} holds ${others.join(', ')}, which no download wrote: there is no ${NAME}`, {
    cure: 'download into another folder',
  });
}

/** The images in a download folder, with the tables of licences, attributions and metadata that go with them. */
export class Manifest {
  readonly dir: string;
  readonly #entries: Map<string, ManifestEntry>;

  private constructor(dir: string, entries: Map<string, ManifestEntry>) {
    this.dir = dir;
    this.#entries = entries;
  }

  /** What a folder says it holds: nothing where it is new. @throws MedganError when saving would replace other files. */
  static async open(dir: string): Promise<Manifest> {
    const text = await readText(join(dir, NAME));
    if (text === undefined) refuseOtherFiles(dir);
    const entries = new Map<string, ManifestEntry>();
    for (const line of (text ?? '').split('\n')) {
      const entry = parseEntry(line);
      if (entry) entries.set(entry.id, entry);
    }
    return new Manifest(dir, entries);
  }

  get entries(): readonly ManifestEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: string): ManifestEntry | undefined {
    return this.#entries.get(id);
  }

  /** Whether the file is there in its length; with `verify`, to the byte. */
  async holds(entry: ManifestEntry, { verify = false } = {}): Promise<boolean> {
    const path = join(this.dir, entry.file);
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : -1),
      () => -1,
    );
    return size === entry.bytes && (!verify || (await sha256Of(path)) === entry.sha256);
  }

  /** Notes an image at once, so that a download that is cut off loses none. */
  async add(entry: ManifestEntry): Promise<void> {
    this.#entries.set(entry.id, entry);
    const path = join(this.dir, NAME);
    await makeFolder(dirname(path));
    await appendFile(path, `\n${JSON.stringify(entry)}\n`);
  }

  /** Writes the manifest in order, one line per image, with licences, attributions and metadata beside it. */
  async save(): Promise<void> {
    const { entries } = this;
    const write = (name: string, text: string): Promise<void> =>
      writeFileAtomically(join(this.dir, name), text);
    await write(NAME, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    await write(METADATA, metadataCsv(entries));
    await write(ATTRIBUTION, attributionCsv(entries));
    await write(LICENCES, licencesPage(entries));
  }
}
