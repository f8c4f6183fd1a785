/** What object storage does not take, over all channels: an admin can mend what streamers only wait for. */
import * as v from 'valibot'
import type { StorageProblems } from '../../shared/contracts/videos.ts'
import { StorageProblem } from '../../shared/storage/problem.ts'
import { integer } from '../db/row.ts'
import type { Database } from '../ports.ts'

export async function listStorageProblems(database: Database): Promise<StorageProblems> {
  const rows = await database.read({
    sql: `SELECT COALESCE(storage_problem, 'away') AS problem, COUNT(*) AS videos FROM video
          WHERE storage = 'failing' AND state = 'ready' GROUP BY 1 ORDER BY 2 DESC`,
  })
  return {
    problems: rows.map((row) => ({
      problem: v.parse(StorageProblem, row['problem']),
      videos: integer(row, 'videos'),
    })),
  }
}
