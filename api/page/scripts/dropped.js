/** The files that somebody dropped, those inside dropped folders included. */

/**
 * Returns `[{file, source}]`. Inside a folder `source` is the path, so that two files of one
 * name stay two documents; elsewhere it is null and the service takes the file's name. Hidden
 * files are left out, as the command line does.
 */
export async function droppedFiles(transfer) {
  // All must be asked for before the first await: the browser forgets them after the event.
  const found = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => {
      const entry = item.webkitGetAsEntry?.();
      return entry ? filesUnder(entry, { top: true }) : { file: item.getAsFile(), source: null };
    });
  return (await Promise.all(found)).flat();
}

async function filesUnder(entry, { top = false } = {}) {
  if (!top && entry.name.startsWith(".")) return [];
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, source: top ? null : entry.fullPath.slice(1) }];
  }
  const children = await childrenOf(entry);
  return (await Promise.all(children.map((child) => filesUnder(child)))).flat();
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function childrenOf(folder) {
  const reader = folder.createReader();
  const children = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children.sort((a, b) => a.name.localeCompare(b.name));
    children.push(...some);
  }
}
