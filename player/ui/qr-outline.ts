/** Each run of dark modules of a row is one rectangle. */
export function outline(rows: readonly (readonly boolean[])[]): string {
  let path = ''
  for (const [y, row] of rows.entries())
    for (let x = 0; x < row.length; x++) {
      const from = x
      while (row[x] === true) x++
      if (x > from) path += `M${from} ${y}h${x - from}v1H${from}z`
    }
  return path
}
